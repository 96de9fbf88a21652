import type { StoredDocument } from '../../schemas/document.ts';
import type { InboxBody } from '../../schemas/inbox.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import { encode, type Stamp } from './encode.ts';
import { alone, keyOf } from './intake.ts';
import type { LaneItem } from './lane-reader.ts';

/** How a message waits behind a poisoned one: whole, as it stood in the inbox, so that every stage runs again. */
export interface ParkedBody {
  readonly v: 1;
  readonly entity: MatchingKey;
  readonly lane: 'fast' | 'bulk';
  /** Append time of the message, in ms since the epoch. */
  readonly at: number;
  readonly item: InboxBody;
}

/** Ids sort in the order in which the messages were to be heard: key, commit, place within the commit. */
export function parkedDocument(stamp: Stamp, item: LaneItem, place: number): StoredDocument {
  const key = keyOf(item);
  const body: ParkedBody = { v: 1, entity: key, lane: item.lane, at: item.at, item: alone(item) };
  return encode(stamp, 'master.parked', `${key}.${pad(stamp.seq)}.${pad(place)}`, stamp.seq, { ...body }, undefined);
}

export function unparked(stamp: Stamp, id: string): StoredDocument {
  return encode(stamp, 'master.parked', id, stamp.seq, null, undefined);
}

/** A parked message, as an item to be processed again. */
export function parkedItem(document: StoredDocument): LaneItem {
  const { lane, at, item } = JSON.parse(document.json ?? 'null') as ParkedBody;
  return { lane, position: 0, item: 0, at, body: item, bytes: document.json?.length ?? 0, lastOfMessage: false };
}

function pad(n: number): string {
  return String(n).padStart(12, '0');
}
