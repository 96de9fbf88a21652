import type { CommandBody, RecordBatch } from '../../schemas/inbox.ts';
import { fingerprint, matchingKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import type { Lane, PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import type { RecordWork, StageFunction } from '../../streams/pipeline/batch.ts';
import type { PutPart } from './toys.ts';
import type { Random } from './world.ts';

/** One thing that the client appends, as often as it takes. */
export interface Append {
  readonly partition: PartitionId;
  readonly lane: Lane;
  readonly body: string;
}

export interface ToyFeed {
  readonly appends: readonly Append[];
  readonly tallies: readonly MatchingKey[];
  /** Idempotency keys by tally: each must have had its effect exactly once. */
  readonly commands: readonly { readonly key: MatchingKey; readonly amount: number; readonly idempotencyKey: string }[];
  readonly records: number;
}

export const FEED = 'simulated-feed';

/** At least 200 records for a dozen entities, in batches across partitions, with repeats, poison and commands among them. */
export function toyFeed(random: Random, counts: PartitionCounts, poison: number): ToyFeed {
  const tallies = Array.from({ length: 6 + random.below(8) }, (_, n) => matchingKey('main', 'tally', 'toy', String(n)));
  const records = Array.from({ length: 200 + random.below(60) }, (_, n) => putRecord(random, tallies, n));
  poisonSome(random, records, poison);
  const repeats = records.filter(() => random.chance(0.08));
  const queues = new Map<PartitionId, { key: MatchingKey; put: PutPart }[]>();
  for (const record of [...records, ...repeats]) {
    const partition = partitionOf('tally', record.key, counts);
    queues.set(partition, [...(queues.get(partition) ?? []), record]);
  }
  const appends = [...queues].flatMap(([partition, queue]) => batches(random, partition, queue));
  const commands = Array.from({ length: 10 }, (_, n) => ({ key: random.pick(tallies), amount: 1 + random.below(9), idempotencyKey: `command-${n}` }));
  const commanded = [...commands, ...commands.slice(0, 5)].map(({ key, amount, idempotencyKey }) => {
    const body: CommandBody = { v: 1, type: 'command', key, name: 'add', data: { amount }, idempotencyKey };
    return { partition: partitionOf('tally', key, counts), lane: 'fast' as const, body: JSON.stringify(body) };
  });
  return { appends: interleave(random, appends, commanded), tallies, commands, records: records.length + repeats.length };
}

interface ToyRecord {
  readonly key: MatchingKey;
  put: PutPart;
}

function putRecord(random: Random, tallies: readonly MatchingKey[], n: number): ToyRecord {
  const removes = n > 20 && random.chance(0.1) ? { removes: `r${random.below(n)}` } : {};
  return { key: random.pick(tallies), put: { id: `r${n}`, amount: 1 + random.below(100), ledger: String(random.below(4)), ...removes } };
}

function poisonSome(random: Random, records: ToyRecord[], count: number): void {
  for (let i = 0; i < count; i++) {
    const record = random.pick(records);
    record.put = { ...record.put, poison: random.chance(0.8) ? 'throws' : 'kills' };
  }
}

function batches(random: Random, partition: PartitionId, queue: readonly ToyRecord[]): Append[] {
  const appends: Append[] = [];
  for (let from = 0; from < queue.length; ) {
    const some = queue.slice(from, from + 1 + random.below(12));
    from += some.length;
    const batch: RecordBatch = {
      v: 1,
      type: 'records',
      source: 'toy',
      sourceVersion: 1,
      feed: FEED,
      records: some.map(({ key, put }) => ({ key, record: 'put', raw: put })),
    };
    appends.push({ partition, lane: 'bulk', body: JSON.stringify(batch) });
  }
  return appends;
}

/** Keeps the order of each side: a feed's batches reach a partition in order. */
function interleave(random: Random, left: readonly Append[], right: readonly Append[]): Append[] {
  const [a, b] = [[...left], [...right]];
  const all: Append[] = [];
  while (a.length + b.length > 0) {
    const next = (random.chance(a.length / (a.length + b.length)) ? a : b).shift();
    if (next !== undefined) all.push(next);
  }
  return all;
}

/** The toy's only stage: a record is one part of its own entity. */
export const toyStage: StageFunction = (batch: readonly RecordWork[]) => {
  for (const work of batch) {
    const put = work.record.raw as PutPart;
    const part = { v: 1, source: 'toy', slot: put.id, merge: 'replace', order: [], hash: fingerprint(put.id), body: put } as const;
    work.parts = [{ kind: 'tally', key: work.record.key, name: 'put', part }];
  }
};
