import type { PartitionId } from '../../schemas/partition.ts';

/**
 * Lets one batch of one partition through per turn of the event loop. All partitions share a thread: if each decided a
 * batch before the loop turned again, a command would wait for all of them at every step of its way. Partitions that
 * somebody waits for go first.
 */
export class Turnstile {
  private readonly waiting: { readonly partition: PartitionId; readonly pass: () => void }[] = [];
  private readonly awaited = new Map<PartitionId, number>();
  private turning = false;

  /** Resolves when it is the partition's turn. */
  pass(partition: PartitionId): Promise<void> {
    return new Promise((pass) => {
      this.waiting.push({ partition, pass });
      if (!this.turning) this.turn();
    });
  }

  /** Somebody waits for an answer of the partition, until the returned function is called. */
  hurry(partition: PartitionId): () => void {
    this.awaited.set(partition, (this.awaited.get(partition) ?? 0) + 1);
    return () => {
      const left = (this.awaited.get(partition) ?? 1) - 1;
      if (left > 0) this.awaited.set(partition, left);
      else this.awaited.delete(partition);
    };
  }

  private turn(): void {
    this.turning = true;
    setImmediate(() => {
      const urgent = this.waiting.findIndex(({ partition }) => this.awaited.has(partition));
      const [next] = this.waiting.splice(Math.max(0, urgent), 1);
      next?.pass();
      if (this.waiting.length > 0) this.turn();
      else this.turning = false;
    });
  }
}
