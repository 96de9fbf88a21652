import { isCluster } from '../../config/settings.ts';
import type { DocumentRef } from '../../schemas/document.ts';
import type { Settings } from '../../schemas/settings.ts';
import { openFile } from '../../store/sqlite/file.ts';
import { copyData } from '../../store/sqlite/copy.ts';
import { openReader } from '../../store/sqlite/reader.ts';
import { storeReads } from '../../store/sqlite/reads.ts';
import { sqliteStore, STORE_TABLES } from '../../store/sqlite/store.ts';
import type { Store, StoreReads } from '../../store/store.ts';
import type { Log, LogReads } from '../../streams/log.ts';
import type { Published } from '../../streams/jetstream/feeds.ts';
import { sqliteLog } from '../../streams/sqlite/log.ts';
import { logReads } from '../../streams/sqlite/reads.ts';
import { LOG_TABLES } from '../../streams/sqlite/statements.ts';

export interface Ports {
  readonly log: Log;
  readonly store: Store;
  close(): Promise<void>;
}

/** Where a data set is: a folder, or a cluster. */
export type Place = Pick<Settings, 'data' | 'natsUrl' | 'mongodbUrl' | 'cluster' | 'partitions' | 'replicas'>;

/**
 * The log and the store, as whoever writes them. The only place that knows which adapters are in use.
 * @throws MF_DATA_OWNED when another process owns the folder
 */
export async function openPorts(place: Place, onForeign: (refs: readonly DocumentRef[]) => void): Promise<Ports> {
  return isCluster(place) ? openCluster(place) : openEmbedded(place, onForeign);
}

/** Both in one SQLite file, so that a commit applies and publishes in its own transaction. */
function openEmbedded({ data }: Place, onForeign: (refs: readonly DocumentRef[]) => void): Ports {
  const file = openFile(data, { tables: [...LOG_TABLES, ...STORE_TABLES] });
  const log = sqliteLog(file);
  const store = sqliteStore(file, { publisher: log.publisher, onForeign });
  return {
    log,
    store,
    close: async () => {
      await log.close();
      await file.close();
    },
  };
}

/** Each loaded only where it is used: an embedded command starts twice as fast without the clients of the servers. */
async function openCluster({ natsUrl, mongodbUrl, cluster, partitions, replicas }: Place): Promise<Ports> {
  const { openJetStreamLog } = await import('../../streams/jetstream/log.ts');
  const { openMongoStore } = await import('../../store/mongo/store.ts');
  const log = await openJetStreamLog({ servers: natsUrl, cluster, counts: partitions, replicas });
  try {
    const store = await openMongoStore({ url: mongodbUrl, database: cluster });
    return {
      log,
      store,
      close: async () => {
        await Promise.all([log.close(), store.close()]);
      },
    };
  } catch (error) {
    await log.close();
    throw error;
  }
}

/**
 * A copy of the data set in another folder, as of one moment, whether an owner is writing it or none runs.
 * @throws MF_DATA_ABSENT, MF_DISK_FULL when there is no room for it
 */
export function copyDataSet({ data }: Pick<Settings, 'data'>, folder: string): Promise<void> {
  return copyData(data, folder);
}

/**
 * On a cluster, hears what others publish to `feed.<source>`, and answers it; embedded there is nobody to hear.
 * @returns how to stop
 */
export async function hearFeeds(
  { natsUrl: servers, cluster }: Place,
  answer: (published: Published) => Promise<object>,
  onProblem: (problem: string) => void,
): Promise<() => Promise<void>> {
  if (servers === '') return async () => undefined;
  const { FeedSubjects } = await import('../../streams/jetstream/feeds.ts');
  const subjects = await FeedSubjects.open({ servers, cluster, answer, onProblem });
  return () => subjects.close();
}

/** The half of both ports that reads, for whoever is not the owner. */
export interface ReadPorts {
  readonly log: LogReads;
  readonly store: StoreReads;
  close(): Promise<void>;
}

/** @throws MF_DATA_ABSENT when there is no data set yet */
export async function openReadPorts(place: Place): Promise<ReadPorts> {
  if (isCluster(place)) return openCluster(place);
  const reader = openReader(place.data);
  return { log: logReads(reader), store: storeReads(reader), close: async () => reader.close() };
}
