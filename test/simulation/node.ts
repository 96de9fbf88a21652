import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import type { StageFunction } from '../../streams/pipeline/batch.ts';
import type { Answer } from '../../actors/partition/batch.ts';
import type { Limits } from '../../actors/partition/limits.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import type { Rules } from '../../actors/partition/rules.ts';
import { PartitionWorker } from '../../actors/partition/worker.ts';
import { simulatedLog, simulatedStore, type Followers } from './adapters.ts';
import type { LogServer, StoreServer } from './servers.ts';
import { Wire, type WireParts } from './wire.ts';

export interface NodeParts extends WireParts {
  readonly name: string;
  readonly log: LogServer;
  readonly store: StoreServer;
  readonly followers: Followers;
  readonly actors: (node: SimulatedNode) => ReadonlyMap<string, AnyActor>;
  readonly counts: PartitionCounts;
  readonly stages: readonly StageFunction[];
  readonly limits: Limits;
  readonly rules: Rules;
  readonly onAnswer: (answer: Answer) => void;
  readonly trace: (text: string) => void;
}

/** How long a worker that ended waits before it opens again, in virtual ms. */
const BACK_OFF_MS = 30;

/** One process: real partition workers over a simulated wire. */
export class SimulatedNode {
  readonly wire: Wire;
  readonly name: string;
  private readonly parts: NodeParts;
  private readonly wanted = new Set<PartitionId>();
  private readonly running = new Map<PartitionId, PartitionWorker>();
  private readonly actors: ReadonlyMap<string, AnyActor>;
  private openings = 0;

  constructor(parts: NodeParts) {
    this.parts = parts;
    this.name = parts.name;
    this.wire = new Wire(parts);
    this.actors = parts.actors(this);
  }

  /** Placement says that this node should process the partition. */
  host(partition: PartitionId): void {
    this.wanted.add(partition);
    if (!this.running.has(partition)) this.open(partition);
  }

  /** Placement says that another node should: finish the commit and let go. */
  release(partition: PartitionId): void {
    this.wanted.delete(partition);
    this.running.get(partition)?.stop();
  }

  /** kill -9. */
  crash(): void {
    this.parts.trace(`${this.name} dies`);
    this.wire.cut();
  }

  /** SIGSTOP, and SIGCONT `ms` later. */
  sleep(ms: number): void {
    this.parts.trace(`${this.name} sleeps for ${ms} ms`);
    this.wire.sleep(ms);
  }

  private open(partition: PartitionId): void {
    const { log, store, followers, counts, stages, limits, rules, world, onAnswer, trace } = this.parts;
    const owner = `${this.name}:${this.openings++}`;
    const line = this.wire.of(partition);
    const worker = new PartitionWorker({
      partition,
      owner,
      log: simulatedLog(log, line, followers),
      store: simulatedStore(store, line),
      clock: {
        now: () => world.now,
        after: (ms, callback) => this.wire.after(ms, callback),
      },
      actors: this.actors,
      counts,
      stages,
      limits,
      rules,
      observer: {
        opened: ({ epoch, seq }) => {
          trace(`${owner} opens ${partition}: epoch ${epoch}, seq ${seq}`);
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
    this.running.set(partition, worker);
    worker.run().then(
      () => {
        this.ended(partition, 'let go');
      },
      (error: unknown) => {
        this.ended(partition, String(error));
      },
    );
  }

  private ended(partition: PartitionId, why: string): void {
    this.running.delete(partition);
    this.parts.trace(`${this.name} ended ${partition}: ${why}`);
    if (!this.wanted.has(partition)) return;
    this.wire.after(BACK_OFF_MS, () => {
      if (this.wanted.has(partition) && !this.running.has(partition)) this.open(partition);
    });
  }
}
