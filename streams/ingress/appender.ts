import { setTimeout as sleep } from 'node:timers/promises';
import { UnknownOutcome } from '../../schemas/errors.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Log } from '../log.ts';

/** Text that may wait for its append, in characters: what a feed holds in memory beyond its decoder. */
const WAITING_LIMIT = 8 * 1024 * 1024;

/** Text of one append, in characters: enough to share one fsync, little enough to be heard of soon. */
const APPEND_LIMIT = 2 * 1024 * 1024;

/** An append with an unknown outcome is repeated for about a minute, then whoever feeds is told. */
const ATTEMPTS = 20;
const LONGEST_PAUSE = 4000;

interface Waiting {
  readonly body: string;
  readonly done: (position: number) => void;
}

/** Appends to many partitions at a time, to each in the order given, and never more than the limit at once. */
export class Appender {
  private readonly log: Pick<Log, 'append'>;
  private readonly signal: AbortSignal | undefined;
  private readonly queues = new Map<PartitionId, Waiting[]>();
  private readonly running = new Map<PartitionId, Promise<void>>();
  private waiting = 0;
  private failure: { readonly error: unknown } | null = null;
  private wake: (() => void) | null = null;

  constructor(log: Pick<Log, 'append'>, signal?: AbortSignal) {
    this.log = log;
    this.signal = signal;
  }

  /** `done` hears the position when the body is durable. */
  add(partition: PartitionId, body: string, done: (position: number) => void): void {
    const queue = this.queues.get(partition) ?? [];
    this.queues.set(partition, queue);
    queue.push({ body, done });
    this.waiting += body.length;
    if (!this.running.has(partition)) this.running.set(partition, this.run(partition, queue));
  }

  /** Resolves when there is room for more. @throws what an append failed with */
  async room(): Promise<void> {
    while (this.failure === null && this.waiting > WAITING_LIMIT) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    this.check();
  }

  /** Resolves when all is durable. @throws what an append failed with */
  async drain(): Promise<void> {
    await this.settled();
    this.check();
  }

  /** Resolves when nothing is on its way any more, whatever came of it. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private check(): void {
    if (this.failure !== null) throw this.failure.error;
  }

  private async run(partition: PartitionId, queue: Waiting[]): Promise<void> {
    try {
      while (queue.length > 0 && this.failure === null) await this.appendNext(partition, queue);
    } catch (error) {
      this.failure ??= { error };
    } finally {
      this.running.delete(partition);
      this.wake?.();
    }
  }

  private async appendNext(partition: PartitionId, queue: Waiting[]): Promise<void> {
    // Whatever comes within this turn of the event loop shares the append.
    await Promise.resolve();
    let size = 0;
    let count = 0;
    for (const { body } of queue) {
      if (count > 0 && size + body.length > APPEND_LIMIT) break;
      size += body.length;
      count++;
    }
    const taken = queue.splice(0, count);
    const positions = await this.append(
      partition,
      taken.map(({ body }) => body),
    );
    taken.forEach(({ done }, i) => done(positions[i] ?? 0));
    this.waiting -= size;
    this.wake?.();
  }

  /** Repeating is safe: records that were appended twice are duplicates for whoever reads them. */
  private async append(partition: PartitionId, bodies: readonly string[]): Promise<number[]> {
    for (let attempt = 1; ; attempt++) {
      this.signal?.throwIfAborted();
      try {
        return await this.log.append(partition, 'bulk', bodies);
      } catch (error) {
        if (!(error instanceof UnknownOutcome) || attempt >= ATTEMPTS) throw error;
        await sleep(Math.min(LONGEST_PAUSE, 10 * 2 ** attempt));
      }
    }
  }
}
