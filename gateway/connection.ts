import type { Edition } from '../actors/node/editions.ts';
import type { NodeStatus } from '../actors/node/membership.ts';
import { isCluster } from '../config/settings.ts';
import type { Lane, PartitionId } from '../schemas/partition.ts';
import type { Settings } from '../schemas/settings.ts';
import type { IngressOptions } from '../streams/ingress/ingress.ts';
import type { EngineOptions } from './local/engine.ts';

/** The way of every command to the data set, wherever it is: a folder, or a cluster. */
export interface Connection {
  /** Whether what processes the data set ends with this connection. */
  readonly isOwner: boolean;

  /** How feeds are taken in this way; what their sources are is for the caller to say. */
  readonly ingress: Omit<IngressOptions, 'sources'>;

  append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]>;

  /** Calls an action of a Moleculer service. */
  call(action: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;

  /** Messages of the bulk lane that a partition has not applied, counted up to `most`. */
  unapplied(partition: PartitionId, most: number): Promise<number>;

  /** Lets a feed through a source begin. @throws MF_SOURCE_EDITED, MF_SOURCE_UNKNOWN */
  admit(edition: Edition): Promise<void>;

  /** Resolves when the partition has applied its bulk lane up to a position. */
  applied(partition: PartitionId, position: number): Promise<void>;

  /** Resolves when all that was appended, and what follows from it, is applied. */
  idle(): Promise<void>;

  /** Every node that is alive: one embedded. */
  nodes(): Promise<NodeStatus[]>;

  close(): Promise<void>;
}

/** @throws MF_OWNER_FAILED, MF_NO_NODE, and what starting an engine, or reaching the servers, throws */
export async function openConnection(settings: Settings, options: Partial<EngineOptions> = {}): Promise<Connection> {
  if (isCluster(settings)) {
    const { ClusterConnection } = await import('./cluster/connection.ts');
    return ClusterConnection.open(settings);
  }
  const { LocalConnection } = await import('./local/connection.ts');
  return LocalConnection.open(settings, options);
}
