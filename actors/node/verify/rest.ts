import { setTimeout as pause } from 'node:timers/promises';
import type { Checkpoint } from '../../../schemas/checkpoint.ts';
import type { PartitionId } from '../../../schemas/partition.ts';
import type { LogReads } from '../../../streams/log.ts';
import type { StoreReads } from '../../../store/store.ts';

const BETWEEN_MS = 20;

/** Looks in a row that see no commit, after which nobody is at work. */
const IDLE_LOOKS = 50;

/** Whether all that was sent from one partition to another is heard, and nothing waits in a lane of commands and effects. */
export class Rest {
  private readonly log: Pick<LogReads, 'tail' | 'pending'>;
  private readonly store: Pick<StoreReads, 'progress' | 'checkpoint'>;

  constructor(log: Pick<LogReads, 'tail' | 'pending'>, store: Pick<StoreReads, 'progress' | 'checkpoint'>) {
    this.log = log;
    this.store = store;
  }

  /**
   * Waits until what was under way at this moment is heard. `still` when nothing at all was; `gone` when it is; `stuck`
   * when nobody hears it.
   */
  async pass(): Promise<'still' | 'gone' | 'stuck'> {
    const started = await this.under();
    if (started.length === 0) return 'still';
    let left = started;
    for (let idle = 0; left.length > 0;) {
      await pause(BETWEEN_MS);
      const seqs = await this.sums();
      left = await this.notReached(left);
      if (left.length === 0) break;
      await pause(BETWEEN_MS);
      idle = (await this.sums()) === seqs ? idle + 1 : 0;
      if (idle >= IDLE_LOOKS) return 'stuck';
    }
    return 'gone';
  }

  /** Lanes with something that is not heard, and up to where. */
  private async under(): Promise<Behind[]> {
    const checkpoints = await this.checkpoints();
    const byId = new Map(checkpoints.map((checkpoint) => [checkpoint.id, checkpoint]));
    const behind: Behind[] = [];
    for (const { id, positions, outbox, seq } of checkpoints) {
      if ((await this.log.pending(id, 'fast', positions.fast.after, 1)) > 0) {
        const tail = await this.log.tail(id, 'fast');
        behind.push({ partition: id, reached: ({ positions: now }) => now.fast.after >= tail });
      }
      for (const { to, chunks } of outbox.effects) {
        const isHeard = ({ marks }: Checkpoint): boolean => {
          const mark = marks[id];
          return mark !== undefined && (mark.seq > seq || (mark.seq === seq && mark.chunk >= chunks.length - 1));
        };
        const receiver = byId.get(to);
        if (receiver === undefined || !isHeard(receiver)) behind.push({ partition: to, reached: isHeard });
      }
    }
    return behind;
  }

  private async notReached(behind: readonly Behind[]): Promise<Behind[]> {
    const byId = new Map((await this.checkpoints()).map((checkpoint) => [checkpoint.id, checkpoint]));
    return behind.filter(({ partition, reached }) => {
      const checkpoint = byId.get(partition);
      return checkpoint === undefined || !reached(checkpoint);
    });
  }

  private async sums(): Promise<number> {
    return (await this.store.progress()).reduce((sum, { seq }) => sum + seq, 0);
  }

  /** Whole, with what their last commits send. */
  private async checkpoints(): Promise<Checkpoint[]> {
    const ids = (await this.store.progress()).map(({ id }) => id);
    const found = await Promise.all(ids.map((id) => this.store.checkpoint(id)));
    return found.filter((checkpoint) => checkpoint !== undefined);
  }
}

interface Behind {
  readonly partition: PartitionId;
  readonly reached: (checkpoint: Checkpoint) => boolean;
}
