import { setImmediate } from 'node:timers/promises';
import type { DocumentRef, StoredDocument } from '../../schemas/document.ts';
import { isCollection, prefixOf, prefixRange } from '../../config/tasks.ts';
import type { Store } from '../store.ts';
import { checkpointOf, READ_CHECKPOINT, READ_CHECKPOINTS } from './checkpoints.ts';
import { columnOf, documentOf, tableOf } from './documents.ts';
import type { Cell, SqlReader } from './program.ts';

/** The half of the store that writes nothing. */
export type StoreReads = Pick<Store, 'checkpoint' | 'checkpoints' | 'load' | 'query' | 'range' | 'page' | 'count'>;

/** Rows counted at a stretch: a millisecond or so, after which others get their turn. */
const COUNT_ROWS = 2000;

/**
 * Reads are synchronous in the calling thread and each sees one moment: a point read takes microseconds, and a long
 * list is asked for page by page, so that nothing holds a read transaction for long (it would pin the WAL).
 */
export function storeReads(file: SqlReader): StoreReads {
  return {
    checkpoint: async (partition) => {
      const row = file.get(READ_CHECKPOINT, [partition]);
      return row && checkpointOf(row);
    },
    checkpoints: async () => file.all(READ_CHECKPOINTS, []).map(checkpointOf),
    load: async (refs) => load(file, refs),
    query: async (collection, index, value, { after, limit }) => {
      const table = tableOf(collection);
      if (isCollection(collection) && index === prefixOf(collection)) {
        const [first, before] = prefixRange(String(value));
        const start = after > first ? after : first;
        const sql = `SELECT ${table.columns} FROM "${collection}" WHERE id > ? AND id < ? AND json IS NOT NULL ORDER BY id LIMIT ?`;
        return documents(file, collection, sql, [start, before, limit]);
      }
      // An equality, and not IS, lets SQLite use the index, which has no row for null.
      const where = `${columnOf(table, index)} ${value === null ? 'IS' : '='} ? AND id > ? AND json IS NOT NULL`;
      const sql = `SELECT ${table.columns} FROM "${collection}" WHERE ${where} ORDER BY id LIMIT ?`;
      return documents(file, collection, sql, [value, after, limit]);
    },
    range: async (collection, index, from, to, limit) => {
      const table = tableOf(collection);
      const key = columnOf(table, index);
      const where = `${key} BETWEEN ? AND ? AND json IS NOT NULL`;
      const sql = `SELECT ${table.columns} FROM "${collection}" WHERE ${where} ORDER BY ${key}, id LIMIT ?`;
      return documents(file, collection, sql, [from, to, limit]);
    },
    page: async (collection, { after, limit }) => {
      const { columns } = tableOf(collection);
      const sql = `SELECT ${columns} FROM "${collection}" WHERE id > ? AND json IS NOT NULL ORDER BY id LIMIT ?`;
      return documents(file, collection, sql, [after, limit]);
    },
    count: (collection) => count(file, collection),
  };
}

function documents(file: SqlReader, collection: string, sql: string, cells: readonly Cell[]): StoredDocument[] {
  return file.all(sql, cells).map((row) => documentOf(collection, row));
}

function load(file: SqlReader, refs: readonly DocumentRef[]): StoredDocument[] {
  const ids = Map.groupBy(refs, ({ collection }) => collection);
  return [...ids].flatMap(([collection, group]) => {
    const sql = `SELECT ${tableOf(collection).columns} FROM "${collection}" WHERE id = ?`;
    const keys = group.map(({ id }) => id);
    return file.gets(sql, keys).map((row) => documentOf(collection, row));
  });
}

/** In slices by rowid, because one statement over a million rows would hold up the thread for seconds. */
async function count(file: SqlReader, collection: string): Promise<number> {
  const table = tableOf(collection).name;
  const sql =
    `SELECT max(r), sum(live) FROM (SELECT rowid AS r, json IS NOT NULL AS live FROM "${table}" ` +
    `WHERE rowid > ? ORDER BY rowid LIMIT ${COUNT_ROWS})`;
  let live = 0;
  for (let after: Cell = 0; ;) {
    const [last = null, found = null]: Cell[] = file.get(sql, [after]) ?? [];
    if (last === null) return live;
    live += Number(found);
    after = last;
    await setImmediate();
  }
}
