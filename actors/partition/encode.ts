import { indexKeys, type Collection } from '../../config/tasks.ts';
import type { EffectChunks, Outbox } from '../../schemas/checkpoint.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { EffectItem } from '../../schemas/inbox.ts';
import { kindOfKey, partitionOf } from '../../schemas/key.ts';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import type { FlagMeta } from './resident.ts';
import type { Turn } from './turn.ts';

/** Which commit writes, and when. */
export interface Stamp {
  readonly partition: PartitionId;
  readonly seq: number;
  readonly at: number;
}

/** A document as the store keeps it. `body` has no `_id`; null makes a tombstone. */
export function encode(
  stamp: Stamp,
  collection: Collection,
  id: string,
  version: number,
  body: Readonly<Record<string, unknown>> | null,
  meta: unknown,
): StoredDocument {
  const { partition, seq, at } = stamp;
  return {
    collection,
    id,
    version,
    partition,
    seq,
    at,
    json: body === null ? null : withId(id, JSON.stringify(body)),
    meta: meta === undefined ? '' : JSON.stringify(meta),
    keys: indexKeys(collection, body),
  };
}

function withId(id: string, json: string): string {
  if (json.startsWith('{"_id":')) return json;
  return json === '{}' ? `{"_id":${JSON.stringify(id)}}` : `{"_id":${JSON.stringify(id)},${json.slice(1)}`;
}

/** The documents that a turn leaves behind: task records first, the flag last, so that what a flag points to exists. */
export function documentsOf(turn: Turn, stamp: Stamp, documentBytes: number): StoredDocument[] {
  const { resident, version, flag } = turn;
  if (version === resident.version) return [];
  if (flag === null) throw new TypeError(`${resident.key}: a turn with events was not projected`);
  const at: Stamp = { partition: stamp.partition, seq: stamp.seq, at: turn.now };
  const documents: StoredDocument[] = [];
  for (const { collection, id, body, meta } of turn.writes.newest())
    documents.push(encode(at, collection, id, version, body, meta));
  const { status, references, facts } = flag;
  const flagBody = { v: 1, kind: resident.actor.kind, status, references, facts };
  const state = resident.actor.save(turn.currentState);
  const flagMeta: FlagMeta = turn.parked === null ? { state } : { state, parked: turn.parked };
  documents.push(encode(at, 'master.flags', resident.key, version, flagBody, flagMeta));
  for (const { collection, id, json, meta } of documents) {
    const length = (json?.length ?? 0) + meta.length;
    if (length > documentBytes) {
      throw new MasterflagError(
        'MF_DOCUMENT_TOO_LARGE',
        `${collection}/${id} would have ${length} characters, at most ${documentBytes} are kept`,
      );
    }
  }
  return documents;
}

/**
 * Adds a turn's events as CloudEvents 1.0, as JSON texts. `id` is the entity's key and the event's number among the
 * entity's events (from 1, without gaps); `sequence` is that number again, as the CloudEvents extension of this name has it.
 */
export function addCloudEvents(to: string[], { resident, events, times }: Turn): void {
  const key = JSON.stringify(resident.key);
  const id = key.slice(0, -1);
  const kind = JSON.stringify(`/masterflag/${resident.actor.kind}`);
  let version = resident.version;
  for (const [n, { type, data }] of events.entries()) {
    version++;
    to.push(
      `{"specversion":"1.0","id":${id}/${version}","source":${kind},"type":${JSON.stringify(type)},"subject":${key},` +
        `"time":"${isoTime(times[n] ?? 0)}","sequence":"${version}","data":${JSON.stringify(data)}}`,
    );
  }
}

let lastTime = { ms: NaN, text: '' };

// Most events of a batch share their message's time, and formatting it costs more than the rest of the envelope.
function isoTime(ms: number): string {
  if (lastTime.ms !== ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

/** What a commit publishes, split into log messages once and for all. */
export function outboxOf(
  from: PartitionId,
  seq: number,
  effects: readonly EffectItem[],
  events: readonly string[],
  counts: PartitionCounts,
  chunkBytes: number,
): Outbox {
  const destinations = new Map<PartitionId, string[]>();
  for (const effect of effects) {
    const to = partitionOf(kindOfKey(effect.key) ?? '', effect.key, counts);
    const text = JSON.stringify(effect);
    const items = destinations.get(to);
    if (items === undefined) destinations.set(to, [text]);
    else items.push(text);
  }
  const chunked: EffectChunks[] = [];
  for (const [to, items] of destinations) {
    const chunks = split(items, chunkBytes).map(
      (some, chunk) => `{"v":2,"type":"effects","from":"${from}","seq":${seq},"chunk":${chunk},"items":[${some}]}`,
    );
    chunked.push({ to, chunks });
  }
  return { effects: chunked, events: split(events, chunkBytes).map((some) => `[${some}]`) };
}

/** Joined by commas: as a rope, which is copied once, when it leaves the thread. */
function split(items: readonly string[], most: number): string[] {
  const chunks: string[] = [];
  let chunk = '';
  for (const item of items) {
    if (chunk !== '' && chunk.length + item.length + 1 > most) {
      chunks.push(chunk);
      chunk = '';
    }
    chunk = chunk === '' ? item : `${chunk},${item}`;
  }
  if (chunk !== '') chunks.push(chunk);
  return chunks;
}
