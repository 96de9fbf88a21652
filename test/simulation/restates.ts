import type { Restate } from '../../schemas/command.ts';
import type { CommandBody, RecordBatch } from '../../schemas/inbox.ts';
import { kindOfKey, matchingKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import { kindOf, type PartitionCounts, type PartitionId } from '../../schemas/partition.ts';
import type { Append } from './scenario.ts';
import { Random } from './world.ts';

/** Wishes to write entities anew that nothing is the matter with: at any moment, and in any company, nothing comes of it. */
export function restates(seed: number, counts: PartitionCounts, batches: readonly Append[]): Append[] {
  const random = new Random(seed);
  const keys = batches.flatMap(({ body }) => (JSON.parse(body) as RecordBatch).records.map(({ key }) => key));
  return Array.from({ length: 12 }, (_, n) => {
    const some = random.pick(keys);
    const partition = partitionOf(kindOfKey(some) ?? '', some, counts);
    const own = keys.filter((key) => partitionOf(kindOfKey(key) ?? '', key, counts) === partition);
    const data: Restate = { entities: [random.pick(own), random.pick(own)] };
    const key = someKeyOf(partition, counts);
    const command: CommandBody = { v: 1, type: 'command', key, name: 'restate', data, idempotencyKey: `restate-${n}` };
    return { partition, lane: 'fast', body: JSON.stringify(command) };
  });
}

function someKeyOf(partition: PartitionId, counts: PartitionCounts): MatchingKey {
  for (let n = 0; ; n++) {
    const key = matchingKey('main', kindOf(partition), 'masterflag', `restate ${n}`);
    if (partitionOf(kindOf(partition), key, counts) === partition) return key;
  }
}
