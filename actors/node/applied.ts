import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import { allPartitions, LANES } from '../../schemas/partition.ts';
import type { Progress, StoreReads } from '../../store/store.ts';
import type { LogReads } from '../../streams/log.ts';

export interface AppliedParts {
  readonly log: Pick<LogReads, 'pending'>;
  readonly store: Pick<StoreReads, 'progress'>;
  readonly counts: PartitionCounts;
  /** Resolves when there may be something new of a partition. @throws when there never will be */
  readonly news: (partition: PartitionId) => Promise<void>;
}

/** How far partitions have come with what was appended. */
export class Applied {
  private readonly parts: AppliedParts;

  constructor(parts: AppliedParts) {
    this.parts = parts;
  }

  /** Messages of the bulk lane that a partition has not applied, counted up to `most`. */
  async unapplied(partition: PartitionId, most: number): Promise<number> {
    const after = (await this.progress(partition))?.positions.bulk.after ?? 0;
    return this.parts.log.pending(partition, 'bulk', after, most);
  }

  /** Resolves when the partition has applied its bulk lane up to a position. */
  async upTo(partition: PartitionId, position: number): Promise<void> {
    await this.until(partition, async () => {
      return ((await this.progress(partition))?.positions.bulk.after ?? 0) >= position;
    });
  }

  /** Resolves when no partition has anything left to do: all lanes applied, and no commit while they were looked at. */
  async idle(): Promise<void> {
    const { store, counts } = this.parts;
    for (;;) {
      const before = await store.progress();
      for (const partition of allPartitions(counts)) {
        await this.until(partition, () => this.hasApplied(partition));
      }
      if (commits(await store.progress()) === commits(before)) return;
    }
  }

  private async hasApplied(partition: PartitionId): Promise<boolean> {
    const found = await this.progress(partition);
    for (const lane of LANES) {
      if ((await this.parts.log.pending(partition, lane, found?.positions[lane].after ?? 0, 1)) > 0) return false;
    }
    return true;
  }

  private async until(partition: PartitionId, reached: () => Promise<boolean>): Promise<void> {
    for (;;) {
      // Asked for before the look: what comes in between is news as well.
      const news = this.parts.news(partition);
      news.catch(() => undefined);
      if (await reached()) return;
      await news;
    }
  }

  private async progress(partition: PartitionId): Promise<Progress | undefined> {
    return (await this.parts.store.progress([partition]))[0];
  }
}

function commits(progress: readonly Progress[]): number {
  return progress.reduce((sum, { seq }) => sum + seq, 0);
}
