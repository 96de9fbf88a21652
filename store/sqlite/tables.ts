import { COLLECTIONS, isCollection, TASKS, type Collection, type Task } from '../../config/tasks.ts';
import { kindOfKey } from '../../schemas/key.ts';

/**
 * The table that documents are in. Those of which every entity of a kind has one or a few share a table with the
 * entity's flag, `entities.<kind>`: what a commit writes of an entity then changes one page of one index, and not one
 * of each of three. All others have a table of their own, named as the collection.
 */
export interface DocumentTable {
  readonly name: string;
  /** Whether several collections are in it; then their name is a column. */
  readonly shared: boolean;
  /** How many columns for keys it has: `k0`, `k1`, ... */
  readonly keys: number;
  /** How many columns it has, `collection` last in shared ones. */
  readonly width: number;
  readonly create: readonly string[];
  readonly upsert: string;
  readonly overwrite: string;
}

const FIXED = ['id', 'version', 'partition', 'seq', 'at', 'json', 'meta'];

function keyColumns(keys: number): string[] {
  return Array.from({ length: keys }, (_, n) => `k${n}`);
}

const TASK_OF: Readonly<Record<Collection, Task>> = TASKS;

const FLAGS = 'master.flags';

/** Flags of kinds without a table, and of ids that are no matching key. */
const OTHER = 'entities.other';

function isShared(collection: Collection): boolean {
  return TASK_OF[collection].everyEntity === true;
}

const sharedTable = (kind: string): string => `entities.${kind}`;

/** By the name of the table: the collections that are in it, flags left out. */
const TABLES = new Map<string, DocumentTable>();

function declare(): void {
  const shared = new Map<string, Collection[]>([[OTHER, []]]);
  for (const collection of COLLECTIONS) {
    if (collection === FLAGS) continue;
    if (!isShared(collection)) TABLES.set(collection, documentTable(collection, [collection], false));
    else {
      const name = sharedTable(TASK_OF[collection].owner);
      shared.set(name, [...(shared.get(name) ?? []), collection]);
    }
  }
  for (const [name, collections] of shared) TABLES.set(name, documentTable(name, collections, true));
}

declare();

/** The statements that make what is not there yet. */
export const DOCUMENT_TABLES: readonly string[] = [...TABLES.values()].flatMap(({ create }) => create);

/**
 * Tombstones, and records without the field, are left out of the indexes: dead timers would otherwise pile up before
 * the ones that are due, and every row of an index is written at random.
 * A table with rowids, because a key is a hash: rows are appended, and only the small index is written at random.
 */
function documentTable(name: string, collections: readonly Collection[], shared: boolean): DocumentTable {
  const keys = Math.max(0, ...collections.map((collection) => TASKS[collection].indexes.length));
  const columns = [...FIXED, ...keyColumns(keys), ...(shared ? ['collection'] : [])];
  const unique = shared ? 'id, collection' : 'id';
  const set = (value: (column: string, n: number) => string): string =>
    columns
      .map((column, n) => [column, `${column} = ${value(column, n + 1)}`] as const)
      .flatMap(([column, assignment]) => (column === 'id' || column === 'collection' ? [] : [assignment]))
      .join(', ');
  const same = shared ? `id = ?1 AND collection = ?${columns.length}` : 'id = ?1';
  return {
    name,
    shared,
    keys,
    width: columns.length,
    create: [
      `CREATE TABLE IF NOT EXISTS "${name}" (${definitions(keys, shared)}, UNIQUE (${unique}))`,
      ...collections.flatMap((collection) => indexes(name, collection, shared)),
      ...(shared ? [`CREATE INDEX IF NOT EXISTS "${name}.dead" ON "${name}" (collection) WHERE json IS NULL`] : []),
    ],
    upsert:
      `INSERT INTO "${name}" VALUES (${columns.map((_, n) => `?${n + 1}`).join(', ')}) ` +
      `ON CONFLICT (${unique}) DO UPDATE SET ${set((column) => `excluded.${column}`)} ` +
      `WHERE version < excluded.version AND partition = excluded.partition`,
    overwrite: `UPDATE "${name}" SET ${set((_, n) => `?${n}`)} WHERE ${same} AND partition <> ?3`,
  };
}

function definitions(keys: number, shared: boolean): string {
  return [
    'id TEXT NOT NULL, version INTEGER NOT NULL, partition TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, json TEXT, meta TEXT NOT NULL',
    ...keyColumns(keys),
    ...(shared ? ['collection TEXT NOT NULL'] : []),
  ].join(', ');
}

function indexes(table: string, collection: Collection, shared: boolean): string[] {
  const own = shared ? `collection = '${collection}' AND ` : '';
  return keyColumns(TASKS[collection].indexes.length).map(
    (key) =>
      `CREATE INDEX IF NOT EXISTS "${collection}.${key}" ON "${table}" (${key}, id) WHERE ${own}json IS NOT NULL AND ${key} IS NOT NULL`,
  );
}

/** The table of one document. @throws RangeError for a collection that config/tasks.ts does not declare. */
export function tableOf(collection: string, id: string): DocumentTable {
  if (collection !== FLAGS) return tablesOf(collection)[0];
  return TABLES.get(sharedTable(kindOfKey(id) ?? '')) ?? table(OTHER);
}

/** The tables that a collection is in: one, but for the flags. @throws RangeError as tableOf. */
export function tablesOf(collection: string): readonly [DocumentTable, ...DocumentTable[]] {
  if (!isCollection(collection)) {
    throw new RangeError(`no collection ${collection}; there are ${COLLECTIONS.join(', ')}`);
  }
  if (collection === FLAGS) return FLAG_TABLES;
  return [table(isShared(collection) ? sharedTable(TASK_OF[collection].owner) : collection)];
}

function table(name: string): DocumentTable {
  const found = TABLES.get(name);
  if (found === undefined) throw new RangeError(`no table ${name}; there are ${[...TABLES.keys()].join(', ')}`);
  return found;
}

const FLAG_TABLES: readonly [DocumentTable, ...DocumentTable[]] = [
  table(OTHER),
  ...[...TABLES.values()].filter(({ name, shared }) => shared && name !== OTHER),
];

/** The column of a declared index. @throws RangeError for one that is not declared. */
export function columnOf(collection: string, index: string): string {
  const declared: readonly string[] = isCollection(collection) ? TASKS[collection].indexes : [];
  const n = declared.indexOf(index);
  if (n < 0) throw new RangeError(`no index ${index} in ${collection}; there are ${declared.join(', ')}`);
  return `k${n}`;
}

/** The columns of a document of the collection, in the order in which documentOf reads them. */
export function selected(collection: string): string {
  return [...FIXED, ...keyColumns(keysOf(collection))].join(', ');
}

/** How many indexes the collection declares. */
export function keysOf(collection: string): number {
  return isCollection(collection) ? TASKS[collection].indexes.length : 0;
}

/** What tells the collection's rows from the others of its table. As a literal: SQLite takes a partial index for no less. */
export function only(collection: string, { shared }: DocumentTable): string {
  return shared ? `collection = '${collection}' AND ` : '';
}
