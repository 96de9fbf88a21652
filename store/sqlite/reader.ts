import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MasterflagError } from '../../schemas/errors.ts';
import { connect, type Connection } from './connection.ts';
import type { Cell, SqlReader } from './program.ts';

/** The one data file of a data folder. */
export const DATA_FILE = 'masterflag.db';

/** The shape of the file's tables; a file of a newer shape is not opened. */
export const FILE_VERSION = 2;

/** Small: every commit of the writer empties it, and the operating system caches the same pages. */
const CACHE_KIB = 16 * 1024;

export interface ClosableReader extends SqlReader {
  close(): void;
}

/**
 * The committed state of a data folder, whether an owner is writing it or none runs.
 * @throws MasterflagError MF_DATA_ABSENT when there is none, MF_NEWER_VERSION when a newer version wrote it,
 * MF_DATA_OLDER when an owner has to bring it up to date first.
 */
export function openReader(folder: string): ClosableReader {
  const path = join(folder, DATA_FILE);
  if (!existsSync(path)) throw absent(folder);
  const connection = connect(path, { readOnly: true, cacheKib: CACHE_KIB });
  try {
    const version = fileVersion(connection);
    if (version === 0) throw absent(folder);
    refuseNewer(path, version);
    refuseOlder(path, version);
    return reader(connection);
  } catch (error) {
    connection.db.close();
    throw error;
  }
}

function absent(folder: string): MasterflagError {
  return new MasterflagError('MF_DATA_ABSENT', `there is no data set in ${folder}`);
}

export function fileVersion(connection: Connection): number {
  return Number((connection.prepare('PRAGMA user_version').get() as Cell[] | undefined)?.[0]);
}

export function refuseNewer(path: string, version: number): void {
  if (version <= FILE_VERSION) return;
  const message = `${path} has the shape ${version}; this version reads shapes up to ${FILE_VERSION}`;
  throw new MasterflagError('MF_NEWER_VERSION', message);
}

function refuseOlder(path: string, version: number): void {
  if (version === FILE_VERSION) return;
  throw new MasterflagError('MF_DATA_OLDER', `${path} has the shape ${version}; this version reads ${FILE_VERSION}`);
}

function reader(connection: Connection): ClosableReader {
  const { db, prepare } = connection;
  const all = (sql: string, cells: readonly Cell[]): Cell[][] => prepare(sql).all(...cells) as unknown as Cell[][];
  const get = (sql: string, cells: readonly Cell[]): Cell[] | undefined =>
    prepare(sql).get(...cells) as Cell[] | undefined;
  return {
    identity: String(get('SELECT identity FROM file', [])?.[0]),
    all,
    get,
    gets(sql, cells) {
      // One transaction for all: taking the read lock costs more than a point read.
      db.exec('BEGIN');
      try {
        return cells.map((some) => get(sql, some)).filter((row) => row !== undefined);
      } finally {
        db.exec('COMMIT');
      }
    },
    some(sql, cells, enough) {
      const rows: Cell[][] = [];
      for (const row of prepare(sql).iterate(...cells) as Iterable<unknown> as Iterable<Cell[]>) {
        if (enough(row, rows.length)) break;
        rows.push(row);
      }
      return rows;
    },
    close() {
      db.close();
    },
  };
}
