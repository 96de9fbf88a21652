import type { Observation } from './observation.ts';

/** What a NATS server tells everybody who connects, before any credentials (its INFO line). */
export interface Greeting {
  readonly serverId: string;
  readonly name: string;
  readonly version: string;
  readonly jetstream: boolean;
  readonly maxPayload: number;
  readonly authRequired: boolean;
  readonly tls: 'required' | 'available' | 'none';
  /** Name of the cluster of NATS servers; '' of a server alone. */
  readonly cluster: string;
  /** Addresses of the servers of its cluster. */
  readonly addresses: readonly string[];
}

/** A difference between a server's clock and ours, in ms: positive when the server's is ahead. */
export interface Skew {
  readonly ms: number;
  /** Half of the round trip that it was measured over. */
  readonly within: number;
}

/** What an account's user may do; a list that is absent restricts nothing. */
export interface SubjectPermissions {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

export interface UserFacts {
  readonly user: string;
  readonly account: string;
  readonly publish: SubjectPermissions;
  readonly subscribe: SubjectPermissions;
  readonly skew: Skew;
}

/** What a server says of its settings, to its monitoring port or to its system account only. */
export interface ServerConfig {
  readonly serverId: string;
  readonly name: string;
  /** Name of the cluster of NATS servers; '' of a server alone. */
  readonly cluster: string;
  readonly syncAlways: boolean;
  readonly syncSeconds: number;
  readonly folder: string;
  /** Bytes that JetStream may use on disk, and that it uses. */
  readonly mostBytes: number;
  readonly usedBytes: number;
  /** Servers of its JetStream cluster; 1 of a server alone. */
  readonly clusterSize: number;
  /** How it was asked. */
  readonly by: 'nats' | 'http';
}

export interface StreamFacts {
  readonly name: string;
  readonly storage: string;
  readonly replicas: number;
  readonly discard: string;
  /** Nanoseconds after which a message is removed; 0 is never. */
  readonly maxAge: number;
  /** Names of servers that hold a copy and are not up to date. */
  readonly late: readonly string[];
}

export interface JetStreamAccount {
  /** Less than 0 is no limit. */
  readonly mostBytes: number;
  readonly usedBytes: number;
  readonly mostStreams: number;
  readonly streams: number;
}

export interface NatsServerFacts {
  readonly host: string;
  readonly port: number;
  readonly asksTls: boolean;
  readonly hasCredentials: boolean;
  readonly greeting: Observation<Greeting>;
  /** Ms of a round trip, once logged in. */
  readonly login: Observation<number>;
  readonly user: Observation<UserFacts>;
}

export interface NatsFacts {
  readonly servers: readonly NatsServerFacts[];
  /** Of all servers whose settings can be seen. */
  readonly configs: readonly ServerConfig[];
  readonly account: Observation<JetStreamAccount>;
  readonly streams: Observation<readonly StreamFacts[]>;
  /** In what the streams differ from what Masterflag makes; undefined when nobody compared. */
  readonly differences: Observation<readonly string[]> | undefined;
}
