import type { PartitionId } from '../../schemas/partition.ts';

/** Tells whoever waits that a partition has settled a commit. */
export class News {
  private readonly waiting = new Map<PartitionId, (() => void)[]>();

  /** Resolves at the partition's next commit. */
  of(partition: PartitionId): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.waiting.get(partition);
      if (waiting === undefined) this.waiting.set(partition, [resolve]);
      else waiting.push(resolve);
    });
  }

  settled(partition: PartitionId): void {
    const waiting = this.waiting.get(partition) ?? [];
    this.waiting.delete(partition);
    for (const resolve of waiting) resolve();
  }
}
