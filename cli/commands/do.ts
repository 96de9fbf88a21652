import { InvalidArgumentError, Option, type Command } from 'commander';
import { isForWorker } from '../../schemas/command.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

interface DoOptions extends CommonOptions {
  readonly text?: string;
  readonly dataJson?: unknown;
  readonly ifVersion?: number;
  readonly kind?: string;
}

export function doCommand(): Command {
  return command(
    'do',
    'send a command to one entity, and wait for its answer',
    'masterflag do note 536365 --text "called the customer"',
    'masterflag do note 536365 --text "still open" --if-version 7   # only if nobody changed it since',
  )
    .argument('<command>', 'note')
    .argument('<id>', 'an id of any source, or a matching key')
    .option('--text <text>', 'text of a note')
    .option('--data-json <json>', 'data of the command, as JSON', parseJson)
    .option('--if-version <n>', 'refuse if the entity is not at this version any more', parseVersion)
    .addOption(new Option('--kind <kind>', 'which entity, where an id means several'))
    .action(async (name: string, id: string, options: DoOptions) => {
      const { doing, outcomeText } = await import('../doing.ts');
      if (isForWorker(name)) {
        const message = `${name} is about what is in quarantine: masterflag quarantine ${name} --help`;
        throw new MasterflagError('MF_USAGE', message);
      }
      const { text, dataJson, ifVersion, kind } = options;
      const data = dataJson ?? (text === undefined ? {} : { text });
      const settings = await settingsOf(options);
      const outcome = await doing(settings, { name, id, data, ifVersion, kind });
      await print(options.json, outcome, () => outcomeText(outcome));
    });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It is not JSON.');
  }
}

function parseVersion(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is not a number.');
  return Number(text);
}
