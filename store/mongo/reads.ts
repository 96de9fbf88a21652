import type { Filter, FindOptions } from 'mongodb';
import { prefixOf, prefixRange, TASKS } from '../../config/tasks.ts';
import type { DocumentRef, IndexKey, StoredDocument } from '../../schemas/document.ts';
import type { Page, Size, StoreReads } from '../store.ts';
import { readCheckpoint, readProgress } from './checkpoints.ts';
import type { MongoConnection, ReadConcern } from './connection.ts';
import { declared, fromMongo, type MongoDocument } from './documents.ts';
import { mapped } from './errors.ts';

type DocumentFilter = Filter<MongoDocument>;

/** Ids in one find: below what a message of the driver takes, whatever ids are like. */
const IDS = 10_000;

/** Documents summed up at a stretch, so that no operation takes as long as a collection is large. */
const SLICE = 20_000;

const LIVE: DocumentFilter = { '_mf.dead': { $exists: false } };

/**
 * What owners decide by (`load`, `query`, `range`) is read with the strongest read concern: with `majority` a new
 * primary answers for a moment with less than was acknowledged. Lists for people are read as a majority has them.
 */
export function mongoReads(connection: MongoConnection): StoreReads {
  const { strongest, settled } = connection;
  return {
    checkpoint: (partition) => mapped(`checkpoint ${partition}`, () => readCheckpoint(connection, partition)),
    progress: (partitions) => mapped('progress', () => readProgress(connection, partitions)),
    load: async (refs) => load(connection, refs),
    query: async (collection, index, value, page) => {
      const filter = having(collection, index, value);
      return filter === undefined
        ? byPrefix(connection, collection, String(value), page)
        : byIndex(connection, collection, filter, index, value, page);
    },
    range: async (collection, index, from, to, limit) => {
      const field = declaredIndex(collection, index);
      if (limit <= 0 || from === null || to === null) return [];
      const options: FindOptions = { ...strongest(), sort: { [field]: 1, _id: 1 }, limit };
      return found(connection, collection, { [field]: { $gte: from, $lte: to } }, options);
    },
    page: async (collection, { after, limit }) =>
      paged(connection, declared(collection), { ...LIVE, _id: { $gt: after } }, limit, settled()),
    count: async (collection) => count(connection, declared(collection)),
    size: async (collection, index, value = null) => size(connection, declared(collection), index, value),
  };
}

/** @throws RangeError for an index that is not declared. */
function declaredIndex(collection: string, index: string): string {
  const names: readonly string[] = TASKS[declared(collection)].indexes;
  if (names.includes(index)) return index;
  throw new RangeError(`no index ${index} in ${collection}; there are ${names.join(', ')}`);
}

/** The index of a collection has a value; undefined for the field that its ids begin with. */
function having(collection: string, index: string, value: IndexKey): DocumentFilter | undefined {
  if (index === prefixOf(declared(collection))) return undefined;
  const field = declaredIndex(collection, index);
  // What has neither text nor number there is in no index: only people ask for it.
  if (value === null) return { ...LIVE, $nor: [{ [field]: { $type: 'string' } }, { [field]: { $type: 'number' } }] };
  return { [field]: value };
}

function prefixed(value: string, after: string): DocumentFilter {
  const [first, before] = prefixRange(value);
  return { ...LIVE, _id: { $gt: after > first ? after : first, $lt: before } };
}

function byPrefix(
  connection: MongoConnection,
  collection: string,
  value: string,
  { after, limit }: Page,
): Promise<StoredDocument[]> {
  return paged(connection, collection, prefixed(value, after), limit, connection.strongest());
}

/**
 * Page by page until there are as many as asked for: MongoDB finds a value in lists as well, and takes one lone
 * surrogate for another.
 */
async function byIndex(
  connection: MongoConnection,
  collection: string,
  filter: DocumentFilter,
  index: string,
  value: IndexKey,
  { after, limit }: Page,
): Promise<StoredDocument[]> {
  const n = (TASKS[declared(collection)].indexes as readonly string[]).indexOf(index);
  const same: StoredDocument[] = [];
  for (let last = after; same.length < limit;) {
    const missing = limit - same.length;
    const more = { ...filter, _id: { $gt: last } };
    const page = await paged(connection, collection, more, missing, connection.strongest());
    same.push(...page.filter(({ keys }) => keys[n] === value));
    if (page.length < missing) break;
    last = page.at(-1)?.id ?? last;
  }
  return same;
}

async function paged(
  connection: MongoConnection,
  collection: string,
  filter: DocumentFilter,
  limit: number,
  concern: ReadConcern,
): Promise<StoredDocument[]> {
  // To MongoDB no limit is no bound.
  if (limit <= 0) return [];
  return found(connection, collection, filter, { ...concern, sort: { _id: 1 }, limit });
}

async function found(
  connection: MongoConnection,
  collection: string,
  filter: DocumentFilter,
  options: FindOptions,
): Promise<StoredDocument[]> {
  // All in the first answer, as far as it fits: one round trip.
  const whole = { maxTimeMS: connection.answerMs, batchSize: (options.limit ?? SLICE) + 1, ...options };
  const read = await mapped(`reading ${collection}`, () =>
    connection.documents(collection).find(filter, whole).toArray(),
  );
  return read.map((document) => fromMongo(collection, document));
}

async function load(connection: MongoConnection, refs: readonly DocumentRef[]): Promise<StoredDocument[]> {
  const groups = new Map<string, Set<string>>();
  for (const { collection, id } of refs) {
    const ids = groups.get(declared(collection)) ?? new Set<string>();
    groups.set(collection, ids.add(id));
  }
  const finds = [...groups].flatMap(([collection, ids]) =>
    slices([...ids]).map((some) => found(connection, collection, { _id: { $in: some } }, connection.strongest())),
  );
  return (await Promise.all(finds)).flat();
}

function slices(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / IDS) }, (_, n) => ids.slice(n * IDS, (n + 1) * IDS));
}

/** From the index of ids and that of tombstones: the documents themselves are gigabytes. */
async function count(connection: MongoConnection, collection: string): Promise<number> {
  const all = await summed(connection, collection, {});
  const dead = await summed(connection, collection, { '_mf.dead': { $exists: true } });
  return all.documents - dead.documents;
}

async function size(
  connection: MongoConnection,
  collection: string,
  index: string | undefined,
  value: IndexKey,
): Promise<Size> {
  if (index === undefined) return summed(connection, collection, LIVE, BYTES);
  const filter = having(collection, index, value);
  return summed(connection, collection, filter ?? prefixed(String(value), ''), BYTES);
}

const BYTES = { bytes: { $sum: '$_mf.bytes' }, oldest: { $min: '$_mf.at' } };

async function summed(
  connection: MongoConnection,
  collection: string,
  filter: DocumentFilter,
  sums: Readonly<Record<string, object>> = {},
): Promise<Size> {
  const total = { documents: 0, bytes: 0, oldest: Infinity };
  const options = { ...connection.settled(), maxTimeMS: connection.answerMs };
  for (let after = ''; ;) {
    const slice = [
      { $match: { $and: [filter, { _id: { $gt: after } }] } },
      { $sort: { _id: 1 } },
      { $limit: SLICE },
      { $group: { _id: null, last: { $max: '$_id' }, documents: { $sum: 1 }, ...sums } },
    ];
    const [sum] = await mapped(`summing up ${collection}`, () =>
      connection.documents(collection).aggregate<Partial<Size> & { last: string }>(slice, options).toArray(),
    );
    if (sum === undefined) return total;
    total.documents += sum.documents ?? 0;
    total.bytes += sum.bytes ?? 0;
    total.oldest = Math.min(total.oldest, sum.oldest ?? Infinity);
    after = sum.last;
  }
}
