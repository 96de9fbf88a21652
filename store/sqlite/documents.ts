import { COLLECTIONS, TASKS } from '../../config/tasks.ts';
import type { DocumentRef, StoredDocument } from '../../schemas/document.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Cell, ProgramAnswer, SqlStep } from './program.ts';

/** The SQL of one collection. */
export interface DocumentTable {
  readonly name: string;
  readonly indexes: readonly string[];
  readonly columns: string;
  readonly create: readonly string[];
  readonly upsert: string;
  readonly overwrite: string;
}

const FIXED = ['id', 'version', 'partition', 'seq', 'at', 'json', 'meta'];

const TABLES = new Map<string, DocumentTable>(
  COLLECTIONS.map((name) => [name, documentTable(name, TASKS[name].indexes)]),
);

export const DOCUMENT_TABLES: readonly string[] = [...TABLES.values()].flatMap(({ create }) => create);

/** @throws RangeError for a collection that config/tasks.ts does not declare. */
export function tableOf(collection: string): DocumentTable {
  const table = TABLES.get(collection);
  if (table === undefined) throw new RangeError(`no collection ${collection}; there are ${COLLECTIONS.join(', ')}`);
  return table;
}

/** The column of a declared index. @throws RangeError for one that is not declared. */
export function columnOf(table: DocumentTable, index: string): string {
  const n = table.indexes.indexOf(index);
  if (n < 0) throw new RangeError(`no index ${index} in ${table.name}; there are ${table.indexes.join(', ')}`);
  return `k${n}`;
}

/**
 * Tombstones, and records without the field, are left out of the indexes: dead timers would otherwise pile up before
 * the ones that are due, and every row of an index is written at random.
 * A table with rowids, because a key is a hash: rows are appended, and only the small index is written at random.
 */
function documentTable(name: string, indexes: readonly string[]): DocumentTable {
  const keys = indexes.map((_, n) => `k${n}`);
  const columns = [...FIXED, ...keys];
  const table = `"${name}"`;
  const set = (value: (column: string, n: number) => string): string =>
    columns
      .slice(1)
      .map((column, n) => `${column} = ${value(column, n + 2)}`)
      .join(', ');
  const types = `id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, partition TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, json TEXT, meta TEXT NOT NULL`;
  return {
    name,
    indexes,
    columns: columns.join(', '),
    create: [
      `CREATE TABLE IF NOT EXISTS ${table} (${[types, ...keys].join(', ')})`,
      ...keys.map(
        (key) =>
          `CREATE INDEX IF NOT EXISTS "${name}.${key}" ON ${table} (${key}, id) WHERE json IS NOT NULL AND ${key} IS NOT NULL`,
      ),
    ],
    upsert:
      `INSERT INTO ${table} VALUES (${columns.map((_, n) => `?${n + 1}`).join(', ')}) ` +
      `ON CONFLICT (id) DO UPDATE SET ${set((column) => `excluded.${column}`)} ` +
      `WHERE version < excluded.version AND partition = excluded.partition`,
    overwrite: `UPDATE ${table} SET ${set((_, n) => `?${n}`)} WHERE id = ?1 AND partition <> ?3`,
  };
}

/** The steps that write documents, one a collection: within one transaction nobody sees their order. */
export function applySteps(changes: readonly StoredDocument[]): ApplySteps {
  const groups = new Map<string, StoredDocument[]>();
  for (const document of changes) {
    const group = groups.get(document.collection);
    if (group === undefined) groups.set(document.collection, [document]);
    else group.push(document);
  }
  const documents = [...groups.values()];
  const steps = [...groups].map(([collection, group]) => upsertStep(tableOf(collection), group));
  return { steps, foreign: (answer) => documents.flatMap((group, n) => foreignOf(group, answer[n] ?? [])) };
}

export interface ApplySteps {
  readonly steps: readonly SqlStep[];
  /** From the answers to the steps: the documents that another hand had written. */
  readonly foreign: (answer: ProgramAnswer) => DocumentRef[];
}

function upsertStep(table: DocumentTable, group: readonly StoredDocument[]): SqlStep {
  const cells: Cell[] = [];
  const keys = table.indexes.length;
  for (const { id, version, partition, seq, at, json, meta, keys: values } of group) {
    if (values.length !== keys) throw new RangeError(`${table.name}/${id} has ${values.length} keys of ${keys}`);
    cells.push(id, version, partition, seq, at, json, meta, ...values);
  }
  return { sql: table.upsert, width: FIXED.length + keys, cells, otherwise: table.overwrite };
}

function foreignOf(group: readonly StoredDocument[], rows: readonly Cell[]): DocumentRef[] {
  return rows.flatMap((row) => {
    const document = group[Number(row)];
    return document === undefined ? [] : [{ collection: document.collection, id: document.id }];
  });
}

export function documentOf(collection: string, row: readonly Cell[]): StoredDocument {
  const [id, version, partition, seq, at, json, meta, ...keys] = row as DocumentRow;
  return { collection, id, version, partition, seq, at, json, meta, keys };
}

type DocumentRow = [
  id: string,
  version: number,
  partition: PartitionId,
  seq: number,
  at: number,
  json: string | null,
  meta: string,
  ...keys: Cell[],
];
