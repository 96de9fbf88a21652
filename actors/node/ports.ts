import type { DocumentRef } from '../../schemas/document.ts';
import type { Settings } from '../../schemas/settings.ts';
import { openFile } from '../../store/sqlite/file.ts';
import { copyData } from '../../store/sqlite/copy.ts';
import { openReader } from '../../store/sqlite/reader.ts';
import { storeReads, type StoreReads } from '../../store/sqlite/reads.ts';
import { sqliteStore, STORE_TABLES } from '../../store/sqlite/store.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../../streams/log.ts';
import { sqliteLog } from '../../streams/sqlite/log.ts';
import { logReads, type LogReads } from '../../streams/sqlite/reads.ts';
import { LOG_TABLES } from '../../streams/sqlite/statements.ts';

export interface Ports {
  readonly log: Log;
  readonly store: Store;
  close(): Promise<void>;
}

/**
 * The log and the store, as their owner. Embedded: both in one SQLite file, so that a commit applies and publishes in
 * its own transaction. The only place that knows which adapters are in use.
 * @throws MF_DATA_OWNED when another process owns the folder
 */
export function openPorts(settings: Settings, onForeign: (refs: readonly DocumentRef[]) => void): Ports {
  const file = openFile(settings.data, { tables: [...LOG_TABLES, ...STORE_TABLES] });
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

/**
 * A copy of the data set in another folder, as of one moment, whether an owner is writing it or none runs.
 * @throws MF_DATA_ABSENT, MF_DISK_FULL when there is no room for it
 */
export function copyDataSet({ data }: Pick<Settings, 'data'>, folder: string): Promise<void> {
  return copyData(data, folder);
}

/** The half of both ports that reads, for whoever is not the owner. */
export interface ReadPorts {
  readonly log: LogReads;
  readonly store: StoreReads;
  close(): void;
}

/** @throws MF_DATA_ABSENT when there is no data set yet */
export function openReadPorts(settings: Pick<Settings, 'data'>): ReadPorts {
  const reader = openReader(settings.data);
  return {
    log: logReads(reader),
    store: storeReads(reader),
    close: () => {
      reader.close();
    },
  };
}
