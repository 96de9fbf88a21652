import type { PartitionId } from '../../schemas/partition.ts';
import type { Precedence } from '../partition/precedence.ts';

/**
 * While somebody waits for a partition, the others decide a batch this often, in ms: a command takes several turns of
 * the event loop (append, decide, commit, answer), and a batch of somebody else before each of them would be most of
 * its time. Feeds keep a share all the same.
 */
const OTHERS_EVERY_MS = 25;

interface Waiting {
  readonly partition: PartitionId;
  readonly pass: () => void;
}

/**
 * Lets one batch of one partition through per turn of the event loop. All partitions share a thread: if each decided a
 * batch before the loop turned again, a command would wait for all of them at every step of its way. Partitions that
 * somebody waits for go first.
 */
export class Turnstile {
  private readonly waiting: Waiting[] = [];
  private readonly awaited = new Map<PartitionId, number>();
  private readonly listeners = new Map<PartitionId, Set<() => void>>();
  private readonly now: () => number;
  private lastOther = 0;
  private turning = false;
  private later: NodeJS.Timeout | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** What the partition's worker sees of it. */
  of(partition: PartitionId): Precedence {
    return {
      pass: () => this.pass(partition),
      isAwaited: () => this.awaited.has(partition),
      onArrived: (callback) => this.listen(partition, callback),
    };
  }

  /** Somebody waits for an answer of the partition, until the returned function is called. */
  hurry(partition: PartitionId): () => void {
    this.awaited.set(partition, (this.awaited.get(partition) ?? 0) + 1);
    return () => {
      const left = (this.awaited.get(partition) ?? 1) - 1;
      if (left > 0) this.awaited.set(partition, left);
      else this.arrived(partition);
    };
  }

  private arrived(partition: PartitionId): void {
    this.awaited.delete(partition);
    for (const listener of this.listeners.get(partition) ?? []) listener();
    this.turn();
  }

  private listen(partition: PartitionId, callback: () => void): () => void {
    const listeners = this.listeners.get(partition) ?? new Set();
    this.listeners.set(partition, listeners.add(callback));
    return () => {
      listeners.delete(callback);
    };
  }

  private pass(partition: PartitionId): Promise<void> {
    return new Promise((pass) => {
      this.waiting.push({ partition, pass });
      this.turn();
    });
  }

  private turn(): void {
    if (this.turning || this.waiting.length === 0) return;
    this.turning = true;
    setImmediate(() => {
      this.turning = false;
      clearTimeout(this.later);
      const wait = this.patience();
      if (wait > 0) this.later = setTimeout(() => this.turn(), wait);
      else this.letThrough();
    });
  }

  /** How long nobody may pass, in ms. */
  private patience(): number {
    if (this.awaited.size === 0 || this.waiting.some(({ partition }) => this.awaited.has(partition))) return 0;
    return this.lastOther + OTHERS_EVERY_MS - this.now();
  }

  private letThrough(): void {
    const urgent = this.waiting.findIndex(({ partition }) => this.awaited.has(partition));
    if (urgent < 0) this.lastOther = this.now();
    const [next] = this.waiting.splice(Math.max(0, urgent), 1);
    next?.pass();
    this.turn();
  }
}
