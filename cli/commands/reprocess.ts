import type { Command } from 'commander';
import { MasterflagError } from '../../schemas/errors.ts';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

interface ReprocessOptions extends CommonOptions {
  readonly since?: string;
  readonly dryRun?: true;
}

const STOPPED = 'stopped: what was read again is safe. Run the same command again to go on.';

export function reprocessCommand(): Command {
  return command(
    'reprocess',
    'read the accepted records of a source again by its newest version, and correct what differs',
    'masterflag reprocess till --dry-run          # how many bodies would change, field by field',
    'masterflag reprocess till',
    'masterflag reprocess till --since 2024-05-01T00:00:00Z --json',
  )
    .argument('<source>', 'name of the source: see `masterflag sources`')
    .option('--since <time>', 'only records that came in then or later (ISO 8601)')
    .option('--dry-run', 'do it on a copy, show how the bodies differ, and write nothing')
    .action(async (source: string, options: ReprocessOptions) => {
      const { rehearse, reprocess } = await import('../reprocessing.ts');
      const { rehearsedText, reprocessedText, summaryOf } = await import('../reprocess-text.ts');
      const settings = await settingsOf(options);
      const { signal, done } = interruption(STOPPED);
      const silent = options.json === true && !process.stderr.isTTY;
      const request = { source, since: timeOf(options.since), silent, signal };
      try {
        if (options.dryRun === true) {
          const rehearsed = await rehearse(settings, request);
          const { differences } = rehearsed;
          await print(options.json, { ...summaryOf(rehearsed), differences }, () => rehearsedText(rehearsed));
        } else {
          const reprocessed = await reprocess(settings, request);
          await print(options.json, summaryOf(reprocessed), () => reprocessedText(reprocessed));
        }
      } finally {
        done();
      }
    });
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new MasterflagError('MF_USAGE', `--since is a time such as 2024-05-01T00:00:00Z, not ${JSON.stringify(text)}`);
}
