import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openReading, openSources } from '../../actors/node/reading.ts';
import { readSettings } from '../../config/settings.ts';
import { verdictsOf } from '../../cli/verdicts.ts';
import { openConnection } from '../../gateway/connection.ts';
import { isErrorCode, MasterflagError } from '../../schemas/errors.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import { Ingress } from '../../streams/ingress/ingress.ts';
import { payloadsIn, type Payload } from '../payloads.ts';
import { Random } from '../simulation/world.ts';
import { mutated } from './mutate.ts';

/**
 * Feeds random mutations of every payload to an engine as a user runs it, and prints one line of JSON: what became of
 * them. `node test/mutations/feed-mutations.ts --payloads FOLDER [--each N] [--seed S]`, with a bounded heap.
 */
const { values } = parseArgs({
  options: {
    payloads: { type: 'string' },
    each: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});

/** MiB of heap for the engine, which has to do whatever is fed. */
const ENGINE_HEAP_MB = 192;

/** Files that are fed at a time: as many appends share one write to the disk. */
const AT_ONCE = 8;

const FEED = 'mutations';

export interface Outcome {
  readonly seed: number;
  readonly payloads: number;
  readonly files: number;
  readonly received: number;
  readonly verdicts: Readonly<Record<string, number>>;
  /** Files that nothing was taken of, by the code of the error. */
  readonly refused: Readonly<Record<string, number>>;
  /** What must not be: errors without a code, restarts, parked keys, entries that do not say what is wrong. */
  readonly wrong: readonly string[];
  /** The most MiB that the feeding process held. */
  readonly peakMiB: number;
  readonly seconds: number;
}

const started = Date.now();
const seed = Number(values.seed);
const data = mkdtempSync(join(tmpdir(), 'masterflag-mutations-'));
const wrong: string[] = [];
const refused: Record<string, number> = {};
const positions = new Map<PartitionId, number>();
let [received, files, peak] = [0, 0, 0];

/** A few lines of every shipped feed of rows, which no repository has payloads of. */
function rows(): Payload[] {
  const folder = join(import.meta.dirname, '../../config/sample');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.csv'))
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8').split('\n').slice(0, 12).join('\n');
      return { source: 'online-retail', file, name: '', text };
    });
}

async function feedOne(ingress: Ingress, { source, file, text, name }: Payload, random: Random): Promise<void> {
  const bytes = mutated(text, random);
  const cut = random.below(bytes.length + 1);
  files += 1;
  try {
    const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const report = await ingress.feed({ source, feed: FEED, file, chunks, whenBusy: 'wait' });
    received += report.received;
    for (const [partition, position] of report.positions) {
      positions.set(partition, Math.max(position, positions.get(partition) ?? 0));
    }
  } catch (error) {
    if (error instanceof MasterflagError) refused[error.code] = (refused[error.code] ?? 0) + 1;
    else
      wrong.push(
        `${source}, ${file} ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
  }
}

async function look(settings: ReturnType<typeof readSettings>): Promise<Outcome['verdicts']> {
  const { ports, queries, close } = await openReading(settings);
  try {
    for await (const { json } of queries.all('management.quarantine')) {
      const entry = JSON.parse(json ?? '{}') as Record<string, unknown>;
      const { code, message, type } = entry;
      const isClear = typeof code === 'string' && isErrorCode(code) && typeof message === 'string' && message !== '';
      if (!isClear || type === 'poison')
        wrong.push(`quarantined without a clear reason: ${JSON.stringify(entry).slice(0, 2000)}`);
    }
    const parked = await ports.store.count('master.parked');
    if (parked > 0) wrong.push(`${parked} messages are parked`);
    return await verdictsOf(FEED, ports.store);
  } finally {
    await close();
  }
}

try {
  const settings = readSettings({}, { data, heapMb: ENGINE_HEAP_MB, logLevel: 'silent' });
  const connection = await openConnection(settings, { onRestart: (why) => wrong.push(`the engine ${why}`) });
  const ingress = new Ingress({ ...connection.ingress, sources: openSources(settings) });
  const payloads = [...payloadsIn(values.payloads ?? ''), ...rows()];
  const each = Number(values.each);
  const queue = payloads.flatMap((payload) => Array.from({ length: each }, () => payload)).entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [n, payload] of queue) {
        await feedOne(ingress, payload, new Random(seed * 1_000_003 + n));
        if (files % 100 === 0) peak = Math.max(peak, process.memoryUsage.rss());
      }
    }),
  );
  for (const [partition, position] of positions) await connection.applied(partition, position);
  await connection.idle();
  if (Object.keys(Object.prototype).length > 0 || 'polluted' in {}) wrong.push('Object.prototype was changed');
  const verdicts = await look(settings);
  await connection.close();
  const peakMiB = Math.round(peak / 2 ** 20);
  const seconds = (Date.now() - started) / 1000;
  const outcome: Outcome = {
    seed,
    payloads: payloads.length,
    files,
    received,
    verdicts,
    refused,
    wrong,
    peakMiB,
    seconds,
  };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
} finally {
  rmSync(data, { recursive: true, force: true, maxRetries: 5 });
}
