import { expect } from '@jest/globals';
import type { Finding } from '../../../cli/doctor/finding.ts';
import type { MongoFacts } from '../../../gateway/doctor/mongo-facts.ts';
import type {
  Greeting,
  NatsFacts,
  NatsServerFacts,
  ServerConfig,
  StreamFacts,
} from '../../../gateway/doctor/nats-facts.ts';
import { readSettings } from '../../../config/settings.ts';
import { streamNames } from '../../../cli/doctor/judge-jetstream.ts';
import type { Settings } from '../../../schemas/settings.ts';

/** Servers with which there is nothing wrong; each test makes one thing worse. */

export function settings(environment: Readonly<Record<string, string>> = {}): Settings {
  return readSettings({ NATS_URL: 'nats://n', MONGODB_URL: 'mongodb://m', MASTERFLAG_REPLICAS: '3', ...environment });
}

export const GREETING: Greeting = {
  serverId: 'A',
  name: 'nats-1',
  version: '2.12.2',
  jetstream: true,
  maxPayload: 8 << 20,
  authRequired: true,
  tls: 'required',
  cluster: 'c',
  addresses: [],
};

export function natsServer(serverId: string, greeting: Partial<Greeting> = {}): NatsServerFacts {
  return {
    host: `${serverId.toLowerCase()}.example`,
    port: 4222,
    asksTls: false,
    hasCredentials: true,
    greeting: { seen: { ...GREETING, serverId, ...greeting } },
    login: { seen: 1 },
    user: { seen: { user: 'u', account: 'ORDERS', publish: {}, subscribe: {}, skew: { ms: 3, within: 1 } } },
  };
}

export function config(serverId: string, change: Partial<ServerConfig> = {}): ServerConfig {
  return {
    serverId,
    name: `nats-${serverId}`,
    cluster: 'c',
    syncAlways: true,
    syncSeconds: 120,
    folder: '/data',
    mostBytes: 100 * 2 ** 30,
    usedBytes: 2 ** 30,
    clusterSize: 3,
    by: 'nats',
    ...change,
  };
}

export function streams(change: Partial<StreamFacts> = {}): StreamFacts[] {
  return streamNames('masterflag').map((name) => ({
    ...{ name, storage: 'file', replicas: 3, discard: 'new', maxAge: 0, late: [] },
    ...change,
  }));
}

export function nats(change: Partial<NatsFacts> = {}): NatsFacts {
  return {
    servers: ['A', 'B', 'C'].map((id) => natsServer(id)),
    configs: ['A', 'B', 'C'].map((id) => config(id)),
    account: { seen: { mostBytes: -1, usedBytes: 0, mostStreams: -1, streams: 15 } },
    streams: { seen: streams() },
    differences: { seen: [] },
    ...change,
  };
}

export function mongo(change: Partial<MongoFacts> = {}): MongoFacts {
  const member = (name: string, state: string): { name: string; state: string; healthy: boolean } => ({
    name,
    state,
    healthy: true,
  });
  return {
    addresses: [{ host: 'db-1.example', port: 27017, reached: { seen: 1 } }],
    asksTls: true,
    hasCredentials: true,
    login: { seen: 1 },
    hello: {
      seen: {
        setName: 'rs0',
        sharded: false,
        writable: true,
        hosts: ['db-1'],
        skew: { ms: -4, within: 1 },
        modern: true,
      },
    },
    build: { seen: { version: '8.0.15', revision: 'abc', ferretdb: false } },
    status: { seen: { program: 'mongod', engine: 'wiredTiger', persistent: true } },
    journalOff: { seen: false },
    replicaSet: {
      seen: {
        members: [member('db-1', 'PRIMARY'), member('db-2', 'SECONDARY'), member('db-3', 'SECONDARY')],
        majority: 2,
        voters: 3,
      },
    },
    user: {
      seen: {
        users: ['masterflag'],
        privileges: [
          {
            ...{ database: 'masterflag', collection: '', any: false },
            actions: ['find', 'insert', 'update', 'remove', 'createCollection', 'createIndex', 'listIndexes'],
          },
        ],
      },
    },
    disk: { seen: { totalBytes: 100 * 2 ** 30, usedBytes: 2 ** 30 } },
    trial: undefined,
    differences: { seen: [] },
    ...change,
  };
}

export const REFUSED = { unseen: 'connect ECONNREFUSED', code: 'ECONNREFUSED' };

/** What is not in order, as `check verdict`. */
export function complaints(findings: readonly Finding[]): string[] {
  for (const { verdict, change } of findings) expect(verdict === 'ok' || (change ?? '') !== '').toBe(true);
  return findings.filter(({ verdict }) => verdict !== 'ok').map(({ check, verdict }) => `${check} ${verdict}`);
}
