/** The unit of order, ownership and parallelism: `<kind>.<n>`, for example `order.3`. */
export type PartitionId = `${string}.${number}`;

/** `fast` carries commands, effects and timers; `bulk` carries the records of feeds. */
export type Lane = 'fast' | 'bulk';

export const LANES: readonly Lane[] = ['fast', 'bulk'];

/** How many partitions each actor kind has. Fixed when a data set is created, checked at every start. */
export type PartitionCounts = Readonly<Record<string, number>>;

export function partitionId(kind: string, n: number): PartitionId {
  return `${kind}.${n}`;
}

export function kindOf(partition: PartitionId): string {
  return partition.slice(0, partition.lastIndexOf('.'));
}

export function allPartitions(counts: PartitionCounts): PartitionId[] {
  return Object.keys(counts)
    .sort()
    .flatMap((kind) => Array.from({ length: counts[kind] ?? 0 }, (_, n) => partitionId(kind, n)));
}
