import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { MongoMemoryServer } from 'mongodb-memory-server-core';

/** A MongoDB that tests may write databases of their own into. */
export interface MongoUnderTest {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether the environment names a MongoDB, or the program to start one (jest.reporter.js says so when it does not). */
export const HAS_MONGO = ['MONGODB_URL', 'MONGO_STANDIN_BIN', 'MONGOMS_SYSTEM_BINARY'].some(
  (name) => process.env[name],
);

/** Whether what is started is the stand-in: only its data can be kept over a stop here, and only it is no MongoDB. */
export const STANDIN = process.env['MONGODB_URL'] ? undefined : process.env['MONGO_STANDIN_BIN'];

/** The MongoDB that the environment names, or else one that ends with the test file. */
export async function startMongo(): Promise<MongoUnderTest> {
  const url = process.env['MONGODB_URL'];
  if (url) return { url, stop: async () => undefined };
  if (STANDIN !== undefined) return startStandIn();
  const server = await MongoMemoryServer.create({ instance: { storageEngine: 'wiredTiger' } });
  return { url: server.getUri(), stop: () => server.stop().then(() => undefined) };
}

/** The stand-in of MONGO_STANDIN_BIN; with `data` it keeps what it has in that file. */
export async function startStandIn(options: { data?: string; port?: number } = {}): Promise<MongoUnderTest> {
  if (STANDIN === undefined) throw new Error('MONGO_STANDIN_BIN is not set');
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const process = spawn(STANDIN, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await Promise.race([once(createInterface(process.stdout), 'line'), failed(process)])) as [string];
  return { url, stop: () => stopped(process) };
}

async function failed(process: ChildProcess): Promise<never> {
  const [code] = (await once(process, 'exit')) as [number | null];
  throw new Error(`${STANDIN} ended with ${code}`);
}

async function stopped(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const exit = once(process, 'exit');
  process.kill('SIGTERM');
  await exit;
}

/** A name that no other suite, and no other run on the same server, uses. */
export function databaseName(suite: string): string {
  return `masterflag_test_${suite}_${process.pid}_${Date.now().toString(36)}`;
}

export async function dropDatabase(url: string, name: string): Promise<void> {
  await withDatabase(url, name, (db) => db.dropDatabase());
}

async function withDatabase<T>(
  url: string,
  name: string,
  use: (db: ReturnType<MongoClient['db']>) => Promise<T>,
): Promise<T> {
  const client = new MongoClient(url);
  try {
    return await use(client.db(name));
  } finally {
    await client.close();
  }
}

/** One MongoDB and one database for a test file; both go away with it. */
export function mongoForFile(suite: string): () => Promise<{ readonly url: string; readonly database: string }> {
  const database = databaseName(suite);
  let started: Promise<MongoUnderTest> | undefined;
  afterAll(async () => {
    const server = await started;
    if (server === undefined) return;
    await dropDatabase(server.url, database);
    await server.stop();
  });
  return async () => ({ url: (await (started ??= startMongo())).url, database });
}
