import { resolve } from 'node:path';
import type { Command } from 'commander';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

export function backupCommand(): Command {
  return command(
    'backup',
    'write all of the data set, as of one moment, into a folder, while it is fed and asked',
    'masterflag backup /backups/2026-01-31',
    'masterflag backup /backups/2026-01-31 --without-secret',
  )
    .argument('<dir>', 'a folder that is not there yet')
    .option('--without-secret', 'leave the secret out that identifiers are hashed with')
    .action(async (folder: string, options: CommonOptions & { readonly withoutSecret?: true }) => {
      const { backup } = await import('../../actors/node/backup.ts');
      const { backedUp, backedUpText, withProgress } = await import('../backing-up.ts');
      const settings = await settingsOf(options);
      const { signal, done } = interruption('stopped: nothing is left of the backup');
      const started = performance.now();
      try {
        const to = resolve(folder);
        const withSecret = options.withoutSecret !== true;
        const made = await withProgress(options.json === true, (onProgress) =>
          backup(settings, { folder: to, withSecret, signal, onProgress }),
        );
        const report = backedUp(made, to, (performance.now() - started) / 1000);
        await print(options.json, report, () => backedUpText(report));
      } finally {
        done();
      }
    });
}
