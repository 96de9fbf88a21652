import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import type { StageFunction } from '../../streams/pipeline/batch.ts';
import type { Answer } from '../../actors/partition/batch.ts';
import { BuildAnew } from '../../actors/partition/commit.ts';
import type { SteadyClock } from '../../actors/partition/clock.ts';
import type { Limits } from '../../actors/partition/limits.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import type { Rules } from '../../actors/partition/rules.ts';
import { PartitionWorker } from '../../actors/partition/worker.ts';
import { PartitionHost, type HostTimes, type Opening } from '../../actors/placement/host.ts';
import type { PlacementRules } from '../../actors/placement/rules.ts';
import type { Owner, Worker } from '../../actors/placement/tenure.ts';
import { simulatedLog, simulatedStore, type Followers } from './adapters.ts';
import type { Cluster, Member } from './cluster.ts';
import type { LogServer, StoreServer } from './servers.ts';
import { Wire, type WireParts } from './wire.ts';

export interface NodeParts extends WireParts {
  readonly name: string;
  /** How many processes of this name there were before. */
  readonly life: number;
  readonly cluster: Cluster;
  readonly log: LogServer;
  readonly store: StoreServer;
  readonly followers: Followers;
  readonly actors: (node: SimulatedNode) => ReadonlyMap<string, AnyActor>;
  readonly counts: PartitionCounts;
  readonly stages: readonly StageFunction[];
  readonly limits: Limits;
  readonly rules: Rules;
  readonly placementRules: PlacementRules;
  readonly times: HostTimes;
  readonly onAnswer: (answer: Answer) => void;
  /** Another opening took over what ran here. */
  readonly onLost: (partition: PartitionId) => void;
  readonly violate: (violation: string) => void;
  readonly trace: (text: string) => void;
}

/** What changes something for others. */
const WRITES: readonly string[] = ['takeOver', 'commit', 'apply', 'append', 'appendEvents'];

/** One process: the real host of partitions, with real workers, over a simulated wire, beside others. */
export class SimulatedNode {
  readonly wire: Wire;
  readonly name: string;
  readonly member: Member;
  readonly host: PartitionHost;
  /** How often it noticed that it had stood still. */
  sleepsNoticed = 0;
  /** How far its clock is off, in ms. */
  skew = 0;
  isStarted = false;
  /** It was told that it may stop, for it owns nothing. */
  isDrained = false;
  /** The openings here that have taken over, by partition. */
  readonly openings = new Map<PartitionId, Owner>();
  private readonly running = new Set<PartitionId>();
  private readonly parts: NodeParts;
  private readonly actors: ReadonlyMap<string, AnyActor>;
  private readonly clock: SteadyClock;
  private opened = 0;

  constructor(parts: NodeParts) {
    this.parts = parts;
    this.name = parts.name;
    this.wire = new Wire({
      ...parts,
      onCall: (operation, partition) => {
        this.called(operation);
        parts.onCall(operation, partition);
      },
    });
    const { world, counts, cluster, times, store } = parts;
    this.clock = {
      now: () => world.now + this.skew,
      elapsed: () => world.now,
      after: (ms, callback) => this.wire.after(ms, callback),
    };
    this.actors = parts.actors(this);
    const self = { name: this.name, kinds: Object.keys(counts), draining: false, holding: false };
    this.member = cluster.enter(self, this.wire, (partition) => this.host.released(partition));
    this.host = new PartitionHost({
      ...{ node: this.name, counts, times, clock: this.clock },
      neighbours: this.member,
      store: simulatedStore(store, this.wire),
      worker: (opening) => this.worker(opening),
      unique: () => `${parts.life}-${this.opened++}`,
      rules: parts.placementRules,
      observer: {
        opened: () => undefined,
        letGo: (partition) => {
          parts.trace(`${this.name} runs ${partition} no more`);
        },
        lost: (partition, why) => {
          parts.trace(`${this.name} lost ${partition}: ${why}`);
          parts.onLost(partition);
        },
        failed: (partition, error) => {
          // Thrown only where a rule is left out, of which more is to be seen.
          if (!(error instanceof BuildAnew)) parts.violate(`${this.name} failed ${partition}: ${String(error)}`);
        },
        slept: (ms) => {
          this.sleepsNoticed += 1;
          parts.trace(`${this.name} notices that it slept for ${ms} ms`);
        },
      },
    });
  }

  /** Takes over what is its own, `ms` after it began to listen for others. */
  start(ms: number): void {
    this.parts.trace(`${this.name} starts`);
    this.wire.after(ms, () => {
      this.isStarted = true;
      void this.host.start();
    });
  }

  /** kill -9. */
  crash(): void {
    this.parts.trace(`${this.name} dies`);
    this.wire.cut();
    this.parts.cluster.leave(this.member, false);
  }

  /** SIGTERM; `gone` is called when it is. */
  stop(gone: () => void): void {
    this.whenAwake(() => {
      this.parts.trace(`${this.name} stops`);
      this.member.tell({ draining: true });
      void this.host.stop().then(() => {
        this.parts.trace(`${this.name} is gone`);
        this.wire.cut();
        this.parts.cluster.leave(this.member, true);
        gone();
      });
    });
  }

  /** SIGSTOP, and SIGCONT `ms` later. */
  sleep(ms: number): void {
    this.parts.trace(`${this.name} sleeps for ${ms} ms`);
    this.wire.sleep(ms);
  }

  /** As before a stop: hands everything over, and says when it is done. */
  drain(): void {
    this.whenAwake(() => {
      this.parts.trace(`${this.name} is drained`);
      this.member.tell({ draining: true });
      void this.host.idle().then(() => {
        this.drained();
      });
    });
  }

  /** It owns partitions again. */
  return(): void {
    this.whenAwake(() => {
      this.isDrained = false;
      this.member.tell({ draining: false });
    });
  }

  /** The kinds whose partitions it may own, from now on. */
  offer(kinds: readonly string[]): void {
    this.whenAwake(() => {
      this.member.tell({ kinds });
    });
  }

  private drained(): void {
    if (!this.member.self.draining) return;
    this.isDrained = true;
    this.parts.trace(`${this.name} owns nothing any more`);
    if (this.running.size > 0) this.parts.violate(`${this.name} was drained, and runs ${[...this.running].join()}`);
  }

  private whenAwake(what: () => void): void {
    this.wire.after(0, what);
  }

  private called(operation: string): void {
    if (this.isDrained && WRITES.includes(operation)) {
      this.parts.violate(`${this.name} sent ${operation} after it was drained`);
    }
  }

  private worker({ partition, owner, caution, opened }: Opening): Worker {
    const { log, store, followers, counts, stages, limits, rules, onAnswer, trace } = this.parts;
    const line = this.wire.of(partition);
    const worker = new PartitionWorker({
      ...{ partition, owner, caution, counts, stages, limits, rules, actors: this.actors, clock: this.clock },
      log: simulatedLog(log, line, followers),
      store: simulatedStore(store, line),
      observer: {
        opened: ({ epoch, seq }) => {
          trace(`${owner} opens ${partition}: epoch ${epoch}, seq ${seq}`);
          this.openings.set(partition, { name: owner, epoch });
          opened(epoch);
        },
        settled: ({ seq, changes }) => {
          trace(`${owner} settled ${partition}/${seq}: ${changes.length} documents`);
        },
        answered: onAnswer,
        repaired: (refs) => {
          trace(`${owner} repaired ${refs.length} documents`);
        },
      },
    });
    return {
      run: () => this.run(partition, worker),
      stop: () => {
        worker.stop();
      },
    };
  }

  private async run(partition: PartitionId, worker: Worker): Promise<void> {
    if (this.running.has(partition)) this.parts.violate(`${this.name} runs ${partition} twice at once`);
    this.running.add(partition);
    try {
      await worker.run();
    } finally {
      this.running.delete(partition);
      this.openings.delete(partition);
    }
  }
}
