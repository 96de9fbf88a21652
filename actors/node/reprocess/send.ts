import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOf } from '../../../schemas/key.ts';
import type { PartitionCounts, PartitionId } from '../../../schemas/partition.ts';
import { Appender } from '../../../streams/ingress/appender.ts';
import { Batcher, type FullBatch } from '../../../streams/ingress/batcher.ts';
import type { Log } from '../../../streams/log.ts';
import type { CompiledSource } from '../../../streams/mapping/source.ts';
import type { Reread } from './reading.ts';

export interface SendOptions {
  readonly log: Pick<Log, 'append'>;
  readonly counts: PartitionCounts;
  /** Messages of a partition's bulk lane that are not applied yet. */
  readonly unapplied: (partition: PartitionId) => Promise<number>;
  readonly budget: number;
  readonly feed: string;
  readonly signal: AbortSignal;
  readonly onProgress: (records: number) => void;
}

export interface Sent {
  readonly records: number;
  /** The last position in each partition that got records. */
  readonly positions: ReadonlyMap<PartitionId, number>;
}

/** How often a correction that waits for its budget looks again, in ms. */
const BUSY_POLL = 20;

/**
 * Appends records, as the newest version of their source stamps and routes them, to the bulk lanes: a feed like any
 * other, with a name of its own, so its verdicts add up and the same again are duplicates.
 */
export async function send(
  corrections: AsyncIterable<Reread>,
  source: CompiledSource,
  options: SendOptions,
): Promise<Sent> {
  const appender = new Appender(options.log, options.signal);
  const positions = new Map<PartitionId, number>();
  const admit = async (batches: readonly FullBatch[]): Promise<void> => {
    for (const { partition, body } of batches) {
      await untilFree(partition, options);
      appender.add(partition, body, (position) => positions.set(partition, position));
    }
    await appender.room();
  };
  try {
    const records = await batch(corrections, source, options, admit);
    await appender.drain();
    return { records, positions };
  } finally {
    await appender.settled();
  }
}

async function batch(
  corrections: AsyncIterable<Reread>,
  { name, version }: CompiledSource,
  { feed, counts, signal, onProgress }: SendOptions,
  admit: (batches: readonly FullBatch[]) => Promise<void>,
): Promise<number> {
  let records = 0;
  let batcher: Batcher | undefined;
  let last: { readonly columns: readonly string[] | undefined; readonly id: string } | undefined;
  for await (const { older, newer, kind, text } of corrections) {
    signal.throwIfAborted();
    const { columns } = older.batch;
    // Batches of one file share their columns: most need not be compared.
    if (batcher === undefined || last?.columns !== columns) {
      const id = JSON.stringify(columns ?? null);
      if (batcher === undefined || last?.id !== id) {
        if (batcher !== undefined) await admit(batcher.flush(true));
        batcher = new Batcher({
          source: name,
          sourceVersion: version,
          feed,
          ...(columns !== undefined && { columns }),
        });
      }
      last = { columns, id };
    }
    await admit(batcher.add(partitionOf(kind, newer.record.key, counts), text, records));
    onProgress(++records);
  }
  if (batcher !== undefined) await admit(batcher.flush(true));
  return records;
}

async function untilFree(partition: PartitionId, { unapplied, budget, signal }: SendOptions): Promise<void> {
  while ((await unapplied(partition)) > budget) await sleep(BUSY_POLL, undefined, { signal });
}
