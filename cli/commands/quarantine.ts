import { Command } from 'commander';
import { command, examples, settingsOf, type CommonOptions } from '../options.ts';
import { Output, print } from '../output.ts';

interface ListOptions extends CommonOptions {
  readonly cause?: string;
}

export function quarantineCommand(): Command {
  return new Command('quarantine')
    .description('look at the records that were rejected, and why')
    .addCommand(listCommand())
    .addCommand(entryCommand())
    .addHelpText(
      'after',
      examples(['masterflag quarantine list', 'masterflag quarantine show 0fWJ1ZQ1cX2g9w5YbXNh0v']),
    );
}

function listCommand(): Command {
  return command(
    'list',
    'causes with their counts; with --cause the records of one',
    'masterflag quarantine list',
    'masterflag quarantine list --cause online-retail/MF_RECORD_WIDTH/',
  )
    .option('--cause <cause>', 'only the records of this cause, one a line')
    .action(async (options: ListOptions) => {
      const { causeText, entriesOf, readCauses } = await import('../quarantine.ts');
      const settings = await settingsOf(options);
      if (options.cause === undefined) {
        const causes = await readCauses(settings);
        await print(options.json, causes, () => causeText(causes));
        return;
      }
      const output = new Output();
      for await (const entry of entriesOf(settings, options.cause)) {
        if (options.json === true) await output.json(entry);
        else await output.line(`${entry._id}  ${entry.where ?? ''}  ${entry.message}`);
      }
      await output.flush();
    });
}

function entryCommand(): Command {
  return command(
    'show',
    'one rejected record: what is wrong, where, and the record itself',
    'masterflag quarantine show ID',
  )
    .argument('<id>', 'the _id that `quarantine list` shows')
    .action(async (id: string, options: CommonOptions) => {
      const { entryText, readEntry } = await import('../quarantine.ts');
      const entry = await readEntry(await settingsOf(options), id);
      await print(options.json, entry, () => entryText(entry));
    });
}
