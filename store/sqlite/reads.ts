import { setImmediate } from 'node:timers/promises';
import type { DocumentRef, IndexKey, StoredDocument } from '../../schemas/document.ts';
import { isCollection, prefixOf, prefixRange } from '../../config/tasks.ts';
import { progressOf, type Size, type StoreReads } from '../store.ts';
import { checkpointOf, READ_CHECKPOINT, READ_CHECKPOINTS } from './checkpoints.ts';
import { documentOf } from './documents.ts';
import type { Cell, SqlReader } from './program.ts';
import { columnOf, only, selected, tableOf, tablesOf, type DocumentTable } from './tables.ts';

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
    progress: async (partitions) => {
      const rows =
        partitions === undefined
          ? file.all(READ_CHECKPOINTS, [])
          : file.gets(
              READ_CHECKPOINT,
              partitions.map((partition) => [partition]),
            );
      return rows.map((row) => progressOf(checkpointOf(row)));
    },
    load: async (refs) => load(file, refs),
    query: async (collection, index, value, page) => {
      const { where, cells } = having(collection, index, value, page.after);
      return paged(file, collection, where, cells, page.limit);
    },
    range: async (collection, index, from, to, limit) => {
      const key = columnOf(collection, index);
      return paged(file, collection, `${key} BETWEEN ? AND ?`, [from, to], limit, `${key}, id`);
    },
    page: async (collection, { after, limit }) => paged(file, collection, 'id > ?', [after], limit),
    count: (collection) => count(file, collection),
    size: async (collection, index, value = null) => size(file, collection, index, value),
  };
}

interface Condition {
  readonly where: string;
  readonly cells: readonly Cell[];
}

/** The index of a collection has a value, and the id comes after another. */
function having(collection: string, index: string, value: IndexKey, after: string): Condition {
  if (isCollection(collection) && index === prefixOf(collection)) {
    const [first, before] = prefixRange(String(value));
    return { where: 'id > ? AND id < ?', cells: [after > first ? after : first, before] };
  }
  // An equality, and not IS, lets SQLite use the index, which has no row for null.
  return { where: `${columnOf(collection, index)} ${value === null ? 'IS' : '='} ? AND id > ?`, cells: [value, after] };
}

/** Live documents of a collection, wherever they are: each table in order by an index, and merged. */
function paged(
  file: SqlReader,
  collection: string,
  where: string,
  cells: readonly Cell[],
  limit: number,
  order = 'id',
): StoredDocument[] {
  const tables = tablesOf(collection);
  const selects = tables.map(
    (table) =>
      `SELECT ${selected(collection)} FROM "${table.name}" WHERE ${only(collection, table)}${where} AND json IS NOT NULL`,
  );
  const sql = `${selects.join(' UNION ALL ')} ORDER BY ${order} LIMIT ?`;
  const bound = [...tables.flatMap(() => cells), limit];
  return file.all(sql, bound).map((row) => documentOf(collection, row));
}

function load(file: SqlReader, refs: readonly DocumentRef[]): StoredDocument[] {
  const groups = new Map<string, { readonly collection: string; readonly rows: Cell[][] }>();
  for (const { collection, id } of refs) {
    const table = tableOf(collection, id);
    const sql = `SELECT ${selected(collection)} FROM "${table.name}" WHERE ${only(collection, table)}id = ?`;
    const group = groups.get(sql) ?? { collection, rows: [] };
    groups.set(sql, group);
    group.rows.push([id]);
  }
  return [...groups].flatMap(([sql, { collection, rows }]) =>
    file.gets(sql, rows).map((row) => documentOf(collection, row)),
  );
}

async function count(file: SqlReader, collection: string): Promise<number> {
  let live = 0;
  for (const table of tablesOf(collection)) live += await countIn(file, collection, table);
  return live;
}

/**
 * From the index of the keys, and from that of the tombstones where the table is shared: the rows themselves are megabytes
 * apart. In slices, because one statement over a million rows would hold up the thread.
 */
async function countIn(file: SqlReader, collection: string, table: DocumentTable): Promise<number> {
  const mine = only(collection, table);
  const live = table.shared ? 'TRUE' : 'json IS NOT NULL';
  const sql =
    `SELECT max(id), sum(live) FROM (SELECT id, ${live} AS live FROM "${table.name}" ` +
    `WHERE ${mine}id > ? ORDER BY id LIMIT ${COUNT_ROWS})`;
  let found = 0;
  for (let after: Cell = ''; ;) {
    const [last = null, more = null]: Cell[] = file.get(sql, [after]) ?? [];
    if (last === null) break;
    found += Number(more);
    after = last;
    await setImmediate();
  }
  if (!table.shared) return found;
  const dead = `SELECT count(*) FROM "${table.name}" WHERE ${mine}json IS NULL`;
  return found - Number(file.get(dead, [])?.[0]);
}

/** In slices too, by the keys. The length of a text stands in the head of its row: nothing of long ones is read. */
async function size(file: SqlReader, collection: string, index: string | undefined, value: IndexKey): Promise<Size> {
  const sum = { documents: 0, bytes: 0, oldest: Infinity };
  for (const table of tablesOf(collection)) {
    for (let after = ''; ;) {
      const { where, cells } =
        index === undefined ? { where: 'id > ?', cells: [after] } : having(collection, index, value, after);
      const slice =
        `SELECT id, at, octet_length(json) + octet_length(meta) AS bytes FROM "${table.name}" ` +
        `WHERE ${only(collection, table)}${where} AND json IS NOT NULL ORDER BY id LIMIT ${COUNT_ROWS}`;
      const sums = `SELECT max(id), count(*), sum(bytes), min(at) FROM (${slice})`;
      const [last = null, documents, bytes, oldest]: Cell[] = file.get(sums, cells) ?? [];
      if (last === null) break;
      sum.documents += Number(documents);
      sum.bytes += Number(bytes);
      sum.oldest = Math.min(sum.oldest, Number(oldest));
      after = String(last);
      await setImmediate();
    }
  }
  return sum;
}
