import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { interruption } from '../interrupt.ts';
import { command, settingsOf, type CommonOptions } from '../options.ts';
import { print } from '../output.ts';

interface NodesOptions extends CommonOptions {
  readonly watch?: true;
}

const EVERY_MS = 2000;

export function nodesCommand(): Command {
  return command(
    'nodes',
    'who owns which partition, how far it is behind and how long it takes to catch up',
    'masterflag nodes',
    'masterflag nodes --watch',
    `masterflag nodes --json | jq '.partitions[] | select(.owner == null)'`,
  )
    .option('--watch', 'again every two seconds, until stopped')
    .action(async (options: NodesOptions) => {
      const { NodesView } = await import('../nodes.ts');
      const { nodesText } = await import('../nodes-text.ts');
      const { signal, done } = interruption();
      const view = await NodesView.open(await settingsOf(options));
      try {
        for (;;) {
          const state = await view.read();
          if (options.watch === true && options.json !== true && process.stdout.isTTY)
            process.stdout.write('\u001b[2J\u001b[H');
          await print(options.json, state, () => nodesText(state));
          if (options.watch !== true || signal.aborted) return;
          await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
        }
      } finally {
        await view.close();
        done();
      }
    });
}
