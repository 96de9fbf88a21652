import type { Command } from 'commander';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';

interface TapOptions extends CommonOptions {
  readonly from: string;
  readonly follow?: true;
}

export function tapCommand(): Command {
  return command(
    'tap',
    'print events as CloudEvents, one a line; those of one entity in their order',
    'masterflag tap order | head -1',
    'masterflag tap --from 2026-01-31T08:00:00Z',
    'masterflag tap order --from now --follow   # until Ctrl-C',
  )
    .argument('[kind]', 'order, customer, enterprise or product; all of them by default')
    .option('--from <when>', 'beginning, now, or a time (ISO 8601)', 'beginning')
    .option('--follow', 'go on with the events to come, until stopped')
    .action(async (kind: string | undefined, options: TapOptions) => {
      const { tap, startOf } = await import('../tapping.ts');
      const from = startOf(options.from);
      const settings = await settingsOf(options);
      const { signal, done } = interruption();
      try {
        await tap(settings, { kind, from, follow: options.follow === true, signal });
      } finally {
        done();
      }
    });
}
