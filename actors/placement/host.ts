import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import type { Progress, Store } from '../../store/store.ts';
import { SharedCaution, type Caution } from '../partition/caution.ts';
import { sleep, type Clock } from '../partition/clock.ts';
import type { Neighbours } from './neighbours.ts';
import { nodeOfOpening, openingName, placementOf } from './placement.ts';
import { Tenure, type Worker } from './tenure.ts';

export interface HostParts {
  /** The name of this node. */
  readonly node: string;
  readonly counts: PartitionCounts;
  readonly neighbours: Neighbours;
  readonly store: Pick<Store, 'progress'>;
  readonly clock: Clock;
  readonly times: HostTimes;
  /** Makes the worker of one opening. */
  readonly worker: (opening: Opening) => Worker;
  /** Something that no other opening of this node was ever named. */
  readonly unique: () => string;
  readonly observer: HostObserver;
}

export interface Opening {
  readonly partition: PartitionId;
  readonly owner: string;
  readonly caution: Caution;
  /** To be called when the partition is taken over. */
  readonly opened: () => void;
}

export interface HostTimes {
  /** A node that gives no sign of life for so long counts as gone; undefined where there are no others. */
  readonly heartbeatMs: number | undefined;
  /** How long the next owner of a partition waits for its former one to let go. */
  readonly handoverMs: number;
}

/** Who wants to know. Nothing here may throw. */
export interface HostObserver {
  opened(partition: PartitionId): void;
  /** This node does not run the partition any more. */
  letGo(partition: PartitionId): void;
  /** Another opening took it over. */
  lost(partition: PartitionId, why: string): void;
  failed(partition: PartitionId, error: unknown): void;
  /** The process stood still for so long that others may have taken over all that it owned. */
  slept(ms: number): void;
}

/** Waits before a partition that ended is opened again, in ms; they double. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

/** Errors that no further opening mends. */
const FATAL: readonly string[] = ['MF_LOG_REPLACED', 'MF_NEWER_VERSION'];

/**
 * Keeps those partitions open that placement gives to this node, lets go of the others, and opens again what was lost
 * or failed. Who owns a partition in truth is decided by epochs alone: everything here only keeps that rare and short.
 */
export class PartitionHost {
  private readonly parts: HostParts;
  private readonly tenures = new Map<PartitionId, Tenure>();
  private readonly failures = new Map<PartitionId, string>();
  private caution: Caution | undefined;
  private placement: ReadonlyMap<PartitionId, string> = new Map();
  private ignore: () => void = () => undefined;
  private stopWatching: () => void = () => undefined;
  private isRunning = false;
  /** After a sleep: until the view of others is true again, in ms since the epoch. */
  private dazedUntil = 0;

  constructor(parts: HostParts) {
    this.parts = parts;
  }

  /** Partitions that will not be processed any more, with the reason. */
  get failed(): ReadonlyMap<PartitionId, string> {
    return this.failures;
  }

  /** Partitions that this node has taken over and runs. */
  get owned(): PartitionId[] {
    return [...this.tenures.values()].filter(({ owner }) => owner !== undefined).map(({ partition }) => partition);
  }

  /** Which node should own a partition, as this one sees it; undefined when none may. */
  ownerOf(partition: PartitionId): string | undefined {
    return this.placement.get(partition);
  }

  /** Resolves when every partition of this node has been taken over once, or went to somebody else meanwhile. */
  async start(): Promise<void> {
    this.isRunning = true;
    const { neighbours, times } = this.parts;
    this.ignore = neighbours.onChange(() => {
      void this.place();
    });
    const opened = this.place();
    if (times.heartbeatMs !== undefined) this.watch(times.heartbeatMs);
    await opened;
  }

  /** Every partition finishes its commit and lets go. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.ignore();
    this.stopWatching();
    for (const tenure of this.tenures.values()) tenure.letGo();
    await this.idle();
  }

  /** Resolves when this node runs no partition. */
  async idle(): Promise<void> {
    while (this.tenures.size > 0) await Promise.all([...this.tenures.values()].map(({ ended }) => ended));
  }

  /** Resolves when this node does not run the partition; it is another's, as the one who asks sees it. */
  async released(partition: PartitionId): Promise<void> {
    void this.place();
    await this.tenures.get(partition)?.ended;
  }

  /** Makes what runs here follow from who lives. Resolves when all that is new here was taken over once. */
  private async place(): Promise<void> {
    const { node, counts, neighbours, clock } = this.parts;
    if (!this.isRunning || clock.now() < this.dazedUntil) return;
    this.placement = placementOf(counts, neighbours.live());
    const mine = [...this.placement].filter(([, name]) => name === node).map(([partition]) => partition);
    for (const tenure of this.tenures.values()) if (!mine.includes(tenure.partition)) tenure.letGo();
    const fresh = mine.filter((partition) => !this.tenures.has(partition) && !this.failures.has(partition));
    if (fresh.length > 0) this.caution ??= new SharedCaution(fresh.length);
    await Promise.all(fresh.map((partition) => this.open(partition)));
  }

  private open(partition: PartitionId): Promise<void> {
    const tenure = new Tenure(partition);
    this.tenures.set(partition, tenure);
    return new Promise((opened) => {
      void this.keep(tenure, opened).finally(() => {
        this.tenures.delete(partition);
        tenure.close();
        opened();
        this.parts.observer.letGo(partition);
        // It may have become this node's again meanwhile.
        void this.place();
      });
    });
  }

  private async keep(tenure: Tenure, opened: () => void): Promise<void> {
    const { clock, times } = this.parts;
    for (let wait = FIRST_WAIT_MS; tenure.isWanted;) {
      await this.handOver(tenure);
      const started = clock.now();
      const outcome = await this.run(tenure, opened);
      if (outcome === 'fatal') return;
      // One that ran for a while and failed is a new failure, not the same one again.
      wait = clock.now() - started > LONGEST_WAIT_MS ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
      // Whoever took it over has to be known here before it is fought for.
      if (outcome === 'lost') wait = Math.max(wait, times.heartbeatMs ?? 0);
      await tenure.unlessLetGo(sleep(clock, wait));
    }
  }

  /** Lets a former owner that lives finish its commit: taken over at once, it would lose what it has in memory. */
  private async handOver(tenure: Tenure): Promise<void> {
    const { node, neighbours, clock, times } = this.parts;
    if (times.heartbeatMs === undefined) return;
    const [found] = await this.progress([tenure.partition]);
    const former = nodeOfOpening(found?.owner ?? '');
    if (former === undefined || former === node || !neighbours.live().some(({ name }) => name === former)) return;
    const asked = neighbours.letGo(former, tenure.partition).catch(() => undefined);
    await tenure.unlessLetGo(Promise.race([asked, sleep(clock, times.handoverMs)]));
  }

  private async run(tenure: Tenure, opened: () => void): Promise<'lost' | 'failed' | 'fatal' | 'ended'> {
    const { node, unique, worker, observer } = this.parts;
    const { partition } = tenure;
    const owner = openingName(node, unique());
    const caution = this.caution ?? new SharedCaution(1);
    const tellOpened = (): void => {
      tenure.owner = owner;
      observer.opened(partition);
      opened();
    };
    try {
      // Those that open with it must not wait for what it would have said.
      if (!tenure.isWanted) caution.miss();
      await tenure.run(worker({ partition, owner, caution, opened: tellOpened }));
      if (!tenure.isUsurped) return 'ended';
      observer.lost(partition, 'another opening has taken it over');
      return 'lost';
    } catch (error) {
      return this.ended(partition, error);
    }
  }

  private ended(partition: PartitionId, error: unknown): 'lost' | 'failed' | 'fatal' {
    const { observer } = this.parts;
    const code = error instanceof MasterflagError ? error.code : '';
    if (code === 'MF_PARTITION_LOST') {
      observer.lost(partition, String(error));
      return 'lost';
    }
    observer.failed(partition, error);
    if (!FATAL.includes(code)) return 'failed';
    this.failures.set(partition, error instanceof Error ? error.message : code);
    return 'fatal';
  }

  /**
   * Looks at the checkpoints now and then: a partition counts as owned only while its checkpoint names an opening that
   * lives. A take-over that arrives late may name one that is gone, and where nothing is to do, no commit finds out.
   */
  private watch(heartbeatMs: number): void {
    const every = heartbeatMs / 4;
    let last = this.parts.clock.now();
    const look = (): void => {
      const { clock } = this.parts;
      const stood = clock.now() - last - every;
      last = clock.now();
      if (stood > heartbeatMs) this.wakeUp(stood, heartbeatMs);
      else if (clock.now() >= this.dazedUntil) {
        void this.place();
        void this.findUsurpers();
      }
      this.stopWatching = clock.after(every, look);
    };
    this.stopWatching = this.parts.clock.after(every, look);
  }

  /** Who slept has been taken for dead, and sees the others as they were: it owns nothing until it sees them again. */
  private wakeUp(ms: number, heartbeatMs: number): void {
    this.parts.observer.slept(ms);
    this.dazedUntil = this.parts.clock.now() + heartbeatMs;
    for (const tenure of this.tenures.values()) tenure.letGo();
  }

  private async findUsurpers(): Promise<void> {
    const owners = new Map([...this.tenures.values()].map((tenure) => [tenure, tenure.owner]));
    if (owners.size === 0) return;
    const found = await this.progress([...owners.keys()].map(({ partition }) => partition));
    for (const [tenure, owner] of owners) {
      const now = found.find(({ id }) => id === tenure.partition)?.owner;
      if (owner !== undefined && tenure.owner === owner && now !== undefined && now !== owner) tenure.usurped();
    }
  }

  /** Nothing where the store does not answer: whoever opens a partition asks it himself, until it does. */
  private async progress(partitions: readonly PartitionId[]): Promise<Progress[]> {
    try {
      return await this.parts.store.progress(partitions);
    } catch (error) {
      if (!(error instanceof UnknownOutcome)) this.parts.observer.failed(partitions[0] ?? 'none.0', error);
      return [];
    }
  }
}
