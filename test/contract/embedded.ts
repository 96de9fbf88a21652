import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { DocumentRef } from '../../schemas/document.ts';
import { openFile, type FileOptions, type OwnedFile } from '../../store/sqlite/file.ts';
import { sqliteStore, STORE_TABLES } from '../../store/sqlite/store.ts';
import type { Store } from '../../store/store.ts';
import { sqliteLog, type SqliteLog } from '../../streams/sqlite/log.ts';
import { LOG_TABLES } from '../../streams/sqlite/statements.ts';

export interface Embedded {
  readonly file: OwnedFile;
  readonly log: SqliteLog;
  readonly store: Store;
  readonly foreign: DocumentRef[];
  close(): Promise<void>;
}

/** Both ports over one data folder, as the composition root opens them. */
export function openEmbedded(folder: string, options: Omit<FileOptions, 'tables'> = {}): Embedded {
  const file = openFile(folder, { ...options, tables: [...LOG_TABLES, ...STORE_TABLES] });
  const log = sqliteLog(file);
  const foreign: DocumentRef[] = [];
  const store = sqliteStore(file, {
    publisher: log.publisher,
    onForeign: (documents) => {
      foreign.push(...documents);
    },
  });
  return { file, log, store, foreign, close: () => file.close() };
}

/**
 * Gives an empty data set to one test after another: emptied ones, because starting threads takes longer than most
 * tests. Whoever asks while it is in use gets one of its own.
 */
export function emptyDataSets(newFolder: () => string): () => Promise<Embedded> {
  let shared: Embedded | undefined;
  let inUse = false;
  afterAll(() => shared?.close());
  return async () => {
    if (inUse) return openEmbedded(newFolder());
    inUse = true;
    const data = (shared ??= openEmbedded(newFolder()));
    const tables = data.file.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'file'", []);
    const own = tables.map(([name]) => String(name)).filter((name) => !name.startsWith('sqlite_'));
    await data.file.run(own.map((name) => ({ sql: `DELETE FROM "${name}"`, width: 0, cells: [] })));
    return {
      ...data,
      close: async () => {
        inUse = false;
      },
    };
  };
}

/** Data folders that go away with the test file. */
export function temporaryFolders(): () => string {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'masterflag-'));
    folders.push(folder);
    return folder;
  };
}
