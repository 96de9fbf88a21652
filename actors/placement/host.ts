import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import type { Progress, Store } from '../../store/store.ts';
import { SharedCaution, type Caution } from '../partition/caution.ts';
import type { SteadyClock } from '../partition/clock.ts';
import type { Neighbours } from './neighbours.ts';
import { isSameView, nodeOfOpening, openingName, placementOf, type NodeView } from './placement.ts';
import { PLACEMENT_RULES, type PlacementRules } from './rules.ts';
import { Tenure, type Owner, type Worker } from './tenure.ts';

export interface HostParts {
  /** The name of this node. */
  readonly node: string;
  readonly counts: PartitionCounts;
  readonly neighbours: Neighbours;
  readonly store: Pick<Store, 'progress'>;
  readonly clock: SteadyClock;
  readonly times: HostTimes;
  /** Makes the worker of one opening. */
  readonly worker: (opening: Opening) => Worker;
  /** Something that no other opening of this node was ever named. */
  readonly unique: () => string;
  readonly observer: HostObserver;
  /** Without them, all. */
  readonly rules?: PlacementRules;
}

export interface Opening {
  readonly partition: PartitionId;
  readonly owner: string;
  readonly caution: Caution;
  /** To be called when the partition is taken over, with the epoch that it has got. */
  readonly opened: (epoch: number) => void;
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

/** How often a node looks after its partitions in the time of a heartbeat. */
const LOOKS = 4;

/** Errors that no further opening mends. */
const FATAL: readonly string[] = ['MF_LOG_REPLACED', 'MF_NEWER_VERSION'];

/**
 * Keeps those partitions open that placement gives to this node, lets go of the others, and opens again what was lost
 * or failed. Who owns a partition in truth is decided by epochs alone: everything here only keeps that rare and short.
 */
export class PartitionHost {
  private readonly parts: HostParts;
  private readonly rules: PlacementRules;
  private readonly tenures = new Map<PartitionId, Tenure>();
  private readonly failures = new Map<PartitionId, string>();
  private readonly caution = new SharedCaution();
  /** The nodes that `placement` follows from. */
  private seen: readonly NodeView[] = [];
  private placement: ReadonlyMap<PartitionId, string> = new Map();
  private ignore: () => void = () => undefined;
  private stopWatching: () => void = () => undefined;
  private isRunning = false;
  private isLooking = false;
  /** When this node was last known to run, on the steady clock. */
  private lookedAt = 0;
  /** After a sleep, until the view of others is true again. */
  private isDazed = false;
  private stopRecovering: () => void = () => undefined;

  constructor(parts: HostParts) {
    this.parts = parts;
    this.rules = parts.rules ?? PLACEMENT_RULES;
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
    this.lookedAt = this.parts.clock.elapsed();
    this.ignore = this.parts.neighbours.onChange(() => {
      void this.place();
    });
    const opened = this.place();
    this.watch();
    await opened;
  }

  /** Every partition finishes its commit and lets go. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.ignore();
    this.stopWatching();
    this.stopRecovering();
    for (const tenure of this.tenures.values()) tenure.letGo();
    await this.idle();
  }

  /** Resolves when this node runs no partition. */
  async idle(): Promise<void> {
    while (this.tenures.size > 0) await Promise.all([...this.tenures.values()].map(({ ended }) => ended));
  }

  /**
   * Resolves when this node does not run the partition. The one who asks believes that it is its own: where this node
   * believes so too, it goes on, until one of them sees more, or the other takes it over.
   */
  async released(partition: PartitionId): Promise<void> {
    void this.place();
    const tenure = this.tenures.get(partition);
    if (tenure?.isRunning === true) await tenure.ended;
  }

  /** Makes what runs here follow from who lives. Resolves when all that is new here was taken over once. */
  private async place(): Promise<void> {
    const { node, neighbours } = this.parts;
    // What a node sees when it wakes is old: that must not be acted on, whichever callback comes first.
    if (!this.isRunning || !this.isAwake()) return;
    this.see(neighbours.live());
    for (const { partition } of this.tenures.values()) this.keepIfMine(partition);
    const mine = [...this.placement].filter(([, name]) => name === node).map(([partition]) => partition);
    const fresh = mine.filter((partition) => !this.tenures.has(partition) && !this.failures.has(partition));
    await Promise.all(fresh.map((partition) => this.open(partition)));
  }

  private see(nodes: readonly NodeView[]): void {
    if (isSameView(nodes, this.seen)) return;
    this.seen = nodes;
    this.placement = placementOf(this.parts.counts, nodes);
  }

  private keepIfMine(partition: PartitionId): void {
    if (this.placement.get(partition) !== this.parts.node) this.tenures.get(partition)?.letGo();
  }

  private open(partition: PartitionId): Promise<void> {
    const tenure = new Tenure(partition);
    tenure.caution = this.caution.enter();
    this.tenures.set(partition, tenure);
    return new Promise((opened) => {
      void this.keep(tenure, opened).finally(() => {
        this.tenures.delete(partition);
        tenure.caution?.miss();
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
    for (let wait = FIRST_WAIT_MS; tenure.isWanted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await this.handOver(tenure);
      const started = clock.elapsed();
      const outcome = await this.run(tenure, opened);
      if (outcome === 'fatal') return;
      // One that ran for a while and failed is a new failure, not the same one again.
      if (clock.elapsed() - started > LONGEST_WAIT_MS) wait = FIRST_WAIT_MS;
      // Whoever took it over has to be known here before it is fought for.
      await tenure.pause(clock, outcome === 'lost' ? Math.max(wait, times.heartbeatMs ?? 0) : wait);
    }
  }

  /** Lets a former owner that lives finish its commit: taken over at once, it would lose what it has in memory. */
  private async handOver(tenure: Tenure): Promise<void> {
    const { node, neighbours, clock, times } = this.parts;
    if (times.heartbeatMs === undefined || !this.rules.handOver) return;
    const [found] = await this.progress([tenure.partition]);
    const former = nodeOfOpening(found?.owner ?? '');
    if (former === undefined || former === node || !neighbours.live().some(({ name }) => name === former)) return;
    // Those that open with it must not wait for what another node does.
    tenure.caution?.miss();
    tenure.caution = undefined;
    const asked = neighbours.letGo(former, tenure.partition).catch(() => undefined);
    await tenure.pause(clock, times.handoverMs, asked);
  }

  private async run(tenure: Tenure, opened: () => void): Promise<'lost' | 'failed' | 'fatal' | 'ended'> {
    const { node, unique, worker, observer } = this.parts;
    const { partition } = tenure;
    const owner = openingName(node, unique());
    const caution = tenure.caution ?? this.caution.enter();
    const tellOpened = (epoch: number): void => {
      tenure.owner = { name: owner, epoch };
      observer.opened(partition);
      opened();
    };
    try {
      await tenure.run(worker({ partition, owner, caution, opened: tellOpened }));
      if (!tenure.isUsurped) return 'ended';
      observer.lost(partition, 'another opening has taken it over');
      return 'lost';
    } catch (error) {
      return this.ended(partition, error);
    } finally {
      // However it ended, nobody waits for it.
      caution.miss();
      tenure.caution = undefined;
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
  private watch(): void {
    const { clock, times } = this.parts;
    if (times.heartbeatMs === undefined) return;
    this.stopWatching = clock.after(times.heartbeatMs / LOOKS, () => {
      void this.place();
      void this.findUsurpers();
      this.watch();
    });
  }

  /** Whether this node runs as others see it: one that stood still has been taken for dead, and sees them as they were. */
  private isAwake(): boolean {
    const { clock, times } = this.parts;
    if (times.heartbeatMs === undefined || !this.rules.noticeSleep) return true;
    const stood = clock.elapsed() - this.lookedAt - times.heartbeatMs / LOOKS;
    this.lookedAt = clock.elapsed();
    if (stood > times.heartbeatMs / 2) this.daze(times.heartbeatMs);
    if (stood > times.heartbeatMs) this.slept(stood);
    return !this.isDazed;
  }

  /** What it sees it does not act on, until it must have heard of everybody again. */
  private daze(ms: number): void {
    this.isDazed = true;
    this.stopRecovering();
    this.stopRecovering = this.parts.clock.after(ms, () => {
      this.isDazed = false;
      void this.place();
    });
  }

  /** Others have taken over, or are about to: it owns nothing until it sees them again. */
  private slept(ms: number): void {
    this.parts.observer.slept(ms);
    this.see([]);
    for (const tenure of this.tenures.values()) tenure.letGo();
  }

  private async findUsurpers(): Promise<void> {
    // A store that answers slowly is not asked more often.
    if (!this.rules.findUsurpers || this.isLooking) return;
    const owners = new Map([...this.tenures.values()].map((tenure) => [tenure, tenure.owner]));
    for (const [tenure, owner] of owners) if (owner === undefined) owners.delete(tenure);
    if (owners.size === 0) return;
    this.isLooking = true;
    const found = await this.progress([...owners.keys()].map(({ partition }) => partition));
    this.isLooking = false;
    for (const [tenure, owner] of owners) {
      const now = found.find(({ id }) => id === tenure.partition);
      if (tenure.owner === owner && now !== undefined && !this.isNamed(now, owner)) tenure.usurped();
    }
  }

  private isNamed(found: Progress, owner: Owner | undefined): boolean {
    return found.owner === owner?.name && (found.epoch === owner.epoch || !this.rules.compareEpochs);
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
