import type { CommandBody, RecordBatch } from '../../schemas/inbox.ts';
import { matchingKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import type { RecordWork, StageFunction } from '../../streams/pipeline/batch.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import { interleave, smallLimits, type Append, type CommandSent, type Poison, type Scenario } from './scenario.ts';
import { ledger, tally, type PutPart } from './toys.ts';
import type { Random } from './world.ts';

const COUNTS: PartitionCounts = { tally: 3, ledger: 2 };

/** How records are poisoned, all of one tally. Without it, the seed decides how, and which. */
export type PoisonPlan = readonly Poison[];

interface ToyRecord {
  readonly key: MatchingKey;
  put: PutPart;
}

interface Sent {
  readonly append: Append;
  readonly command?: CommandSent;
}

/** At least 200 records for a dozen tallies, with repeats, deletions, poison, commands and redrives among them. */
export function toyScenario(random: Random, plan?: PoisonPlan): Scenario {
  const poison = plan ?? drawPoison(random);
  const tallies = Array.from({ length: 6 + random.below(8) }, (_, n) => matchingKey('main', 'tally', 'toy', String(n)));
  const records = putRecords(random, tallies);
  const one = plan === undefined ? undefined : random.pick(records).key;
  for (const kind of poison) {
    const record = random.pick(records.filter(({ key, put }) => (one ?? key) === key && put.poison === undefined));
    record.put = { ...record.put, poison: kind };
  }
  const repeats = records.filter(() => random.chance(0.08));
  const poisoned = records.filter(({ put }) => put.poison !== undefined).map(({ key }) => key);
  // Who plans the poison wants to see what it does alone.
  const commands = sentCommands(random, tallies, plan === undefined ? poisoned : []);
  return {
    name: 'toys',
    counts: COUNTS,
    limits: smallLimits(random),
    stages: [toyStage],
    appends: interleave(
      random,
      batchesOf(random, [...records, ...repeats]),
      commands.map(({ append }) => append),
    ),
    commands: commands.flatMap(({ command }) => command ?? []),
    corrections: [],
    records: records.length + repeats.length,
    independent: ['tally'],
    actors: (fail) =>
      new Map<string, AnyActor>([
        ['tally', tally({ poison: fail })],
        ['ledger', ledger],
      ]),
    // When a timer fires relative to what comes after it is free; that the last one fires is checked for itself.
    comparable: (body) => body.replace(/,"ticked":\d+/, ''),
  };
}

function drawPoison(random: Random): PoisonPlan {
  return Array.from({ length: random.below(3) }, () => (random.chance(0.8) ? 'throws' : 'kills'));
}

function putRecords(random: Random, tallies: readonly MatchingKey[]): ToyRecord[] {
  const put = new Map<MatchingKey, string[]>();
  return Array.from({ length: 200 + random.below(30) }, (_, n) => {
    const key = random.pick(tallies);
    const before = put.get(key) ?? [];
    put.set(key, [...before, `r${n}`]);
    const recent = before.slice(-4);
    const removes = recent.length > 0 && random.chance(0.25) ? { removes: random.pick(recent) } : {};
    const told = random.chance(0.6) ? { ledger: String(random.below(4)) } : {};
    return { key, put: { id: `r${n}`, amount: 1 + random.below(100), ...told, ...removes } };
  });
}

function sentCommands(random: Random, tallies: readonly MatchingKey[], poisoned: readonly MatchingKey[]): Sent[] {
  const adds = Array.from({ length: 10 }, (_, n) =>
    sent(random.pick(tallies), 'add', { amount: 1 + random.below(9) }, n),
  );
  const again = adds.slice(0, 5).map(({ append }) => ({ append }));
  // Mostly too early, when it parks again at once; some find nothing parked.
  const keys = [...poisoned, ...poisoned, random.pick(tallies)];
  const redrives = Array.from({ length: poisoned.length === 0 ? 0 : 12 }, (_, n) => ({
    append: sent(random.pick(keys), 'redrive', { by: 'simulator' }, n).append,
  }));
  return interleave(random, [...adds, ...again], redrives);
}

function sent(key: MatchingKey, name: string, data: unknown, n: number): Sent {
  const body: CommandBody = { v: 1, type: 'command', key, name, data, idempotencyKey: `${name}-${n}` };
  return {
    append: { partition: partitionOf('tally', key, COUNTS), lane: 'fast', body: JSON.stringify(body) },
    command: body,
  };
}

function batchesOf(random: Random, records: readonly ToyRecord[]): Append[] {
  const queues = new Map<PartitionId, ToyRecord[]>();
  for (const record of records) {
    const partition = partitionOf('tally', record.key, COUNTS);
    queues.set(partition, [...(queues.get(partition) ?? []), record]);
  }
  return [...queues].flatMap(([partition, queue]) => batches(random, partition, queue));
}

function batches(random: Random, partition: PartitionId, queue: readonly ToyRecord[]): Append[] {
  const appends: Append[] = [];
  for (let from = 0; from < queue.length;) {
    const some = queue.slice(from, from + 1 + random.below(40));
    from += some.length;
    const records = some.map(({ key, put }) => ({ key, record: 'put', raw: put }));
    const batch: RecordBatch = { v: 1, type: 'records', source: 'toy', sourceVersion: 1, feed: 'toys', records };
    appends.push({ partition, lane: 'bulk', body: JSON.stringify(batch) });
  }
  return appends;
}

/** The toy's only stage: a record is one part of its own entity. */
const toyStage: StageFunction = (batch: readonly RecordWork[]) => {
  for (const work of batch) {
    const put = work.record.raw as PutPart;
    const part = {
      v: 1,
      source: 'toy',
      slot: put.id,
      merge: 'replace',
      order: [],
      hash: put.id,
      body: put,
    } as const;
    work.parts = [{ kind: 'tally', key: work.record.key, name: 'put', part }];
  }
};
