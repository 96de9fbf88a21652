import { ServiceBroker } from 'moleculer';
import type { Logger } from 'pino';
import { brokerOptions } from '../../moleculer.config.ts';
import { ownMatchKey } from '../../config/match-key.ts';
import type { Matching } from '../party/matching.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { LANES, type Lane, type PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { SourceRegistry } from '../../streams/mapping/registry.ts';
import { createStages } from '../../streams/pipeline/stages.ts';
import type { Checkpoint } from '../../schemas/checkpoint.ts';
import { Commands } from './commands.ts';
import { Editions, type Edition } from './editions.ts';
import { PartitionHost } from './host.ts';
import { kindsOf, type Kinds } from './kinds.ts';
import { matchingOf } from './matching.ts';
import { Parties } from './parties.ts';
import { openPorts, type Ports } from './ports.ts';
import { QuarantineBounds } from './quarantine-bounds.ts';
import { Queries } from './queries.ts';
import { namesOf, openSources, refuseOtherCounts } from './reading.ts';
import { Retention } from './retention.ts';
import { Turnstile } from './turnstile.ts';
import { kindService, nodeService } from './services.ts';

/** One running Masterflag: ports, partitions, broker. What puts it together, and the only thing that does. */
export class MasterflagNode {
  readonly broker: ServiceBroker;
  readonly commands: Commands;
  readonly sources: SourceRegistry;
  private readonly editions: Editions;
  private readonly logger: Logger;
  private readonly ports: Ports;
  private readonly host: PartitionHost;
  private readonly retention: Retention;
  private readonly bounds: QuarantineBounds;
  private readonly settings: Settings;
  private readonly settledWaiters = new Map<PartitionId, Set<() => void>>();

  /** @throws MF_DATA_OWNED, MF_MATCH_KEY, MF_SOURCE_INVALID, and what opening the ports throws */
  constructor(settings: Settings, logger: Logger, kinds: (matching: Matching) => Kinds = kindsOf) {
    this.settings = settings;
    this.logger = logger;
    this.sources = openSources(settings);
    this.ports = openPorts(settings, (documents) => {
      logger.warn({ documents }, 'documents that another hand had changed were overwritten');
    });
    const { log, store } = this.ports;
    const matching = matchingOf(ownMatchKey(settings), settings, this.sources);
    const actors = kinds(matching);
    this.editions = new Editions(store, this.sources);
    const turnstile = new Turnstile();
    this.commands = new Commands(log, settings.partitions, turnstile);
    this.host = new PartitionHost({
      ports: this.ports,
      actors,
      counts: settings.partitions,
      stages: createStages(this.sources, settings),
      logger,
      turnstile,
      onAnswer: (answer) => {
        this.commands.settle(answer);
      },
      onSettled: (partition) => {
        for (const wake of this.settledWaiters.get(partition) ?? []) wake();
      },
    });
    const queries = new Queries(this.ports, namesOf(this.sources, settings), settings.partitions);
    this.broker = new ServiceBroker(brokerOptions(`masterflag-${process.pid}`));
    const parties = new Parties(this.ports, queries, matching);
    for (const kind of actors.keys()) {
      this.broker.createService(kindService(kind, queries, this.commands, parties));
    }
    this.broker.createService(nodeService(queries, () => ({ failed: Object.fromEntries(this.host.failed) })));
    this.retention = new Retention(log, store, settings, logger);
    this.bounds = new QuarantineBounds({ store, commands: this.commands, settings, logger });
  }

  /** Resolves when every partition is open and every service answers. */
  async start(): Promise<void> {
    refuseOtherCounts(await this.ports.store.checkpoints(), this.settings);
    for (const { source, version } of await this.editions.edited()) {
      // What waits goes to quarantine, and can be redriven, instead of being read by another mapping.
      this.sources.withdraw(source, version);
      this.logger.warn({ source, version }, 'a source was edited without a new version, and is not used');
    }
    await this.host.start();
    await this.broker.start();
    this.retention.start();
    this.bounds.start();
  }

  async stop(): Promise<void> {
    this.retention.stop();
    await this.bounds.stop();
    await this.broker.stop();
    await this.host.stop();
    await this.ports.close();
  }

  /** Lets a feed through a source begin. @throws MF_SOURCE_EDITED, MF_SOURCE_UNKNOWN */
  admit(edition: Edition): Promise<void> {
    return this.editions.admit(edition);
  }

  append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]> {
    return this.ports.log.append(partition, lane, bodies);
  }

  /** Messages of the bulk lane that a partition has not applied, counted up to `most`. */
  async unapplied(partition: PartitionId, most: number): Promise<number> {
    const checkpoint = await this.ports.store.checkpoint(partition);
    return this.ports.log.pending(partition, 'bulk', checkpoint?.positions.bulk.after ?? 0, most);
  }

  /** Resolves when the partition has applied its bulk lane up to a position, and so has every fast lane in the end. */
  async applied(partition: PartitionId, position: number): Promise<void> {
    await this.until(partition, (checkpoint) => checkpoint.positions.bulk.after >= position);
  }

  /** Resolves when no partition has anything left to do: all lanes applied, and no commit while they were looked at. */
  async idle(): Promise<void> {
    for (;;) {
      const before = await this.ports.store.checkpoints();
      let quiet = true;
      for (const { id, positions } of before) {
        for (const lane of LANES) {
          const tail = await this.ports.log.tail(id, lane);
          if (positions[lane].after >= tail) continue;
          quiet = false;
          await this.until(id, (checkpoint) => checkpoint.positions[lane].after >= tail);
        }
      }
      if (quiet && commits(await this.ports.store.checkpoints()) === commits(before)) return;
    }
  }

  private async until(partition: PartitionId, reached: (checkpoint: Checkpoint) => boolean): Promise<void> {
    const waiters = this.settledWaiters.get(partition) ?? new Set();
    this.settledWaiters.set(partition, waiters);
    for (;;) {
      let wake: () => void = () => undefined;
      const settled = new Promise<void>((resolve) => (wake = resolve));
      waiters.add(wake);
      try {
        const checkpoint = await this.ports.store.checkpoint(partition);
        if (checkpoint !== undefined && reached(checkpoint)) return;
        const failed = this.host.failed.get(partition);
        if (failed !== undefined) throw new MasterflagError('MF_OWNER_FAILED', failed);
        await settled;
      } finally {
        waiters.delete(wake);
      }
    }
  }
}

function commits(checkpoints: readonly Checkpoint[]): number {
  return checkpoints.reduce((sum, { seq }) => sum + seq, 0);
}
