import type { Command } from 'commander';
import type { FeedResult } from '../feeding.ts';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';
import { count } from '../progress.ts';
import { verdictLines } from '../verdicts.ts';

interface FeedOptions extends CommonOptions {
  readonly name: string;
}

const STOPPED =
  'stopped: what was taken is safe. Run the same command again to go on; records that were taken are duplicates.';

export function feedCommand(): Command {
  return command(
    'feed',
    'feed files into the data set, and say what became of every record',
    'masterflag feed online-retail 2010-12-01.csv',
    'masterflag feed olist ./olist                          # every file of a folder, by name',
    'zcat orders.csv.gz | masterflag feed online-retail -   # standard input',
    'masterflag feed online-retail day.csv --json | jq .accepted',
  )
    .argument('<source>', 'name of the source: see `masterflag sources`')
    .argument('<files...>', 'files, folders, or - for standard input')
    .option('--name <file>', 'name that standard input goes by, for sources that tell their files apart', 'stdin')
    .action(async (source: string, paths: string[], options: FeedOptions) => {
      const { feed } = await import('../feeding.ts');
      const settings = await settingsOf(options);
      const { signal, done } = interruption(STOPPED);
      const silent = options.json === true && !process.stderr.isTTY;
      try {
        const result = await feed(settings, { source, paths, stdinName: options.name, silent, signal });
        await print(options.json, summary(result), () => feedText(source, result));
      } finally {
        done();
      }
    });
}

/** The one object of --json. */
function summary({ received, accepted, duplicate, stale, quarantined, seconds }: FeedResult) {
  return { received, accepted, duplicate, stale, quarantined, seconds };
}

export function feedText(source: string, result: FeedResult): string {
  const { received, seconds, files, skipped, waiting } = result;
  const rate = count(Math.round(received / Math.max(seconds, 0.001)));
  const lines = [
    `Fed ${counted(received, 'record')} of ${counted(files, 'file')} to ${source} in ${seconds.toFixed(1)} s (${rate}/s)`,
    ...verdictLines(result),
    ...skipped.map(({ name, reason }) => `Not fed: ${name}: ${reason}`),
  ];
  if (waiting > 0)
    lines.push(`${counted(waiting, 'part')} wait${waiting === 1 ? 's' : ''} for the order that it is about.`);
  return lines.join('\n');
}

function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}
