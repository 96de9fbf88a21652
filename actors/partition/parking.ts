import type { StoredDocument } from '../../schemas/document.ts';
import type { InboxBody } from '../../schemas/inbox.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { ParkedDocument } from '../../schemas/tasks/books.ts';
import { upcast } from '../../schemas/upcast.ts';
import { encode, type Stamp } from './encode.ts';
import { alone, keyOf } from './intake.ts';
import { presentBody, type LaneItem } from './lane-reader.ts';
import { readEntry } from './quarantine.ts';

/** Ids of what waits for an entity sort in the order in which it was to be heard: commit, place within the commit. */
export function waitingId(key: MatchingKey, { seq }: Stamp, place: number): string {
  return `${key}.${pad(seq)}.${pad(place)}`;
}

/** The ids of what waits for an entity come after this one. */
export function waitingAfter(key: MatchingKey): string {
  return `${key}.`;
}

export function isWaiting(id: string, key: MatchingKey): boolean {
  return id.startsWith(waitingAfter(key));
}

export function parkedDocument(stamp: Stamp, item: LaneItem, id: string): StoredDocument {
  const body: ParkedDocument = { v: 1, entity: keyOf(item), lane: item.lane, at: item.at, item: alone(item) };
  return encode(stamp, 'master.parked', id, stamp.seq, body, undefined);
}

export function unparked(stamp: Stamp, id: string): StoredDocument {
  return encode(stamp, 'master.parked', id, stamp.seq, null, undefined);
}

/** A message that waits, parked or beyond the limit in quarantine, as an item to be heard again. */
export function waitingItem(document: StoredDocument): LaneItem {
  const { lane, at, item } = document.collection === 'master.parked' ? parked(document) : overflowing(document);
  const bytes = document.json?.length ?? 0;
  return { lane, position: 0, item: 0, at, body: presentBody(item), bytes, lastOfMessage: false };
}

function parked({ json }: StoredDocument): Pick<ParkedDocument, 'lane' | 'at' | 'item'> {
  return upcast<ParkedDocument>('master.parked', JSON.parse(json ?? 'null'));
}

function overflowing(document: StoredDocument): Pick<ParkedDocument, 'lane' | 'at' | 'item'> {
  const item = readEntry(document)?.raw as InboxBody;
  return { lane: item.type === 'records' ? 'bulk' : 'fast', at: document.at, item };
}

function pad(n: number): string {
  return String(n).padStart(12, '0');
}
