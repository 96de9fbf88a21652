import type { NatsConnection } from 'nats';
import type { ServerConfig } from './nats-facts.ts';

/** Of what /varz answers. */
interface Varz {
  readonly server_id?: string;
  readonly server_name?: string;
  readonly cluster?: { readonly name?: string };
  readonly jetstream?: {
    readonly config?: {
      readonly sync_interval?: number;
      readonly sync_always?: boolean;
      readonly store_dir?: string;
      readonly max_storage?: number;
    };
    readonly stats?: { readonly storage?: number };
    readonly meta?: { readonly cluster_size?: number };
  };
}

/** Answers of several servers come within a round trip of one another. */
const GATHER_MS = 1000;

/**
 * Settings of all servers of a NATS cluster, over NATS itself. Answered only where the system account exports the
 * subject to ours (docs/cluster.md); elsewhere there is nobody to answer, or it is not allowed.
 */
export async function configsOverNats(connection: NatsConnection): Promise<ServerConfig[]> {
  const answers = await connection.requestMany('$SYS.REQ.SERVER.PING.VARZ', '', { maxWait: GATHER_MS });
  const configs: ServerConfig[] = [];
  for await (const answer of answers) {
    const { data } = answer.json<{ data?: Varz }>();
    if (data?.jetstream?.config !== undefined) configs.push(config(data, 'nats'));
  }
  return configs;
}

/** Settings of the server behind a monitoring port. @throws what fetching throws */
export async function configOverHttp(monitor: string, patience: number): Promise<ServerConfig> {
  const url = new URL('varz', monitor.endsWith('/') ? monitor : `${monitor}/`);
  const response = await fetch(url, { signal: AbortSignal.timeout(patience), redirect: 'error' });
  const varz = (await response.json()) as Varz;
  if (varz.server_id === undefined) throw new Error(`${url.origin} is not the monitoring port of a NATS server`);
  return config(varz, 'http');
}

function config({ server_id, server_name, cluster, jetstream }: Varz, by: ServerConfig['by']): ServerConfig {
  const { sync_interval = 0, sync_always = false, store_dir = '', max_storage = 0 } = jetstream?.config ?? {};
  return {
    serverId: server_id ?? '',
    name: server_name ?? '',
    cluster: cluster?.name ?? '',
    syncAlways: sync_always,
    syncSeconds: sync_interval / 1e9,
    folder: store_dir,
    mostBytes: max_storage,
    usedBytes: jetstream?.stats?.storage ?? 0,
    clusterSize: jetstream?.meta?.cluster_size ?? 1,
    by,
  };
}
