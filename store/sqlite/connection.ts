import { DatabaseSync, type StatementSync } from 'node:sqlite';

/**
 * A checkpoint of the WAL or a recovery after a crash holds a lock for moments; longer than this means that
 * something is wrong.
 */
const BUSY_TIMEOUT_MS = 10_000;

/** Smaller ones cut bodies into chains, larger ones write more per changed key of an index. A file keeps what it has. */
export const PAGE_BYTES = 4096;

/** A connection and its prepared statements; preparing costs more than running a point read. */
export interface Connection {
  readonly db: DatabaseSync;
  readonly prepare: (sql: string) => StatementSync;
}

export function connect(path: string, options: { readonly readOnly: boolean; readonly cacheKib: number }): Connection {
  const db = new DatabaseSync(path, { readOnly: options.readOnly, timeout: BUSY_TIMEOUT_MS });
  db.exec(`PRAGMA cache_size = -${options.cacheKib}; PRAGMA temp_store = MEMORY`);
  const prepared = new Map<string, StatementSync>();
  return {
    db,
    prepare(sql) {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      const statement = db.prepare(sql);
      statement.setReturnArrays(true);
      prepared.set(sql, statement);
      return statement;
    },
  };
}

/** WAL lets readers and the writer pass each other; FULL makes an acknowledged commit survive a power cut. */
export function makeDurable(db: DatabaseSync): void {
  db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
}

/** The primary result code of an error of SQLite, undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

export function messageOf(error: unknown): string {
  return String((error as { message?: unknown } | null)?.message ?? error);
}

/** https://sqlite.org/rescode.html */
export const SQLITE_BUSY = 5;
export const SQLITE_IOERR = 10;
export const SQLITE_FULL = 13;
