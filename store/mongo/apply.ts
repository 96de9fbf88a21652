import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { DocumentRef, StoredDocument } from '../../schemas/document.ts';
import { UnknownOutcome } from '../../schemas/errors.ts';
import type { ApplyReport } from '../store.ts';
import type { MongoConnection } from './connection.ts';
import { declared, toMongo, type MongoDocument } from './documents.ts';
import { duplicatesOf, mapped } from './errors.ts';

/** Written last, so that whatever a flag points to exists. */
const FLAGS = 'master.flags';

/**
 * How often a document is looked at that is neither written nor newer than ours. Each time another writer has got on
 * with it in between, or a new primary has not caught up; after so many the caller waits before it asks again.
 */
const ROUNDS = 5;

/** One bulk write a collection; where that finds newer or foreign documents, one read of their versions as well. */
export async function applyChanges(
  connection: MongoConnection,
  changes: readonly StoredDocument[],
): Promise<ApplyReport> {
  const groups = newestByCollection(changes);
  const flags = groups.get(FLAGS);
  groups.delete(FLAGS);
  const foreign = await allWritten([...groups].map(([name, documents]) => write(connection, name, documents)));
  if (flags !== undefined) foreign.push(...(await write(connection, FLAGS, flags)));
  return { foreign };
}

/** All have ended when it throws: none of its own writes is under way any more when the caller applies again. */
async function allWritten(writes: readonly Promise<DocumentRef[]>[]): Promise<DocumentRef[]> {
  await Promise.allSettled(writes);
  return (await Promise.all(writes)).flat();
}

/** Of several versions of a document only the newest is written: in a bulk without order any could come first. */
function newestByCollection(changes: readonly StoredDocument[]): Map<string, Map<string, StoredDocument>> {
  const groups = new Map<string, Map<string, StoredDocument>>();
  for (const document of changes) {
    const { collection, id, version } = document;
    const group = groups.get(declared(collection)) ?? new Map<string, StoredDocument>();
    groups.set(collection, group);
    const other = group.get(id);
    if (other === undefined || other.version < version) group.set(id, document);
  }
  return groups;
}

interface Pending {
  readonly document: StoredDocument;
  readonly written: MongoDocument;
}

async function write(
  connection: MongoConnection,
  name: string,
  documents: ReadonlyMap<string, StoredDocument>,
): Promise<DocumentRef[]> {
  const operation = `apply to ${name}`;
  const collection = connection.documents(name);
  const foreign: DocumentRef[] = [];
  let pending: Pending[] = [...documents.values()].map((document) => ({ document, written: toMongo(document) }));
  for (let round = 0; round < ROUNDS; round++) {
    pending = await mapped(operation, async () => {
      const held = await replaceOlder(collection, pending);
      return held.length === 0 ? [] : notThere(connection, collection, held, foreign);
    });
    if (pending.length === 0) return foreign;
  }
  throw new UnknownOutcome(`${operation}: ${pending.length} documents are neither written nor newer`);
}

/** Writes over what is older and ours, and what is not there. Answers those that found something else under their id. */
async function replaceOlder(collection: Collection<MongoDocument>, pending: readonly Pending[]): Promise<Pending[]> {
  try {
    await collection.bulkWrite(pending.map(conditionally), { ordered: false });
    return [];
  } catch (error) {
    const duplicates = duplicatesOf(error);
    if (duplicates === undefined) throw error;
    return duplicates.flatMap((n) => pending[n] ?? []);
  }
}

/**
 * As an upsert, where a document that is there and does not match is a duplicate key: found by the index of `_id`
 * alone, so the filter needs no more of the shard key.
 */
function conditionally({ document, written }: Pending): AnyBulkWriteOperation<MongoDocument> {
  const { id, version, partition } = document;
  const filter = { _id: id, '_mf.version': { $lt: version }, '_mf.partition': partition };
  return { replaceOne: { filter, replacement: written, upsert: true } };
}

/**
 * Of those whose id was taken, the ones that are still to be written. What another hand wrote is written over here.
 * Read as a majority has it: a version that only this server has could be rolled back after we reported it.
 */
async function notThere(
  connection: MongoConnection,
  collection: Collection<MongoDocument>,
  held: readonly Pending[],
  foreign: DocumentRef[],
): Promise<Pending[]> {
  const ids = held.map(({ document }) => document.id);
  const options = {
    ...connection.settled(),
    projection: { '_mf.version': 1, '_mf.partition': 1 },
    batchSize: ids.length + 1,
    maxTimeMS: connection.answerMs,
  };
  const heads = new Map<string, MongoDocument>();
  for (const head of await collection.find({ _id: { $in: ids } }, options).toArray()) heads.set(head._id, head);
  const still: Pending[] = [];
  for (const each of held) {
    const { id, partition, version, collection: name } = each.document;
    const ours = heads.get(id)?._mf;
    if (heads.has(id) && ours?.partition !== partition) {
      if (await overwrite(collection, each)) foreign.push({ collection: name, id });
      else still.push(each);
    } else if (!((ours?.version ?? -1) >= version)) still.push(each);
  }
  return still;
}

/** One by one, because the answer to a bulk does not say which documents matched. There are hardly ever any. */
async function overwrite(collection: Collection<MongoDocument>, { document, written }: Pending): Promise<boolean> {
  const filter = { _id: document.id, '_mf.partition': { $ne: document.partition } };
  const { matchedCount } = await collection.replaceOne(filter, written);
  return matchedCount === 1;
}
