import type { Command } from 'commander';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

export function statsCommand(): Command {
  return command(
    'stats',
    'count what there is: documents, orders by status, waiting and quarantined records, partitions',
    'masterflag stats',
    'masterflag stats --json | jq .collections',
  ).action(async (options: CommonOptions) => {
    const { readStatistics, statisticsText } = await import('../statistics.ts');
    const statistics = await readStatistics(await settingsOf(options));
    await print(options.json, statistics, () => statisticsText(statistics));
  });
}
