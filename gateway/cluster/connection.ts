import { setTimeout as pause } from 'node:timers/promises';
import { Applied } from '../../actors/node/applied.ts';
import { Client } from '../../actors/node/client.ts';
import type { Edition } from '../../actors/node/editions.ts';
import type { DrainReport, NodeStatus } from '../../actors/node/membership.ts';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { IngressOptions } from '../../streams/ingress/ingress.ts';
import type { Connection } from '../connection.ts';

/** How often the progress of partitions is looked at that nodes elsewhere process, in ms. */
const LOOK_MS = 50;

/** The way to a cluster: records go straight to the log, questions and commands through the broker to a node. */
export class ClusterConnection implements Connection {
  readonly isOwner = false;
  private readonly settings: Settings;
  private readonly client: Client;
  private readonly progress: Applied;

  private constructor(settings: Settings, client: Client) {
    const { log, store } = client.ports;
    this.settings = settings;
    this.client = client;
    this.progress = new Applied({ log, store, counts: settings.partitions, news: () => pause(LOOK_MS) });
  }

  /** @throws MF_PARTITIONS_CHANGED, MF_CLUSTER_SETTINGS, and what reaching the servers throws */
  static async open(settings: Settings): Promise<ClusterConnection> {
    return new ClusterConnection(settings, await Client.open(settings));
  }

  get ingress(): Omit<IngressOptions, 'sources'> {
    const { partitions: counts, bulkBudget: budget } = this.settings;
    const unapplied = (partition: PartitionId): Promise<number> => this.unapplied(partition, budget + 1);
    return { log: { append: this.append.bind(this) }, counts, budget, unapplied };
  }

  append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]> {
    return this.client.ports.log.append(partition, lane, bodies);
  }

  call(action: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return this.client.call(action, params);
  }

  unapplied(partition: PartitionId, most: number): Promise<number> {
    return this.progress.unapplied(partition, most);
  }

  admit(edition: Edition): Promise<void> {
    return this.client.admit(edition);
  }

  applied(partition: PartitionId, position: number): Promise<void> {
    return this.progress.upTo(partition, position);
  }

  idle(): Promise<void> {
    return this.progress.idle();
  }

  nodes(): Promise<NodeStatus[]> {
    return this.client.nodes();
  }

  /** @throws MF_NODE_UNKNOWN */
  drain(node: string): Promise<DrainReport> {
    return this.client.drain(node);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
