import { MongoServerError, type Db, type IndexDescription, type IndexDescriptionInfo } from 'mongodb';
import { COLLECTIONS, TASKS } from '../../config/tasks.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { mapped, NAMESPACE_NOT_FOUND } from './errors.ts';

type Declared = Required<Pick<IndexDescription, 'key' | 'name' | 'partialFilterExpression'>> & {
  readonly key: Readonly<Record<string, 1>>;
};

const DEAD: Declared = {
  name: 'mf_dead',
  key: { _id: 1, '_mf.dead': 1 },
  partialFilterExpression: { '_mf.dead': { $exists: true } },
};

/**
 * Every index beside that of `_id`, by collection. They are partial, so that neither tombstones, which have no body,
 * nor records without the field are in them. Lookups by the field that ids begin with are ranges of `_id`. Tombstones
 * have one of their own, so that counting does not read documents.
 */
export const INDEXES: ReadonlyMap<string, readonly Declared[]> = new Map(
  COLLECTIONS.map((collection) => [collection, [...TASKS[collection].indexes.map(fieldIndex), DEAD]]),
);

function fieldIndex(field: string): Declared {
  return { name: `mf_${field}`, key: { [field]: 1, _id: 1 }, partialFilterExpression: { [field]: { $exists: true } } };
}

export interface IndexDifference {
  readonly collection: string;
  readonly index: string;
  /** `absent` is mended by the next start; the others by a person. */
  readonly is: 'absent' | 'different' | 'unique';
  /** What is there, as JSON; '' when absent. */
  readonly found: string;
  /** What should be there, as JSON; '' for a unique one that nobody declared: it would refuse documents. */
  readonly wanted: string;
}

/** Where the indexes of a database differ from the declared ones. Changes nothing. */
export async function indexDifferences(db: Db): Promise<IndexDifference[]> {
  const each = [...INDEXES].map(async ([collection, wanted]) => {
    const found = await mapped(`indexes of ${collection}`, () => indexesOf(db, collection));
    return [...wanted.flatMap((index) => compare(collection, index, found)), ...uniques(collection, wanted, found)];
  });
  return (await Promise.all(each)).flat();
}

/** Makes the indexes that are not there. @throws MF_STORE_INDEXES when one that is there differs. */
export async function ensureIndexes(db: Db): Promise<void> {
  const differences = await indexDifferences(db);
  const wrong = differences.filter(({ is }) => is !== 'absent');
  if (wrong.length > 0) throw new MasterflagError('MF_STORE_INDEXES', wrong.map(told).join('; '));
  const absent = Map.groupBy(differences, ({ collection }) => collection);
  for (const [collection, some] of absent) {
    const names = new Set(some.map(({ index }) => index));
    const indexes = (INDEXES.get(collection) ?? []).filter(({ name }) => names.has(name));
    await mapped(`making the indexes of ${collection}`, () => db.collection(collection).createIndexes([...indexes]));
  }
}

function told({ collection, index, found, wanted }: IndexDifference): string {
  return `${collection} has index ${index} ${found}, ${wanted === '' ? 'which nobody declared' : `and not ${wanted}`}`;
}

async function indexesOf(db: Db, collection: string): Promise<IndexDescriptionInfo[]> {
  try {
    return (await db.collection(collection).listIndexes().toArray()) as IndexDescriptionInfo[];
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NAMESPACE_NOT_FOUND) return [];
    throw error;
  }
}

function compare(collection: string, index: Declared, found: readonly IndexDescriptionInfo[]): IndexDifference[] {
  const there = found.find(({ name }) => name === index.name);
  if (there === undefined) return [{ collection, index: index.name, is: 'absent', found: '', wanted: shown(index) }];
  if (shown(there) === shown(index)) return [];
  return [{ collection, index: index.name, is: 'different', found: shown(there), wanted: shown(index) }];
}

function uniques(
  collection: string,
  wanted: readonly Declared[],
  found: readonly IndexDescriptionInfo[],
): IndexDifference[] {
  const others = found.filter(({ name, unique }) => unique === true && !wanted.some((index) => index.name === name));
  return others.map((index) => ({
    collection,
    index: index.name ?? '',
    is: 'unique',
    found: shown(index),
    wanted: '',
  }));
}

/** What matters of an index: fields in their order, filter, and whatever makes it refuse or lose documents. */
function shown(index: Partial<IndexDescriptionInfo> | Declared): string {
  const { key, partialFilterExpression, unique, sparse, expireAfterSeconds, collation } = index as IndexDescriptionInfo;
  return JSON.stringify({
    key,
    partialFilterExpression,
    unique: unique || undefined,
    sparse,
    expireAfterSeconds,
    collation,
  });
}
