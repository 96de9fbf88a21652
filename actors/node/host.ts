import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { MasterflagError } from '../../schemas/errors.ts';
import { allPartitions, type PartitionCounts, type PartitionId } from '../../schemas/partition.ts';
import type { StageFunction } from '../../streams/pipeline/batch.ts';
import type { Answer } from '../partition/batch.ts';
import { SharedCaution, type Caution } from '../partition/caution.ts';
import { realTime } from '../partition/clock.ts';
import { LIMITS } from '../partition/limits.ts';
import type { AnyActor } from '../partition/resident.ts';
import { RULES } from '../partition/rules.ts';
import { PartitionWorker } from '../partition/worker.ts';
import type { Ports } from './ports.ts';
import type { Turnstile } from './turnstile.ts';

export interface HostParts {
  readonly ports: Ports;
  readonly actors: ReadonlyMap<string, AnyActor>;
  readonly counts: PartitionCounts;
  readonly stages: readonly StageFunction[];
  readonly logger: Logger;
  readonly turnstile: Turnstile;
  readonly onAnswer: (answer: Answer) => void;
  /** A commit of the partition is applied and published. */
  readonly onSettled: (partition: PartitionId) => void;
}

/** Waits before a partition that ended is opened again, in ms: a heartbeat, then doubling. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

/** Errors that no further opening mends. */
const FATAL: readonly string[] = ['MF_LOG_REPLACED', 'MF_NEWER_VERSION'];

/** Keeps every partition of this node open, and opens again what was lost or failed. */
export class PartitionHost {
  private readonly parts: HostParts;
  private readonly workers = new Map<PartitionId, PartitionWorker>();
  private readonly running = new Set<Promise<void>>();
  private readonly stopped_ = new Map<PartitionId, string>();
  private readonly caution: Caution;
  private stopping = false;

  constructor(parts: HostParts) {
    this.parts = parts;
    this.caution = new SharedCaution(allPartitions(parts.counts).length);
  }

  /** Partitions that will not be processed any more, with the reason. */
  get failed(): ReadonlyMap<PartitionId, string> {
    return this.stopped_;
  }

  /** Resolves when every partition has been taken over once. */
  async start(): Promise<void> {
    await Promise.all(allPartitions(this.parts.counts).map((partition) => this.open(partition)));
  }

  /** Every partition finishes its commit and lets go. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const worker of this.workers.values()) worker.stop();
    await Promise.all(this.running);
  }

  private open(partition: PartitionId): Promise<void> {
    return new Promise((opened) => {
      const keeping = this.keepOpen(partition, opened);
      this.running.add(keeping);
      void keeping.finally(() => this.running.delete(keeping));
    });
  }

  private async keepOpen(partition: PartitionId, opened: () => void): Promise<void> {
    let wait = FIRST_WAIT_MS;
    while (!this.stopping) {
      const started = Date.now();
      try {
        await this.run(partition, opened);
        return;
      } catch (error) {
        this.report(partition, error);
        if (error instanceof MasterflagError && FATAL.includes(error.code)) {
          this.stopped_.set(partition, error.message);
          opened();
          return;
        }
      }
      // One that ran for a while and failed is a new failure, not the same one again.
      wait = Date.now() - started > LONGEST_WAIT_MS ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  private async run(partition: PartitionId, opened: () => void): Promise<void> {
    const { ports, actors, counts, stages, logger, turnstile, onAnswer, onSettled } = this.parts;
    const worker = new PartitionWorker({
      partition,
      owner: randomUUID(),
      log: ports.log,
      store: ports.store,
      clock: realTime,
      precedence: turnstile.of(partition),
      actors,
      counts,
      stages,
      limits: LIMITS,
      rules: RULES,
      caution: this.caution,
      observer: {
        opened: ({ epoch, seq }) => {
          logger.debug({ partition, epoch, seq }, 'partition opened');
          opened();
        },
        settled: () => {
          onSettled(partition);
        },
        answered: onAnswer,
        repaired: (documents) => {
          logger.warn({ partition, documents }, 'documents that another hand had changed were overwritten');
        },
      },
    });
    this.workers.set(partition, worker);
    try {
      if (!this.stopping) await worker.run();
    } finally {
      this.workers.delete(partition);
    }
  }

  private report(partition: PartitionId, error: unknown): void {
    const lost = error instanceof MasterflagError && error.code === 'MF_PARTITION_LOST';
    this.parts.logger[lost ? 'info' : 'error']({ partition, err: error }, lost ? 'partition lost' : 'partition failed');
  }
}
