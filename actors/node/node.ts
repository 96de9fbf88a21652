import { randomUUID } from 'node:crypto';
import { ServiceBroker } from 'moleculer';
import type { Logger } from 'pino';
import { brokerOptions } from '../../moleculer.config.ts';
import { clusterMatchKey, ownMatchKey } from '../../config/match-key.ts';
import { isCluster } from '../../config/settings.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { allPartitions, type Lane, type PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import { Ingress } from '../../streams/ingress/ingress.ts';
import type { Published } from '../../streams/jetstream/feeds.ts';
import type { SourceRegistry } from '../../streams/mapping/registry.ts';
import { createStages } from '../../streams/pipeline/stages.ts';
import { realTime } from '../partition/clock.ts';
import type { Matching } from '../party/matching.ts';
import { PartitionHost, type HostObserver } from '../placement/host.ts';
import { nobodyElse } from '../placement/neighbours.ts';
import { Applied } from './applied.ts';
import { Commands } from './commands.ts';
import { Editions, type Edition } from './editions.ts';
import { FeedRequests } from './feed-requests.ts';
import { kindsOf, type Kinds } from './kinds.ts';
import { matchingOf } from './matching.ts';
import { Membership } from './membership.ts';
import { nodeName } from './name.ts';
import { MoleculerNeighbours } from './neighbours.ts';
import { News } from './news.ts';
import { openings } from './openings.ts';
import { Parties } from './parties.ts';
import { hearFeeds, openPorts, type Ports } from './ports.ts';
import { QuarantineBounds } from './quarantine-bounds.ts';
import { Queries } from './queries.ts';
import { namesOf, openSources, refuseOtherSettings } from './reading.ts';
import { Retention } from './retention.ts';
import { Router } from './router.ts';
import { kindService, nodeService } from './services.ts';
import { agreeOnSetup, setupOf } from './setup.ts';
import { Turnstile } from './turnstile.ts';

/** How long the next owner of a partition waits for the former one to finish its commit, in ms. */
const HANDOVER_MS = 5_000;

/** One running Masterflag: ports, partitions, broker. What puts it together, and the only thing that does. */
export class MasterflagNode {
  readonly name: string;
  readonly broker: ServiceBroker;
  readonly commands: Commands;
  readonly sources: SourceRegistry;
  private readonly ports: Ports;
  private readonly settings: Settings;
  private readonly logger: Logger;
  private readonly editions: Editions;
  private readonly applied_: Applied;
  private readonly host: PartitionHost;
  private readonly neighbours: MoleculerNeighbours | undefined;
  private readonly membership: Membership;
  private readonly retention: Retention;
  private stopHearing: () => Promise<void> = async () => undefined;
  private readonly bounds: QuarantineBounds;

  /**
   * Opens the data set; nothing is processed before `start`.
   * @throws MF_DATA_OWNED, MF_MATCH_KEY, MF_SOURCE_INVALID, MF_CLUSTER_SETTINGS, and what opening the ports throws
   */
  static async open(
    settings: Settings,
    logger: Logger,
    kinds: (matching: Matching) => Kinds = kindsOf,
  ): Promise<MasterflagNode> {
    const sources = openSources(settings);
    const ports = await openPorts(settings, (documents) => {
      logger.warn({ documents }, 'documents that another hand had changed were overwritten');
    });
    try {
      const matching = matchingOf(await ownSecret(settings, ports.store), settings, sources);
      return new MasterflagNode({ settings, logger, sources, ports, matching, actors: kinds(matching) });
    } catch (error) {
      await ports.close();
      throw error;
    }
  }

  private constructor({ settings, logger, sources, ports, matching, actors }: Opened) {
    const { log, store } = ports;
    const { partitions: counts } = settings;
    const news = new News();
    const turnstile = new Turnstile();
    this.name = nodeName(settings);
    [this.settings, this.logger, this.sources, this.ports] = [settings, logger, sources, ports];
    this.editions = new Editions(store, sources);
    this.broker = new ServiceBroker(brokerOptions(this.name, settings));
    const kinds = settings.kinds.length === 0 ? [...actors.keys()] : settings.kinds;
    this.neighbours = isCluster(settings) ? new MoleculerNeighbours(this.broker, [...actors.keys()]) : undefined;
    this.host = new PartitionHost({
      ...{ node: this.name, counts, store, clock: realTime, unique: randomUUID },
      neighbours: this.neighbours ?? nobodyElse({ name: this.name, kinds, draining: false, holding: false }),
      times: {
        heartbeatMs: isCluster(settings) ? settings.heartbeatSeconds * 1000 : undefined,
        handoverMs: HANDOVER_MS,
      },
      worker: openings({
        ...{ ports, actors, counts, logger, turnstile, stages: createStages(sources, settings) },
        onAnswer: (answer) => {
          this.commands.settle(answer);
        },
        onSettled: (partition, decided) => {
          this.membership.settled(partition, decided);
          news.settled(partition);
        },
      }),
      observer: this.observer(news),
    });
    this.membership = new Membership({ name: this.name, kinds, host: this.host, store, neighbours: this.neighbours });
    const isOwned = (partition: PartitionId): boolean => this.host.ownerOf(partition) === this.name;
    this.commands = new Commands({ log, store, counts, turnstile, isOwned });
    this.applied_ = new Applied({ log, store, counts, news: (partition) => this.news(news, partition) });
    this.serve(kinds, matching);
    const [first = 'none.0'] = allPartitions(counts);
    // One node of a cluster is enough: the one that owns the first of all partitions.
    const isMine = (): boolean => isOwned(first);
    this.retention = new Retention({ log, store, settings, logger, isMine });
    this.bounds = new QuarantineBounds({ store, commands: this.commands, settings, logger, isMine });
  }

  private observer(news: News): HostObserver {
    const { logger } = this;
    return {
      opened: (partition) => {
        this.membership.opened(partition);
      },
      letGo: (partition) => {
        logger.debug({ partition }, 'partition let go');
        // Whoever waits for it here has to look again.
        news.settled(partition);
      },
      lost: (partition, why) => {
        this.membership.lost();
        logger.warn({ partition, why }, 'partition lost to another node: nothing more of it is written here');
      },
      failed: (partition, error) => {
        logger.error({ partition, err: error }, 'partition failed');
      },
      slept: (ms) => {
        const [node, seconds] = [this.name, Math.round(ms / 100) / 10];
        logger.error({ node, seconds }, 'this node stood still and was taken for dead: it lets go of every partition');
      },
    };
  }

  private serve(kinds: readonly string[], matching: Matching): void {
    const { ports, settings, sources, commands, broker, host, membership } = this;
    const { partitions: counts } = settings;
    const queries = new Queries(ports, namesOf(sources, settings), counts);
    const parties = new Parties(ports, queries, matching);
    const router = new Router({ node: this.name, counts, broker, ownerOf: (partition) => host.ownerOf(partition) });
    for (const kind of kinds) broker.createService(kindService(kind, { queries, commands, parties, router }));
    broker.createService(
      nodeService({
        queries,
        status: () => membership.status(),
        letGo: (partition) => host.released(partition),
        drain: () => membership.drain(),
        reads: (edition) => this.editions.reads(edition),
      }),
    );
  }

  private feedRequests(): (published: Published) => Promise<object> {
    const { settings, sources, ports, applied_ } = this;
    const { partitions: counts, bulkBudget: budget } = settings;
    const unapplied = (partition: PartitionId): Promise<number> => applied_.unapplied(partition, budget + 1);
    const ingress = new Ingress({ log: ports.log, counts, sources, budget, unapplied });
    const requests = new FeedRequests({ ingress, sources, admit: (edition) => this.admit(edition) });
    return (published) => requests.answer(published);
  }

  private async news(news: News, partition: PartitionId): Promise<void> {
    const failed = this.host.failed.get(partition);
    if (failed !== undefined) throw new MasterflagError('MF_OWNER_FAILED', failed);
    await news.of(partition);
  }

  /** Resolves when every service answers and every partition of this node is open. */
  async start(): Promise<void> {
    await refuseOtherSettings(this.ports.store, this.settings);
    for (const { source, version } of await this.editions.edited()) {
      // What waits goes to quarantine, and can be redriven, instead of being read by another mapping.
      this.sources.withdraw(source, version);
      this.logger.warn({ source, version }, 'a source was edited without a new version, and is not used');
    }
    await this.broker.start();
    await this.neighbours?.discover();
    await this.host.start();
    this.stopHearing = await hearFeeds(this.settings, this.feedRequests(), (problem) => this.logger.warn({ problem }));
    this.retention.start();
    this.bounds.start();
  }

  /** Hands its partitions over where there is somebody to take them, and stops. */
  async stop(): Promise<void> {
    this.retention.stop();
    await this.stopHearing();
    await this.bounds.stop();
    if (this.neighbours !== undefined) {
      const { moved, orphaned } = await this.membership.drain();
      this.logger.info({ node: this.name, moved: moved.length, orphaned: orphaned.length }, 'drained');
    }
    await this.host.stop();
    await this.broker.stop();
    this.neighbours?.close();
    await this.ports.close();
  }

  /** Lets a feed through a source begin. @throws MF_SOURCE_EDITED, MF_SOURCE_UNKNOWN */
  admit(edition: Edition): Promise<void> {
    return this.editions.admit(edition);
  }

  append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]> {
    return this.ports.log.append(partition, lane, bodies);
  }

  unapplied(partition: PartitionId, most: number): Promise<number> {
    return this.applied_.unapplied(partition, most);
  }

  applied(partition: PartitionId, position: number): Promise<void> {
    return this.applied_.upTo(partition, position);
  }

  idle(): Promise<void> {
    return this.applied_.idle();
  }
}

interface Opened {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly sources: SourceRegistry;
  readonly ports: Ports;
  readonly matching: Matching;
  readonly actors: Kinds;
}

/** @throws MF_MATCH_KEY, MF_PARTITIONS_CHANGED, MF_CLUSTER_SETTINGS */
async function ownSecret(settings: Settings, store: Ports['store']): Promise<string> {
  if (!isCluster(settings)) return ownMatchKey(settings);
  const secret = clusterMatchKey(settings);
  await agreeOnSetup(store, setupOf(settings, secret));
  return secret;
}
