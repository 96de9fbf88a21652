import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { MongoClient, type Db, type Document } from 'mongodb';
import { MasterflagError } from '../../schemas/errors.ts';
import type { MongoFacts } from './mongo-facts.ts';
import { buildOf, diskOf, helloOf, journalOffOf, replicaSetOf, statusOf, userOf } from './mongo-answers.ts';
import { LOOK_MS, notLooked, observe, seenOf, type Observation } from './observation.ts';

export interface MongoLook {
  readonly mongodbUrl: string;
  /** Its database is named so. */
  readonly cluster: string;
  /** In what the indexes differ from what Masterflag makes, a sentence each. */
  readonly indexesAreAsWanted: ((database: Db) => Promise<readonly string[]>) | undefined;
}

const SILENCE = notLooked('no server answers');

/** Removed again. Only written where the server does not say what its user may do. */
const PROBE = 'doctor.probe';

/**
 * Looks at MongoDB: at every address by itself, and through the driver at what answers. Reads only, except where the
 * server does not tell privileges: there a document is written to a collection of its own, and removed.
 * @throws MF_SETTINGS_INVALID when MONGODB_URL is no such address
 */
export async function lookAtMongo(look: MongoLook): Promise<MongoFacts> {
  const client = openClient(look.mongodbUrl);
  // Of mongodb+srv:// the servers are found by the driver.
  const { hosts, tls, credentials } = client.options;
  const places = hosts.map(({ host = '', port = 0 }) => ({ host, port })).filter(({ host }) => host !== '');
  try {
    const addresses = await Promise.all(places.map(reach));
    const isAbsent = places.length > 0 && addresses.every(({ reached }) => 'unseen' in reached);
    const login = isAbsent ? SILENCE : await observe(() => ping(client));
    const known = { addresses, asksTls: tls, hasCredentials: credentials !== undefined, login };
    return { ...known, ...('seen' in login ? await answers(client, look) : NO_ANSWERS) };
  } finally {
    await observe(() => client.close());
  }
}

function openClient(mongodbUrl: string): MongoClient {
  try {
    return new MongoClient(mongodbUrl, {
      appName: 'masterflag doctor',
      serverSelectionTimeoutMS: LOOK_MS - 1000,
      connectTimeoutMS: LOOK_MS - 1000,
    });
  } catch (cause) {
    // Of this URL nothing is repeated: it may hold a password.
    throw new MasterflagError('MF_SETTINGS_INVALID', 'MONGODB_URL is not mongodb://host:port or mongodb+srv://host', {
      cause,
    });
  }
}

async function reach({ host, port }: { host: string; port: number }): Promise<MongoFacts['addresses'][number]> {
  const reached = await observe(
    () =>
      new Promise<number>((resolve, reject) => {
        const started = performance.now();
        const socket = connect({ host, port, timeout: LOOK_MS });
        socket.once('error', reject);
        socket.once('timeout', () => socket.destroy());
        socket.once('connect', () => {
          resolve(performance.now() - started);
          socket.destroy();
        });
      }),
  );
  return { host, port, reached };
}

/** The best of three. With credentials in its URL, the driver logs in before it asks anything. */
async function ping(client: MongoClient): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 3; n++) {
    const sent = performance.now();
    await client.db('admin').command({ ping: 1 });
    times.push(performance.now() - sent);
  }
  return Math.min(...times);
}

type Answers = Omit<MongoFacts, 'addresses' | 'asksTls' | 'hasCredentials' | 'login'>;

const NO_ANSWERS: Answers = {
  hello: SILENCE,
  build: SILENCE,
  status: SILENCE,
  journalOff: SILENCE,
  replicaSet: SILENCE,
  user: SILENCE,
  disk: SILENCE,
  trial: undefined,
  differences: undefined,
};

async function answers(client: MongoClient, { cluster, indexesAreAsWanted }: MongoLook): Promise<Answers> {
  const [admin, database] = [client.db('admin'), client.db(cluster)];
  const ask = <T>(read: (answer: Document) => T, command: Document, of: Db = admin): Promise<Observation<T>> =>
    observe(async () => read(await of.command(command)));
  const [hello, build, status, journalOff, replicaSet, user, disk] = await Promise.all([
    observe(() => lookForHello(admin)),
    ask(buildOf, { buildInfo: 1 }),
    ask(statusOf, { serverStatus: 1 }),
    ask(journalOffOf, { getCmdLineOpts: 1 }),
    ask(replicaSetOf, { replSetGetStatus: 1 }),
    ask(userOf, { connectionStatus: 1, showPrivileges: true }),
    ask(diskOf, { dbStats: 1 }, database),
  ]);
  const isKnown = seenOf(user)?.privileges !== undefined;
  const trial = isKnown ? undefined : await observe(() => tryToWrite(database), 2 * LOOK_MS);
  const differences = indexesAreAsWanted && (await observe(() => indexesAreAsWanted(database)));
  return { hello, build, status, journalOff, replicaSet, user, disk, trial, differences };
}

async function lookForHello(admin: Db): Promise<ReturnType<typeof helloOf>> {
  const sent = Date.now();
  const modern = await admin.command({ hello: 1 }).catch(() => undefined);
  const answer = modern ?? (await admin.command({ isMaster: 1 }));
  return helloOf(answer, modern !== undefined, sent, Date.now());
}

async function tryToWrite(database: Db): Promise<true> {
  const collection = database.collection<{ _id: string }>(PROBE);
  const writeConcern = { w: 'majority', journal: true, wtimeoutMS: LOOK_MS } as const;
  const _id = randomUUID();
  await collection.insertOne({ _id }, { writeConcern });
  try {
    await collection.findOne({ _id }, { readPreference: 'primary' });
    await collection.deleteOne({ _id }, { writeConcern });
  } finally {
    await collection.drop();
  }
  return true;
}
