import type { PartitionId } from '../../schemas/partition.ts';
import type { Caution } from '../partition/caution.ts';
import type { Clock } from '../partition/clock.ts';

/** What the host starts for every opening of a partition: actors/partition/worker.ts. */
export interface Worker {
  /** Resolves when it was asked to stop and has finished. */
  run(): Promise<void>;
  stop(): void;
}

/** An opening that has taken its partition over. */
export interface Owner {
  readonly name: string;
  readonly epoch: number;
}

/** The time that a node keeps one partition open: one opening after another, until it is to let go. */
export class Tenure {
  readonly partition: PartitionId;
  /** Resolves when nothing of it runs any more. */
  readonly ended: Promise<void>;
  /** The present opening, once it has taken the partition over. */
  owner: Owner | undefined;
  /** Of the next opening, while those that open at the same time wait for what it says. */
  caution: Caution | undefined;
  /** Somebody else has the partition, though this node was not told by its own commits. */
  isUsurped = false;
  private worker: Worker | undefined;
  private wanted = true;
  private end: () => void = () => undefined;
  private interrupt: () => void = () => undefined;

  constructor(partition: PartitionId) {
    this.partition = partition;
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  /** Whether an opening is there: taking over, at work, or finishing. */
  get isRunning(): boolean {
    return this.worker !== undefined;
  }

  get isWanted(): boolean {
    return this.wanted;
  }

  /** Lets go as soon as the commit that is under way is settled. */
  letGo(): void {
    this.wanted = false;
    this.worker?.stop();
    this.interrupt();
  }

  /** Ends the present opening only. */
  usurped(): void {
    this.isUsurped = true;
    this.owner = undefined;
    this.worker?.stop();
  }

  /** Runs one opening to its end. */
  async run(worker: Worker): Promise<void> {
    this.worker = worker;
    this.isUsurped = false;
    try {
      if (this.wanted) await worker.run();
    } finally {
      this.worker = undefined;
      this.owner = undefined;
    }
  }

  /** Resolves after `ms`, or when `until` does, or when it is to let go; leaves no timer behind. `until` never rejects. */
  async pause(clock: Clock, ms: number, until?: Promise<unknown>): Promise<void> {
    if (!this.wanted) return;
    await new Promise<void>((resolve) => {
      const callOff = clock.after(ms, resolve);
      const end = (): void => {
        callOff();
        resolve();
      };
      this.interrupt = end;
      void until?.then(end);
    });
  }

  close(): void {
    this.end();
  }
}
