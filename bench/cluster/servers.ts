import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { MongoMemoryServer } from 'mongodb-memory-server-core';
import { natsProgram, natsUrl, startNats } from '../../test/servers/nats.ts';

export interface BenchServer {
  readonly url: string;
  /** What it is, for who reads the results. */
  readonly is: string;
  stop(): Promise<void>;
}

/** What has to be set where a server is missing; empty when both are there. */
export function missingServers(): string[] {
  const missing: string[] = [];
  if (natsUrl === undefined && natsProgram === undefined) {
    missing.push('a NATS server with JetStream: set NATS_URL, or NATS_SERVER_BIN to the program nats-server');
  }
  if (MONGO.every((name) => !process.env[name])) {
    missing.push(`a MongoDB: set MONGODB_URL, MONGOMS_SYSTEM_BINARY to mongod, or MONGO_STANDIN_BIN`);
  }
  return missing;
}

const MONGO = ['MONGODB_URL', 'MONGO_STANDIN_BIN', 'MONGOMS_SYSTEM_BINARY'];

/** The server that NATS_URL names, or one that has every write on its disk when it acknowledges it, as in production. */
export async function benchNats(): Promise<BenchServer> {
  if (natsUrl !== undefined) return { url: natsUrl, is: 'the server of NATS_URL', stop: async () => undefined };
  const server = await startNats({ sync: true });
  return { url: server.url, is: 'one server, sync_interval: always', stop: () => server.stop() };
}

/** The server that MONGODB_URL names, a mongod, or the stand-in: in this order of what they say. */
export async function benchMongo(): Promise<BenchServer> {
  const { MONGODB_URL: url, MONGOMS_SYSTEM_BINARY: mongod, MONGO_STANDIN_BIN: standIn } = process.env;
  if (url) return { url, is: 'the server of MONGODB_URL', stop: async () => undefined };
  if (!mongod && standIn) return startStandIn(standIn);
  const server = await MongoMemoryServer.create({ instance: { storageEngine: 'wiredTiger' } });
  return {
    url: server.getUri(),
    is: 'one mongod',
    stop: async () => {
      await server.stop();
    },
  };
}

/** Whether what speed is measured on is no MongoDB. */
export function isStandIn({ is }: BenchServer): boolean {
  return is === STAND_IN;
}

const STAND_IN = 'the stand-in of MONGO_STANDIN_BIN, which is not MongoDB';

async function startStandIn(program: string): Promise<BenchServer> {
  const server = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  const refused = ended.then(([code]) => Promise.reject(new Error(`${program} ended with ${String(code)}`)));
  const [url] = (await Promise.race([once(createInterface(server.stdout), 'line'), refused])) as [string];
  refused.catch(() => undefined);
  return {
    url,
    is: STAND_IN,
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
    },
  };
}
