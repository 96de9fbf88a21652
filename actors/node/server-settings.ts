import type { Settings } from '../../schemas/settings.ts';
import { clusterMatchKey } from '../../config/match-key.ts';
import { connectMongo } from '../../store/mongo/connection.ts';
import { ensureIndexes, indexDifferences, toldDifference } from '../../store/mongo/indexes.ts';
import { mongoStore } from '../../store/mongo/store.ts';
import { describeStreams, setUpStreams, type JetStreamOptions } from '../../streams/jetstream/log.ts';
import { sentence, type StreamChange } from '../../streams/jetstream/settings.ts';
import { agreeOnSetup, recordedSetup, setupOf } from './setup.ts';

type Servers = Pick<Settings, 'natsUrl' | 'mongodbUrl' | 'cluster' | 'partitions' | 'replicas'>;

/** What setting the servers up changed. */
export interface SetupReport {
  readonly cluster: string;
  readonly streams: readonly StreamChange[];
  /** Indexes that were made, as `collection.index`. */
  readonly indexes: readonly string[];
  /** Partitions of each kind, fixed from now on. */
  readonly partitions: Readonly<Record<string, number>>;
  /** Whether the cluster was set up before. */
  readonly isKnown: boolean;
}

/**
 * Makes the streams and indexes of a cluster as they should be, and writes down its partitions, tenant and secret.
 * Doing it again changes nothing.
 * @throws MF_STREAM_SETTINGS, MF_STORE_INDEXES, MF_PARTITIONS_CHANGED, MF_CLUSTER_SETTINGS, MF_MATCH_KEY, and what
 * reaching the servers throws
 */
export async function setUpServers(settings: Settings): Promise<SetupReport> {
  const secret = clusterMatchKey(settings);
  const { cluster, mongodbUrl: url, partitions } = settings;
  const streams = await setUpStreams(streamsOf(settings));
  const connection = await connectMongo({ url, database: cluster });
  try {
    const absent = (await indexDifferences(connection.db)).filter(({ is }) => is === 'absent');
    await ensureIndexes(connection.db);
    const store = mongoStore(connection);
    const isKnown = (await recordedSetup(store)) !== undefined;
    await agreeOnSetup(store, setupOf(settings, secret));
    const indexes = absent.map(({ collection, index }) => `${collection}.${index}`);
    return { cluster, streams, indexes, partitions, isKnown };
  } finally {
    await connection.close();
  }
}

/** In what the streams differ from what they should be, a sentence each. Changes nothing. */
export async function streamsAreAsWanted(servers: Servers): Promise<string[]> {
  const { streams } = await describeStreams(streamsOf(servers));
  return streams.flatMap(({ name, state, differences }) =>
    state === undefined ? [`stream ${name} is absent`] : differences.map((difference) => sentence(name, difference)),
  );
}

/** In what the indexes differ from what they should be, a sentence each. Changes nothing. */
export async function indexesAreAsWanted(database: Parameters<typeof indexDifferences>[0]): Promise<string[]> {
  return (await indexDifferences(database)).map(toldDifference);
}

function streamsOf({ natsUrl: servers, cluster, partitions: counts, replicas }: Servers): JetStreamOptions {
  return { servers, cluster, counts, replicas };
}
