import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pino } from 'pino';
import { readSettings } from '../../config/settings.ts';
import { Applied } from '../../actors/node/applied.ts';
import { kindsOf } from '../../actors/node/kinds.ts';
import { matchingOf } from '../../actors/node/matching.ts';
import { News } from '../../actors/node/news.ts';
import { openings } from '../../actors/node/openings.ts';
import { openSources } from '../../actors/node/reading.ts';
import { Turnstile } from '../../actors/node/turnstile.ts';
import type { Decided } from '../../actors/partition/decider.ts';
import { ALONE } from '../../actors/partition/caution.ts';
import type { PartitionWorker } from '../../actors/partition/worker.ts';
import { allPartitions, kindOf, type PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { Store } from '../../store/store.ts';
import { Ingress } from '../../streams/ingress/ingress.ts';
import type { Log } from '../../streams/log.ts';
import { createStages } from '../../streams/pipeline/stages.ts';
import { SOURCES } from '../engine.ts';
import type { Measurable } from '../event-latency.ts';

export interface EngineParts {
  readonly log: Log;
  readonly store: Store;
  /** Where each partition is to have a store of its own, over the same data. */
  readonly storeOf?: (partition: PartitionId) => Promise<Store>;
  readonly settings?: Partial<Settings>;
  /** A commit is applied and published. */
  readonly onSettled?: (partition: PartitionId, decided: Decided) => void;
}

/**
 * All partitions of a node over given ports, in this thread: the workers, pipeline and actors of production, put
 * together as `actors/node/node.ts` does, without broker and placement, and fed by its ingress.
 */
export class PortsEngine implements Measurable {
  readonly log: Log;
  readonly orderPartitions: readonly PartitionId[];
  private readonly workers: readonly PartitionWorker[];
  private readonly running: Promise<unknown>;
  private readonly applied: Applied;
  private readonly ingress: Ingress;

  private constructor({ log, store, settings: some, onSettled }: EngineParts, stores: ReadonlyMap<PartitionId, Store>) {
    const settings = readSettings({}, { sources: [SOURCES], ...some });
    const { partitions: counts, bulkBudget: budget } = settings;
    const sources = openSources(settings);
    const news = new News();
    const shared = {
      counts,
      actors: kindsOf(matchingOf('the secret of a benchmark', settings, sources)),
      stages: createStages(sources, settings),
      logger: pino({ level: 'silent' }),
      turnstile: new Turnstile(),
      onAnswer: () => undefined,
      onSettled: (partition: PartitionId, decided: Decided) => {
        onSettled?.(partition, decided);
        news.settled(partition);
      },
    };
    this.log = log;
    this.orderPartitions = [...stores.keys()].filter((partition) => kindOf(partition) === 'order');
    this.workers = [...stores].map(([partition, own]) => {
      const open = openings({ ...shared, ports: { log, store: own, close: async () => undefined } });
      return open({ partition, owner: `bench/${randomUUID()}`, caution: ALONE, opened: () => undefined });
    });
    this.running = Promise.all(this.workers.map((worker) => worker.run()));
    this.applied = new Applied({ log, store, counts, news: (partition) => news.of(partition) });
    const unapplied = (partition: PartitionId): Promise<number> => this.applied.unapplied(partition, budget + 1);
    this.ingress = new Ingress({ log, counts, sources, budget, unapplied });
  }

  static async open(parts: EngineParts): Promise<PortsEngine> {
    const { partitions } = readSettings({}, parts.settings);
    const stores = new Map<PartitionId, Store>();
    for (const partition of allPartitions(partitions)) {
      stores.set(partition, (await parts.storeOf?.(partition)) ?? parts.store);
    }
    return new PortsEngine(parts, stores);
  }

  /** Feeds a file, and waits until all that follows from it is applied. @returns seconds */
  async feed(file: string): Promise<number> {
    const started = performance.now();
    const feeding = this.ingress.feed({ source: 'bench', feed: randomUUID(), file, chunks: createReadStream(file) });
    await Promise.race([feeding, this.running]);
    for (const [partition, position] of (await feeding).positions) await this.applied.upTo(partition, position);
    await this.applied.idle();
    return (performance.now() - started) / 1000;
  }

  async append(text: string): Promise<void> {
    await this.ingress.feed({ source: 'bench', feed: 'latency', file: 'latency.ndjson', chunks: [Buffer.from(text)] });
  }

  async close(): Promise<void> {
    for (const worker of this.workers) worker.stop();
    await this.running;
  }
}
