import type { PartitionId } from '../../schemas/partition.ts';

/** How long an answer is worth something, in ms: others append too. */
const BELIEVED_MS = 1000;

interface Heard {
  readonly unapplied: number;
  readonly at: number;
  /** Messages let in since. */
  letIn: number;
}

/**
 * Whether partitions have more to do than the budget, asked only where that may be so: not while the last answer and
 * what was let in since are together within half of it. With one process that lets in, a partition goes beyond its
 * budget only by what feeds have on their way; every further process may add half of the budget unasked.
 */
export class Load {
  private readonly ask: (partition: PartitionId) => number | Promise<number>;
  private readonly budget: number;
  private readonly now: () => number;
  private readonly heard = new Map<PartitionId, Heard>();

  constructor(ask: (partition: PartitionId) => number | Promise<number>, budget: number, now: () => number = Date.now) {
    this.ask = ask;
    this.budget = budget;
    this.now = now;
  }

  async isOver(partition: PartitionId): Promise<boolean> {
    const heard = this.heard.get(partition);
    if (heard !== undefined && this.isFarBelow(heard)) return false;
    const asked = { unapplied: 0, at: this.now(), letIn: 0 };
    // What is let in while it is asked may not be in the answer.
    this.heard.set(partition, { ...asked, unapplied: Infinity });
    const unapplied = await this.ask(partition);
    const { letIn } = this.heard.get(partition) ?? asked;
    this.heard.set(partition, { ...asked, unapplied, letIn });
    return unapplied > this.budget;
  }

  /** One more message is on its way to the partition. */
  letIn(partition: PartitionId): void {
    const heard = this.heard.get(partition);
    if (heard !== undefined) heard.letIn += 1;
  }

  private isFarBelow({ unapplied, at, letIn }: Heard): boolean {
    return this.now() - at < BELIEVED_MS && unapplied + letIn <= this.budget / 2;
  }
}
