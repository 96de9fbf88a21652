import { setTimeout as sleep } from 'node:timers/promises';
import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import type { PartitionCounts } from '../../schemas/partition.ts';
import type { Log } from '../log.ts';
import { Appends } from './append.ts';
import { Connection, type LogStatus } from './connection.ts';
import { Events } from './events.ts';
import { KnownStreams } from './known.ts';
import { Reads } from './reads.ts';
import { apply, describe, makeAbsent, type StreamChange, type StreamReport, type StreamsWanted } from './settings.ts';
import { Trimmer } from './trim.ts';
import type { ServerFacts } from './version.ts';
import { Wakes } from './wakes.ts';

export interface JetStreamOptions {
  /** Addresses separated by commas: `nats://user:password@host:4222`. */
  readonly servers: string;
  /** Names streams and subjects, so that several clusters may share servers. */
  readonly cluster: string;
  /** The kinds that have streams; how many partitions each has does not matter here. */
  readonly counts: PartitionCounts;
  /** Copies of every stream. */
  readonly replicas: number;
  /** Seen by the operators of NATS. */
  readonly name?: string;
  /** How long an answer is waited for, in ms. */
  readonly answerMs?: number;
  /** A connection that does not answer for twice this long is made anew, in ms. */
  readonly heartbeatMs?: number;
  /** How often streams are asked whether a wake was lost, in ms. */
  readonly pollMs?: number;
  /** Hears of lost and new connections and of what the server complains of, for logging. */
  readonly onStatus?: (status: LogStatus) => void;
}

const ANSWER_MS = 5000;
const HEARTBEAT_MS = 5000;
const POLL_MS = 2000;

/**
 * The log on NATS JetStream. Makes the streams that are absent. Everything that may pass by itself (no leader, a server
 * that restarts, no connection) is an UnknownOutcome; a log without room is a LogFull, which is one too.
 * @throws MF_LOG_UNREACHABLE, MF_LOG_DENIED, MF_SERVER_TOO_OLD, MF_JETSTREAM_ABSENT, MF_STREAM_SETTINGS
 */
export async function openJetStreamLog(options: JetStreamOptions): Promise<Log> {
  const connection = await connectionFor(options);
  try {
    const reports = await whenReady(connection, () => makeAbsent(connection, wantedOf(options)));
    return logOver(connection, options, reports);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Makes the streams as they should be, and says what it did. @throws as openJetStreamLog, but for settings that NATS lets change */
export function setUpStreams(options: JetStreamOptions): Promise<StreamChange[]> {
  return withConnection(options, (connection) => apply(connection, wantedOf(options)));
}

/** Every stream as it is beside what it should be, and the server that answered. Reads only. */
export function describeStreams(
  options: JetStreamOptions,
): Promise<{ readonly server: ServerFacts; readonly streams: readonly StreamReport[] }> {
  return withConnection(options, async (connection) => ({
    server: connection.server,
    streams: await describe(connection, wantedOf(options)),
  }));
}

function logOver(connection: Connection, options: JetStreamOptions, reports: readonly StreamReport[]): Log {
  const { cluster, replicas, pollMs = POLL_MS } = options;
  const known = new KnownStreams(connection, cluster, reports);
  const appends = new Appends(connection, known, replicas);
  const reads = new Reads(connection, known, replicas);
  const events = new Events(connection, known, appends);
  const trimmer = new Trimmer(connection, known, cluster);
  const wakes = new Wakes(connection, known, cluster, pollMs);
  return {
    identity: (partition) => known.identity(partition),
    append: async (partition, lane, bodies) => {
      const positions = await appends.append(partition, lane, bodies);
      const last = positions.at(-1);
      if (last !== undefined) wakes.appended(partition, lane, last);
      return positions;
    },
    read: (partition, lane, after, limit) => reads.read(partition, lane, after, limit),
    tail: (partition, lane) => reads.tail(partition, lane),
    pending: (partition, lane, after, most) => reads.pending(partition, lane, after, most),
    follow: (partition, wake) => wakes.follow(partition, wake),
    appendEvents: (partition, batch, expected) => events.append(partition, batch, expected),
    eventsTail: (partition) => reads.eventsTail(partition),
    readEvents: (partition, after, limit) => reads.readEvents(partition, after, limit),
    trimInbox: (applied, before) => trimmer.inbox(applied, before),
    trimEvents: (before) => trimmer.events(before),
    close: async () => {
      wakes.close();
      await connection.close();
    },
  };
}

async function withConnection<T>(options: JetStreamOptions, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connectionFor(options);
  try {
    return await whenReady(connection, () => use(connection));
  } finally {
    await connection.close();
  }
}

function connectionFor(options: JetStreamOptions): Promise<Connection> {
  const {
    servers,
    cluster,
    name = `masterflag ${cluster}`,
    answerMs = ANSWER_MS,
    heartbeatMs = HEARTBEAT_MS,
  } = options;
  return Connection.open({ servers, name, answerMs, heartbeatMs, onStatus: options.onStatus ?? ignore });
}

function ignore(): void {
  // Nobody wants to know.
}

function wantedOf({ cluster, counts, replicas }: JetStreamOptions): StreamsWanted {
  return { cluster, kinds: Object.keys(counts).sort(), replicas };
}

/** How often JetStream is asked at start, and the wait between, in ms: a server answers some time before its streams do. */
const READY_ATTEMPTS = 20;
const READY_WAIT_MS = 250;

/** @throws MF_JETSTREAM_ABSENT when nobody answers for long */
async function whenReady<T>(connection: Connection, use: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await use();
    } catch (error) {
      if (!(error instanceof UnknownOutcome)) throw error;
      const { name, hasJetStream } = connection.server;
      if (!hasJetStream || attempt >= READY_ATTEMPTS) {
        throw new MasterflagError('MF_JETSTREAM_ABSENT', `NATS server ${name}: ${error.message}`, { cause: error });
      }
    }
    await sleep(READY_WAIT_MS);
  }
}
