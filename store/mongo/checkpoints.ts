import { gunzipSync, gzipSync } from 'node:zlib';
import { Binary, BSON, MongoServerError, type Collection, type WithId } from 'mongodb';
import { indexKeys, isCollection } from '../../config/tasks.ts';
import { EMPTY_OUTBOX, unopened, type Checkpoint, type Outbox } from '../../schemas/checkpoint.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import { upcast } from '../../schemas/upcast.ts';
import { progressOf, type Progress } from '../store.ts';
import { fromText, objectOf, toText, type Text } from './body.ts';
import type { MongoConnection } from './connection.ts';
import { DOCUMENT_BYTES } from './documents.ts';
import { DUPLICATE_KEY } from './errors.ts';

export const CHECKPOINTS = 'master.checkpoints';

type Fields = Omit<Checkpoint, 'id' | 'marks' | 'changes'>;

/** `_id` is the partition. */
interface MongoCheckpoint extends Fields {
  readonly _id: string;
  /** As a list: a partition's name has a dot, which in the name of a field means a path. */
  readonly marks: readonly { readonly from: string; readonly seq: number; readonly chunk: number }[];
  readonly changes: readonly MongoChange[];
  /** Changes and outbox, where they would be too large as they are: JSON text, through gzip. */
  readonly packed?: Binary;
}

/** Without keys: they are read from the body, where they come from. */
type MongoChange = Omit<StoredDocument, 'keys' | 'json' | 'meta'> & { readonly json: Text | null; readonly meta: Text };

function checkpointsOf({ db }: MongoConnection): Collection<MongoCheckpoint> {
  return db.collection<MongoCheckpoint>(CHECKPOINTS);
}

/**
 * Epoch + 1 in one find-and-modify, which makes the checkpoint where there is none. What it was before comes back, and
 * what it is follows from that: the same, and no server has to read what it has just written.
 */
export async function takeOver(connection: MongoConnection, id: PartitionId, owner: string): Promise<Checkpoint> {
  const { _id, epoch: _epoch, openings: _openings, owner: _owner, ...first } = toMongo(unopened(id));
  const update = { $inc: { epoch: 1, openings: 1 }, $set: { owner }, $setOnInsert: first };
  for (;;) {
    try {
      const options = { upsert: true, returnDocument: 'before' } as const;
      const found = await checkpointsOf(connection).findOneAndUpdate({ _id }, update, options);
      const before = found === null ? unopened(id) : fromMongo(found);
      return { ...before, epoch: before.epoch + 1, openings: before.openings + 1, owner };
    } catch (error) {
      // Two made it at the same moment: it is there now.
      if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error;
    }
  }
}

/** Whether the checkpoint was of this epoch and the seq before, and was replaced. */
export async function replaceCheckpoint(connection: MongoConnection, next: Checkpoint): Promise<boolean> {
  const filter = { _id: next.id as string, epoch: next.epoch, seq: next.seq - 1 };
  const { matchedCount } = await checkpointsOf(connection).replaceOne(filter, bounded(next));
  return matchedCount === 1;
}

/** Whether there was none, and this one was inserted. */
export async function insertCheckpoint(connection: MongoConnection, checkpoint: Checkpoint): Promise<boolean> {
  try {
    await checkpointsOf(connection).insertOne(bounded(checkpoint));
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}

export async function readCheckpoint(
  connection: MongoConnection,
  partition: PartitionId,
): Promise<Checkpoint | undefined> {
  const options = { ...connection.strongest(), maxTimeMS: connection.answerMs };
  const found = await checkpointsOf(connection).findOne({ _id: partition }, options);
  return found === null ? undefined : fromMongo(found);
}

/** What a commit writes stays in the database. */
const PROGRESS = { epoch: 1, owner: 1, seq: 1, openings: 1, logId: 1, positions: 1, now: 1 } as const;

export async function readProgress(
  connection: MongoConnection,
  partitions: readonly PartitionId[] | undefined,
): Promise<Progress[]> {
  const filter = partitions === undefined ? {} : { _id: { $in: [...partitions] as string[] } };
  const options = {
    ...connection.strongest(),
    projection: PROGRESS,
    sort: { _id: 1 },
    maxTimeMS: connection.answerMs,
  } as const;
  const found = await checkpointsOf(connection).find(filter, options).toArray();
  return found.map(({ _id, ...rest }) => progressOf({ ...(rest as unknown as Checkpoint), id: _id as PartitionId }));
}

function toMongo({ id, marks, changes, ...fields }: Checkpoint): MongoCheckpoint {
  return {
    _id: id,
    ...fields,
    marks: Object.entries(marks).map(([from, { seq, chunk }]) => ({ from, seq, chunk })),
    changes: changes.map(({ keys: _keys, json, meta, ...change }) => ({
      ...change,
      json: json === null ? null : toText(json),
      meta: toText(meta),
    })),
  };
}

/**
 * A commit is cut by characters, of which one may be three bytes, and its last message may take it further: then
 * changes and outbox are packed. @throws MF_DOCUMENT_TOO_LARGE when that does not help.
 */
function bounded(next: Checkpoint): MongoCheckpoint {
  const whole = toMongo(next);
  if (mostBytes(next) <= DOCUMENT_BYTES || BSON.calculateObjectSize(whole) <= DOCUMENT_BYTES) return whole;
  const text = JSON.stringify([next.changes, next.outbox]);
  const packed = { ...whole, changes: [], outbox: EMPTY_OUTBOX, packed: new Binary(gzipSync(text, { level: 1 })) };
  const bytes = BSON.calculateObjectSize(packed);
  if (bytes <= DOCUMENT_BYTES) return packed;
  throw new MasterflagError(
    'MF_DOCUMENT_TOO_LARGE',
    `the checkpoint of ${next.id} would have ${bytes} bytes, at most ${DOCUMENT_BYTES} go into MongoDB`,
  );
}

/** Names, numbers and lengths around the texts of one entry; ids and names of collections are short. */
const ENTRY_BYTES = 1024;

/** What a checkpoint can be at most, without looking at its characters. */
function mostBytes({ changes, outbox, marks }: Checkpoint): number {
  let characters = 0;
  let entries = Object.keys(marks).length + 4;
  for (const { id, json, meta } of changes) {
    characters += id.length + (json?.length ?? 0) + meta.length;
    entries++;
  }
  for (const text of [...outbox.events, ...outbox.effects.flatMap(({ chunks }) => chunks)]) {
    characters += text.length;
    entries++;
  }
  return characters * 3 + entries * ENTRY_BYTES;
}

function fromMongo(read: WithId<MongoCheckpoint>): Checkpoint {
  const { _id: id, packed, marks, changes, outbox, ...fields } = read;
  const rest = packed === undefined ? { changes: changes.map(changeOf), outbox } : unpacked(packed);
  const marked = Object.fromEntries(marks.map(({ from, seq, chunk }) => [from, { seq, chunk }]));
  return upcast<Checkpoint>('checkpoint', { ...fields, id, marks: marked, ...rest });
}

function changeOf({ json: text, meta, ...change }: MongoChange): StoredDocument {
  const json = text === null ? null : fromText(text);
  const body = json === null ? null : (objectOf(json) ?? null);
  const keys = isCollection(change.collection) ? indexKeys(change.collection, body) : [];
  return { ...change, json, meta: fromText(meta), keys };
}

function unpacked(packed: Binary): { changes: StoredDocument[]; outbox: Outbox } {
  const [changes, outbox] = JSON.parse(gunzipSync(packed.buffer).toString()) as [StoredDocument[], Outbox];
  return { changes, outbox };
}
