import { hash } from 'node:crypto';
import { BSON } from 'mongodb';
import { indexKeys, isCollection, TASKS, type Collection } from '../../config/tasks.ts';
import type { IndexKey, StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import { bodyOf, fromText, objectOf, OURS, toText, type Text } from './body.ts';

/** What is ours of a document; the rest is its body. */
export interface Ours {
  readonly version: number;
  readonly partition: string;
  readonly seq: number;
  readonly at: number;
  readonly meta: Text;
  /** Of body and meta, as UTF-8: what `size` sums up without reading either. */
  readonly bytes: number;
  /** Of all that was written: it tells a document that another hand has changed. */
  readonly digest: string;
  /** A tombstone: there is no body. */
  readonly dead?: true;
  /** The text of the body, where its fields would not give it back. */
  readonly json?: Text;
}

export interface MongoDocument {
  _id: string;
  _mf?: Ours;
  [field: string]: unknown;
}

/** MongoDB's limit is 16 MiB; what the server adds on its own way (an oplog entry) has 16 KiB more than that. */
export const DOCUMENT_BYTES = 16 * 1024 * 1024 - 1024;

/** No JSON text of so many characters becomes a document over the limit: a character becomes at most ten bytes. */
const SURELY_SMALL = 1 << 20;

/** What BSON has around a value in a list of millions: its type, its place, NULs and a length. */
const AROUND = 14;

/**
 * A document as MongoDB keeps it.
 * @throws RangeError when its keys are not those of its collection; MF_DOCUMENT_TOO_LARGE.
 */
export function toMongo(document: StoredDocument): MongoDocument {
  const { collection, id, keys, json } = document;
  const { indexes } = TASKS[declared(collection)];
  if (keys.length !== indexes.length) {
    throw new RangeError(`${collection}/${id} has ${keys.length} keys of ${indexes.length}`);
  }
  const ours = oursOf(document);
  if (json === null) return { _id: id, _mf: { ...ours, dead: true } };
  const most = mostBytes(json, ours);
  if (most > DOCUMENT_BYTES) return textOnly(document, ours, json);
  const { fields, exact } = bodyOf(id, json);
  if (!exact) return { ...fields, _id: id, [OURS]: ours };
  if (most + 2 * ours.bytes > DOCUMENT_BYTES) return textOnly(document, ours, json);
  return { ...fields, _id: id, [OURS]: { ...ours, json: toText(json) } };
}

/** What a document can be at most: many small values grow when they become BSON. */
function mostBytes(json: string, { bytes }: Ours): number {
  if (bytes <= SURELY_SMALL) return 0;
  let values = 1;
  for (let n = 0; n < json.length; n++) {
    const code = json.charCodeAt(n);
    if (code === COMMA || code === LIST || code === OBJECT) values++;
  }
  return bytes + values * AROUND;
}

const [COMMA = 0, LIST = 0, OBJECT = 0] = Array.from(',[{', (sign) => sign.charCodeAt(0));

/** Where its fields could be too large, the text stands for them, beside those of the indexes. */
function textOnly({ collection, id, keys }: StoredDocument, ours: Ours, json: string): MongoDocument {
  const small = { _id: id, ...indexFields(declared(collection), keys), _mf: { ...ours, json: toText(json) } };
  const bytes = BSON.calculateObjectSize(small);
  if (bytes <= DOCUMENT_BYTES) return small;
  throw new MasterflagError(
    'MF_DOCUMENT_TOO_LARGE',
    `${collection}/${id} would have ${bytes} bytes, at most ${DOCUMENT_BYTES} go into MongoDB`,
  );
}

function indexFields(collection: Collection, keys: readonly IndexKey[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [n, key] of keys.entries()) {
    const [field = '', inner] = (TASKS[collection].indexes[n] ?? '').split('.');
    if (key === null) continue;
    fields[field] = inner === undefined ? key : { ...(fields[field] as object | undefined), [inner]: key };
  }
  return fields;
}

function oursOf(document: StoredDocument): Ours {
  const { version, partition, seq, at, json, meta } = document;
  const bytes = Buffer.byteLength(json ?? '') + Buffer.byteLength(meta);
  return { version, partition, seq, at, meta: toText(meta), bytes, digest: digestOf(document) };
}

function digestOf({ version, partition, seq, at, json, meta }: StoredDocument): string {
  return hash('sha256', JSON.stringify([version, partition, seq, at, json, meta]), 'base64url').slice(0, 22);
}

/** From what was read. One that is not ours has version 0, so that whoever writes next writes over it. */
export function fromMongo(collection: string, read: MongoDocument): StoredDocument {
  const { _mf: ours = NOBODY, ...body } = read;
  const text = ours.json === undefined ? undefined : fromText(ours.json);
  const json = ours.dead === true ? null : (text ?? JSON.stringify(body));
  const { version, partition, seq, at, meta } = { ...NOBODY, ...ours };
  return {
    collection,
    id: read._id,
    version,
    partition: partition as PartitionId,
    seq,
    at,
    json,
    meta: fromText(meta),
    keys: indexKeys(declared(collection), json === null ? null : text === undefined ? body : (objectOf(text) ?? null)),
  };
}

const NOBODY: Ours = { version: 0, partition: '', seq: 0, at: 0, meta: '', bytes: 0, digest: '' };

/**
 * Whether a document, as it was read, is as the partition that it names wrote it: what is made of it anew is the same,
 * byte for byte. A value of another BSON type that reads the same is the same.
 */
export function isAsWritten(collection: string, read: MongoDocument): boolean {
  const again = toMongo(fromMongo(collection, read));
  return Buffer.compare(BSON.serialize(again), BSON.serialize(read)) === 0;
}

/** @throws RangeError for a collection that config/tasks.ts does not declare. */
export function declared(collection: string): Collection {
  if (isCollection(collection)) return collection;
  throw new RangeError(`no collection ${collection}; there are ${Object.keys(TASKS).join(', ')}`);
}
