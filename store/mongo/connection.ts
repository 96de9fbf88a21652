import { MongoClient, type Collection, type Db, type MongoClientOptions, type ReadConcernLike } from 'mongodb';
import type { MongoDocument } from './documents.ts';
import { mapped, opened } from './errors.ts';

export interface MongoConnectionOptions {
  readonly url: string;
  readonly database: string;
  /** How long an answer is waited for before its outcome is unknown, in ms. */
  readonly answerMs?: number;
  /** Operations under way at once; more wait for their turn. */
  readonly connections?: number;
  /** Publishes the driver's events of commands, for whoever counts or times them. */
  readonly monitorCommands?: boolean;
}

export interface MongoConnection {
  readonly client: MongoClient;
  readonly db: Db;
  readonly answerMs: number;
  /** For reads that must see every acknowledged write, and nothing that can be rolled back. */
  readonly strongest: () => ReadConcern;
  /** For lists that may be a moment old. */
  readonly settled: () => ReadConcern;
  documents(collection: string): Collection<MongoDocument>;
  close(): Promise<void>;
}

/** As an option of an operation: none on a standalone, which has nothing to roll back, and refuses `linearizable`. */
export type ReadConcern = { readonly readConcern?: ReadConcernLike };

/** Longer than an election, so that most of those are waited for, and shorter than anybody waits for a command. */
const ANSWER_MS = 15_000;

/** A process has a commit of each of its partitions under way, and reads of a few more. */
const CONNECTIONS = 32;

/**
 * Connects, and finds the primary.
 * @throws MF_STORE_UNREACHABLE, MF_STORE_DENIED, MF_STORE_VERSION, MF_SETTINGS_INVALID
 */
export async function connectMongo(options: MongoConnectionOptions): Promise<MongoConnection> {
  const { url, database, answerMs = ANSWER_MS } = options;
  const client = opened(url, () => new MongoClient(url, clientOptions(options, answerMs)));
  let replicated = true;
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const types = [...newDescription.servers.values()].map(({ type }) => type);
    if (types.includes('Standalone')) replicated = false;
    else if (types.some((type) => type !== 'Unknown' && type !== 'PossiblePrimary')) replicated = true;
  });
  await mapped(`connecting to ${client.options.hosts.join(',')}`, () => client.connect(), 'start');
  const db = client.db(database);
  const concern = (level: 'linearizable' | 'majority'): ReadConcern => (replicated ? { readConcern: { level } } : {});
  return {
    client,
    db,
    answerMs,
    strongest: () => concern('linearizable'),
    settled: () => concern('majority'),
    documents: (collection) => db.collection<MongoDocument>(collection),
    close: () => client.close(),
  };
}

function clientOptions({ connections, monitorCommands }: MongoConnectionOptions, answerMs: number): MongoClientOptions {
  return {
    appName: 'masterflag',
    // What is acknowledged is on the disks of a majority. A majority that does not answer in time makes it unknown.
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: answerMs },
    readPreference: 'primary',
    // The protocol repeats what is unknown, and on its own terms. The driver's repetition needs a replica set and
    // sessions, and would answer for a first attempt that the protocol has not been told of.
    retryWrites: false,
    retryReads: true,
    maxPoolSize: connections ?? CONNECTIONS,
    serverSelectionTimeoutMS: answerMs,
    waitQueueTimeoutMS: answerMs,
    connectTimeoutMS: answerMs,
    // The server's own answer that it was too slow should come before the connection is given up.
    socketTimeoutMS: answerMs + 1000,
    monitorCommands: monitorCommands ?? false,
  };
}
