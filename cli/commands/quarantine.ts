import { Command } from 'commander';
import { command, examples, settingsOf, type CommonOptions } from '../options.ts';
import { Output, print } from '../output.ts';
import { dropCommand, fixCommand, redriveCommand } from './corrections.ts';
import { filterOf, withFilter, type FilterOptions } from './filters.ts';

interface ListOptions extends CommonOptions, FilterOptions {
  readonly all?: true;
}

export function quarantineCommand(): Command {
  return new Command('quarantine')
    .description('look at what was rejected, and why; mend it, send it again, or give it up')
    .addCommand(listCommand())
    .addCommand(entryCommand())
    .addCommand(fixCommand())
    .addCommand(redriveCommand())
    .addCommand(dropCommand())
    .addHelpText(
      'after',
      examples([
        'masterflag quarantine list                    # what is wrong, with how many',
        'masterflag quarantine show q0fWJ1ZQ           # one of them; the beginning of an id is enough',
        'masterflag quarantine fix q0fWJ1ZQ --field Quantity --value 3',
        'masterflag quarantine redrive --source online-retail --dry-run',
      ]),
    );
}

function listCommand(): Command {
  return withFilter(
    command(
      'list',
      'what is wrong, with how many; with --all each of them',
      'masterflag quarantine list',
      'masterflag quarantine list --source olist --since 2h',
      'masterflag quarantine list --all --cause online-retail/MF_RECORD_WIDTH',
      'masterflag quarantine list --all --field Quantity --json | jq .raw',
    ),
  )
    .option('--all', 'each entry, one a line')
    .action(async (options: ListOptions) => {
      const { matching, readCauses, withEntries } = await import('../quarantine.ts');
      const { causesText, entryLine } = await import('../quarantine-text.ts');
      const settings = await settingsOf(options);
      const filter = await filterOf(options);
      if (options.all !== true) {
        const causes = await readCauses(settings, filter);
        await print(options.json, causes, () => causesText(causes, options.data));
        return;
      }
      await withEntries(settings, async (entries) => {
        const output = new Output();
        for await (const entry of matching(entries, filter)) {
          if (options.json === true) await output.json(entry);
          else await output.line(entryLine(entry));
        }
        await output.flush();
      });
    });
}

function entryCommand(): Command {
  return command(
    'show',
    'one entry: what is wrong, where, what mends it, the record itself, and what to type',
    'masterflag quarantine show q0fWJ1ZQ1cX2g9w5YbXNh0v',
    'masterflag quarantine show q0fWJ1',
  )
    .argument('<id>', 'the id that `quarantine list` shows, or its beginning')
    .action(async (id: string, options: CommonOptions) => {
      const { withEntries } = await import('../quarantine.ts');
      const { entryText, resolutionText } = await import('../quarantine-text.ts');
      await withEntries(await settingsOf(options), async (entries) => {
        const resolution = (await entries.get(id)) === undefined ? await entries.resolution(id) : undefined;
        if (resolution !== undefined) {
          await print(options.json, resolution, () => resolutionText(resolution));
          return;
        }
        const entry = await entries.find(id);
        const alike = await entries.alike(entry.cause);
        const behind = entry.type === 'poison' ? await entries.behind(entry.entity) : 0;
        await print(options.json, { ...entry, alike, behind }, () => entryText(entry, alike, behind, options.data));
      });
    });
}
