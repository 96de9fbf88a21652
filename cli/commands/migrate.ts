import type { Command } from 'commander';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

export function migrateCommand(): Command {
  return command(
    'migrate',
    'move the data set of a folder into a cluster that has none; the folder is not served any more',
    'masterflag migrate --data ./orders    # with NATS_URL, MONGODB_URL and MASTERFLAG_MATCH_KEY_FILE set',
  ).action(async (options: CommonOptions) => {
    const { isCluster } = await import('../../config/settings.ts');
    const { MasterflagError } = await import('../../schemas/errors.ts');
    const { migrate } = await import('../../actors/node/migrate.ts');
    const { totalsOf, totalsText, withProgress } = await import('../backing-up.ts');
    const settings = await settingsOf(options);
    if (!isCluster(settings)) {
      throw new MasterflagError('MF_USAGE', 'NATS_URL and MONGODB_URL have to name the cluster that it moves to');
    }
    const { signal, done } = interruption('stopped: run the same command again to go on');
    const started = performance.now();
    try {
      const { contents, wasBegun } = await withProgress(options.json === true, (onProgress) =>
        migrate(settings, { signal, onProgress }),
      );
      const { data, cluster } = settings;
      const totals = totalsOf(contents);
      const seconds = (performance.now() - started) / 1000;
      await print(options.json, { data, cluster, wasBegun, ...totals, seconds }, () =>
        [
          `Migrated ${data} to cluster ${cluster} in ${seconds.toFixed(1)} s, and compared all of it`,
          `  ${totalsText(totals)}`,
          '  nodes may be started; the folder is not served any more',
        ].join('\n'),
      );
    } finally {
      done();
    }
  });
}
