import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect, makeDurable } from './connection.ts';
import { ownFolder } from './owner.ts';
import type { SqlFile } from './program.ts';
import { DATA_FILE, FILE_VERSION, fileVersion, openReader, refuseNewer } from './reader.ts';
import { upgradeOf } from './upgrade.ts';
import { startWriter } from './writer.ts';

export interface FileOptions {
  /** Statements that make the tables which are not there yet. */
  readonly tables: readonly string[];
  /** The most pages of 4 KiB that the file may have; unlimited by default. */
  readonly maxPages?: number;
}

export interface OwnedFile extends SqlFile {
  /** Resolves when all that was sent is written and the folder is free for another owner. */
  close(): Promise<void>;
}

/**
 * Opens a data folder as its owner; makes the data set if there is none, and brings one of an older shape up to date.
 * @throws MasterflagError MF_DATA_OWNED, MF_NEWER_VERSION.
 */
export function openFile(folder: string, options: FileOptions): OwnedFile {
  mkdirSync(folder, { recursive: true });
  const disown = ownFolder(folder);
  try {
    const path = join(folder, DATA_FILE);
    createTables(path, options.tables);
    const reader = openReader(folder);
    const writer = startWriter(path, options.maxPages ?? null);
    return {
      ...reader,
      run: writer.run,
      async close() {
        await writer.close();
        reader.close();
        disown();
      },
    };
  } catch (error) {
    disown();
    throw error;
  }
}

/** `at` is the clock of the file: the wall clock at each group of writes, except that it never goes back. */
const FILE_TABLE = 'CREATE TABLE IF NOT EXISTS file (identity TEXT NOT NULL, at INTEGER NOT NULL)';

function createTables(path: string, tables: readonly string[]): void {
  const connection = connect(path, { readOnly: false, cacheKib: 1024 });
  const { db } = connection;
  try {
    const version = fileVersion(connection);
    refuseNewer(path, version);
    const { before, after } = upgradeOf(version);
    makeDurable(db);
    db.exec(`BEGIN IMMEDIATE; ${FILE_TABLE}`);
    connection.prepare('INSERT INTO file SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM file)').run(randomUUID());
    for (const statement of [...before, ...tables, ...after]) db.exec(statement);
    db.exec(`PRAGMA user_version = ${FILE_VERSION}; COMMIT`);
  } finally {
    db.close();
  }
}
