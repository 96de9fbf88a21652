import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchEngine } from './engine.ts';
import { matchingKey } from '../schemas/key.ts';
import { percentile } from './percentiles.ts';

const LAUNCHER = fileURLToPath(new URL('../bin/masterflag.js', import.meta.url));

export interface UnderLoad {
  readonly commands: number;
  /** Ms from asking to the answer, which comes after the commit is applied. */
  readonly commandP99: number;
  readonly queryP99: number;
  readonly exports: number;
}

/** How many orders are there before the measurement begins: those that commands and queries are about. */
const ABOUT = 500;

/**
 * Commands and queries to the partitions that a feed keeps busy, one after another, while another process exports
 * everything again and again. Ends when the feed does.
 */
export async function commandsUnderLoad(engine: BenchEngine, file: string, bytesOfFirst: number): Promise<UnderLoad> {
  await engine.feed(file, { end: bytesOfFirst * ABOUT });
  const state = { feeding: true };
  const feed = engine.feed(file).finally(() => (state.feeding = false));
  const exporting = exportAgain(engine.settings.data, () => state.feeding);
  const [commands, queries]: [number[], number[]] = [[], []];
  for (let n = 0; state.feeding; n++) {
    const key = matchingKey('main', 'order', 'bench', `B${n % 100}`);
    commands.push(
      await timed(() =>
        engine.connection.call('order.command', {
          key,
          name: 'note',
          data: { text: `note ${n}` },
          idempotencyKey: `note-${n}`,
        }),
      ),
    );
    queries.push(await timed(() => engine.connection.call('order.get', { id: key })));
  }
  await feed;
  return {
    commands: commands.length,
    commandP99: percentile(commands, 0.99),
    queryP99: percentile(queries, 0.99),
    exports: await exporting,
  };
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await ask();
  return performance.now() - started;
}

async function exportAgain(data: string, go: () => boolean): Promise<number> {
  let exports = 0;
  for (; go(); exports++) {
    for (const collection of ['mall.orders', 'master.flags', 'customer.customers']) {
      if (!go()) return exports;
      await run(['export', collection, '--data', data]);
    }
  }
  return exports;
}

function run(words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', () => {
      resolve();
    });
  });
}
