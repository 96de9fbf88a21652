import { resolve } from 'node:path';
import type { Command } from 'commander';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

export function restoreCommand(): Command {
  return command(
    'restore',
    'make a data set of a backup: in a folder that is not there yet, or in a cluster that has none',
    'masterflag restore /backups/2026-01-31 --data ./orders',
    'masterflag restore /backups/2026-01-31                 # with NATS_URL and MONGODB_URL set',
  )
    .argument('<dir>', 'the folder of the backup')
    .action(async (folder: string, options: CommonOptions) => {
      const { restore } = await import('../../actors/node/restore.ts');
      const { totalsOf, totalsText, withProgress } = await import('../backing-up.ts');
      const settings = await settingsOf(options);
      const { signal, done } = interruption('stopped: run the same command again to go on');
      const started = performance.now();
      try {
        const { manifest, wasBegun } = await withProgress(options.json === true, (onProgress) =>
          restore(settings, { folder: resolve(folder), signal, onProgress }),
        );
        const { id, at, missing, contents } = manifest;
        const totals = totalsOf(contents);
        const seconds = (performance.now() - started) / 1000;
        await print(options.json, { id, at, wasBegun, ...totals, missing, seconds }, () =>
          [
            `Restored the backup of ${at} in ${seconds.toFixed(1)} s, and compared all of it`,
            `  ${totalsText(totals)}`,
            ...missing.map((what) => `  was not in it: ${what}`),
          ].join('\n'),
        );
      } finally {
        done();
      }
    });
}
