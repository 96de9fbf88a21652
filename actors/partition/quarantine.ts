import type { StoredDocument } from '../../schemas/document.ts';
import { ERRORS, isErrorCode, MasterflagError, type ErrorCode } from '../../schemas/errors.ts';
import type { Part } from '../../schemas/canonical/part.ts';
import { fingerprint, kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { ActorMessage } from '../../schemas/message.ts';
import type { QuarantineDocument, QuarantineMeta } from '../../schemas/tasks/quarantine.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { Problem, RecordWork } from '../../streams/pipeline/batch.ts';
import type { Delivery } from '../../streams/pipeline/delivery.ts';
import { problem } from '../../streams/pipeline/problem.ts';
import { encode, type Stamp } from './encode.ts';
import { alone, keyOf, recordIn } from './intake.ts';
import type { LaneItem } from './lane-reader.ts';
import type { Refusal } from './turn.ts';

/** Longest stack kept with a poisoned message, in characters. */
const STACK_LENGTH = 4000;

/** How much of an exception's message tells one bug from another, in characters. */
const CAUSE_LENGTH = 80;

type Entry = QuarantineDocument;
type Told = Pick<Entry, 'source' | 'sourceVersion' | 'record' | 'identity' | 'raw'>;

/** A record that a stage rejected. Its id is its content's, so that the same record again is the same document. */
export function quarantinedRecord(stamp: Stamp, { record, batch, problem: found }: RecordWork): StoredDocument {
  const problem = found ?? unexplained();
  const { source, sourceVersion, feed, columns } = batch;
  const raw = columns === undefined ? record.raw : { columns, row: record.raw };
  const told = { source, sourceVersion, record: record.record, ...identityOf(problem), raw };
  return contentEntry(stamp, 'record', record.key, told, problem, { v: 1, feed, ...whereOf(record) });
}

/** A record, or a part that failed at another actor, that a rule of its entity forbids. */
export function refusedDelivery(stamp: Stamp, { origin, key, messages }: Delivery, refusal: Refusal): StoredDocument {
  const { code, reason: message, field, value } = refusal;
  const slot = (messages[0]?.data as Partial<Part> | undefined)?.slot;
  const found: Problem = {
    ...problem({ code, stage: 'integrate', rule: code, message, fix: mendOf(code), value }),
    ...(field === undefined ? {} : { field }),
    ...(slot === undefined ? {} : { identity: slot }),
  };
  if (origin.type !== 'record')
    return contentEntry(stamp, 'part', key, { ...toldOf(messages[0]), ...identityOf(found) }, found, { v: 1 });
  const { source, sourceVersion, record, raw, feed } = origin;
  const told = { source, sourceVersion, record, ...identityOf(found), raw };
  return contentEntry(stamp, 'record', key, told, found, { v: 1, feed, ...whereOf(origin) });
}

/** A message that made its actor throw, or killed its reader. */
export function poisoned(stamp: Stamp, item: LaneItem, error: unknown): { id: string; document: StoredDocument } {
  const code = error instanceof MasterflagError ? error.code : 'MF_POISON';
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error ? error.name : typeof error;
  const found = problem({ code, stage: 'integrate', rule: name, message, fix: mendOf(code) });
  const key = keyOf(item);
  const id = poisonId(key, item);
  const stack = error instanceof Error ? (error.stack ?? '').slice(0, STACK_LENGTH) : '';
  const told = { ...toldOfItem(item), raw: alone(item) };
  const body = bodyOf('poison', key, told, found, sameBut(message));
  return { id, document: entryDocument(stamp, id, body, { v: 1, ...metaOfItem(item), stack }) };
}

/** The id of the entry of a message that parks its key. */
export function poisonId(key: MatchingKey, item: Pick<LaneItem, 'body' | 'item'>): string {
  return `q${fingerprint(JSON.stringify(['poison', key, alone(item)]))}`;
}

/**
 * A message that came when as many waited behind a poisoned one as may. The id sorts it among those of its entity, in
 * the order in which they were to be heard.
 */
export function overflowed(stamp: Stamp, item: LaneItem, id: string, poison: string): StoredDocument {
  const code: ErrorCode = 'MF_TOO_MANY_PARKED';
  const message = `as many messages as may wait already behind the poisoned one ${poison}`;
  const found = problem({ code, stage: 'integrate', rule: 'parkedPerKey', message, fix: mendOf(code) });
  const body = bodyOf('overflow', keyOf(item), { ...toldOfItem(item), raw: alone(item) }, found, '');
  return entryDocument(stamp, id, body, { v: 1, ...metaOfItem(item) });
}

/** The entry with another reason: it was sent again and is refused still. */
export function refusedAgain(
  stamp: Stamp,
  entry: StoredDocument,
  { entity, type, raw, source, record }: Entry,
  found: Problem,
  sourceVersion: number,
): StoredDocument {
  // In the order in which it was written first: the same again is the same text.
  const told = {
    ...(source === undefined ? {} : { source }),
    sourceVersion,
    ...(record === undefined ? {} : { record }),
    ...identityOf(found),
    raw,
  };
  const body = bodyOf(type, entity, told, found, '');
  return entryDocument(stamp, entry.id, body, readMeta(entry));
}

/** It is in quarantine no more: sent again, heard, dropped or exported. */
export function resolved(stamp: Stamp, id: string): StoredDocument {
  return encode(stamp, 'management.quarantine', id, stamp.seq, null, undefined);
}

/** An entry in the present version of its shape; null for one that is in quarantine no more. */
export function readEntry({ json }: StoredDocument): Entry | null {
  return json === null ? null : upcast<Entry>('management.quarantine', JSON.parse(json));
}

export function readMeta({ meta }: StoredDocument): QuarantineMeta {
  return meta === '' ? { v: 1 } : { ...(JSON.parse(meta) as QuarantineMeta), v: 1 };
}

function contentEntry(
  stamp: Stamp,
  type: 'record' | 'part',
  key: string,
  told: Told,
  found: Problem,
  meta: QuarantineMeta,
): StoredDocument {
  const id = `q${fingerprint(JSON.stringify([type, told.source ?? '', key, told.raw]))}`;
  return entryDocument(stamp, id, bodyOf(type, key, told, found, ''), meta);
}

function bodyOf(type: Entry['type'], entity: string, told: Told, found: Problem, bug: string): Entry {
  const { code, stage, rule, field, value, message, fix, from } = found;
  const cause = causeOf(told.source ?? kindOfKey(entity) ?? '', found, bug);
  return { v: 2, type, entity, cause, code, stage, rule, field, value, message, fix, from, ...told };
}

function entryDocument(stamp: Stamp, id: string, body: Entry, meta: QuarantineMeta): StoredDocument {
  return encode(stamp, 'management.quarantine', id, stamp.seq, body, meta);
}

/** What entries that fail alike have in common: source, code, field (in any item of a list), rule; or the bug. */
function causeOf(source: string, { code, stage, field, rule }: Problem, bug: string): string {
  const place = field.replace(/\.\d+(?=\.|$)|\[[\d.]+\]/g, '.*');
  // The codes of these two stages are rules already.
  const told = stage === 'ingress' || stage === 'integrate' ? '' : rule.replaceAll(' ', '-');
  return [source, code, place, told, bug].filter((text) => text !== '').join('/');
}

/** One bug throws with another id or number each time. */
function sameBut(message: string): string {
  return message
    .replace(/[a-z0-9-]+\.[a-z]+\.[\w-]{22}|\d+/g, '*')
    .replace(/\s+/g, ' ')
    .slice(0, CAUSE_LENGTH)
    .trim();
}

function mendOf(code: string): string {
  return isErrorCode(code) ? ERRORS[code].mend : 'Look at what the actor says of it.';
}

/** Of a part or an effect: what it was, and whose words. */
function toldOf(message: ActorMessage | undefined): Told {
  const { type, name, data } = message ?? { type: 'part', name: '', data: null };
  const source = (data as { readonly source?: unknown } | null)?.source;
  return { ...(typeof source === 'string' ? { source } : {}), raw: { type, name, data } };
}

function toldOfItem(item: LaneItem): Omit<Told, 'raw'> {
  const found = recordIn(item);
  if (found !== null) {
    const { batch, record } = found;
    return { source: batch.source, sourceVersion: batch.sourceVersion, record: record.record };
  }
  const effect = item.body.type === 'effects' ? item.body.items[item.item] : undefined;
  const { source, slot } = (effect?.data ?? {}) as { readonly source?: unknown; readonly slot?: unknown };
  return {
    ...(typeof source === 'string' ? { source } : {}),
    ...(typeof slot === 'string' ? { identity: slot } : {}),
  };
}

function metaOfItem(item: LaneItem): Omit<QuarantineMeta, 'v'> {
  const found = recordIn(item);
  return found === null ? {} : { feed: found.batch.feed, ...whereOf(found.record) };
}

function whereOf({ where, corrects }: { readonly where?: string; readonly corrects?: string }) {
  return { ...(where === undefined ? {} : { where }), ...(corrects === undefined ? {} : { corrects }) };
}

function identityOf({ identity }: Problem): Pick<Told, 'identity'> {
  return identity === '' ? {} : { identity };
}

function unexplained(): Problem {
  const code: ErrorCode = 'MF_UNEXPLAINED';
  return problem({ code, stage: 'ingress', rule: '', message: 'rejected without a reason', fix: mendOf(code) });
}
