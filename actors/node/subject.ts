import { isCanonicalName } from '../../schemas/canonical/canonical.ts';
import type { Part } from '../../schemas/canonical/part.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { EffectItem, InboxBody } from '../../schemas/inbox.ts';
import { fingerprint } from '../../schemas/key.ts';
import type { QuarantineDocument, QuarantineMeta } from '../../schemas/tasks/quarantine.ts';
import {
  sendAgain,
  withChanges,
  withPayload,
  type Change,
  type KeptRecord,
  type SentAs,
} from '../../streams/ingress/again.ts';
import { canonicalJson } from '../../streams/mapping/canonical-json.ts';
import { isMap } from '../../streams/mapping/options.ts';
import type { SourceRegistry } from '../../streams/mapping/registry.ts';
import { recordIn } from '../partition/intake.ts';
import { presentBody } from '../partition/lane-reader.ts';
import type { Entry } from './entries.ts';

/** What an entry of the quarantine holds: a record, a part of one, or the words of somebody else. */
export type Subject =
  | { readonly type: 'record'; readonly kept: KeptRecord }
  | { readonly type: 'part'; readonly name: string; readonly part: Part }
  | { readonly type: 'other'; readonly what: string; readonly name: string; readonly data: unknown };

/** What stands in an entry's place from now on. */
export type Correction =
  | { readonly type: 'fields'; readonly changes: readonly Change[] }
  | { readonly type: 'payload'; readonly payload: Uint8Array };

export function subjectOf(
  entry: Pick<QuarantineDocument, 'type' | 'raw' | 'source' | 'code' | 'stage'>,
  meta: Pick<QuarantineMeta, 'where'>,
): Subject {
  switch (entry.type) {
    case 'record':
      return { type: 'record', kept: keptRecord(entry, meta) };
    case 'part': {
      const { type, name, data } = entry.raw as {
        readonly type: string;
        readonly name: string;
        readonly data: unknown;
      };
      return said(type, name, data);
    }
    case 'poison':
    case 'overflow':
      return subjectOfItem(presentBody(entry.raw as InboxBody));
  }
}

/** As it is sent again. Nothing is sent of what waits as it stood, and is heard where it is. */
export function sendable(subject: Subject, entity: string, sources: SourceRegistry, as: SentAs): EffectItem {
  switch (subject.type) {
    case 'record':
      return sendAgain(sources, subject.kept, as);
    case 'part':
      return { key: entity, type: 'part', name: subject.name, data: subject.part };
    case 'other':
      return { key: entity, type: 'effect', name: subject.name, data: subject.data };
  }
}

/** @throws MF_FIX_INVALID, MF_NOT_FIXABLE */
export function corrected(subject: Subject, correction: Correction, sources: SourceRegistry): Subject {
  switch (subject.type) {
    case 'record':
      return { type: 'record', kept: correctedRecord(subject.kept, correction, sources) };
    case 'part':
      return { ...subject, part: correctedPart(subject.name, subject.part, correction) };
    case 'other':
      throw new MasterflagError('MF_NOT_FIXABLE', `a ${subject.what} ${subject.name} is no record, nor a part of one`);
  }
}

function correctedRecord(kept: KeptRecord, correction: Correction, sources: SourceRegistry): KeptRecord {
  if (correction.type === 'payload') return withPayload(sources, kept, correction.payload);
  return withChanges(kept, correction.changes);
}

function correctedPart(name: string, part: Part, correction: Correction): Part {
  const bare = { source: part.source, isRead: true, raw: part.body } as const;
  if (correction.type === 'fields') {
    const changes = correction.changes.map(([field, value]): Change => {
      return [field.startsWith(`${name}.`) ? field.slice(name.length + 1) : field, value];
    });
    return withBody(part, withChanges(bare, changes).raw);
  }
  const body: unknown = JSON.parse(Buffer.from(correction.payload).toString('utf8'));
  return withBody(part, body);
}

/** Another body is another statement: its hash tells it from the one that was refused. */
function withBody(part: Part, body: unknown): Part {
  if (!isMap(body)) throw new MasterflagError('MF_FIX_INVALID', 'the body of a part is a JSON object');
  return { ...part, body, hash: fingerprint(canonicalJson(body)) };
}

function subjectOfItem(body: InboxBody): Subject {
  const found = recordIn({ body, item: 0, position: 0 });
  if (found !== null) {
    const { batch, record } = found;
    const { source, columns } = batch;
    const kept = { source, raw: record.raw, isRead: record.fault === undefined };
    return {
      type: 'record',
      kept: { ...kept, ...(columns && { columns }), ...(record.where && { where: record.where }) },
    };
  }
  switch (body.type) {
    case 'records':
      throw new RangeError('a batch of records without a record');
    case 'effects': {
      const [effect] = body.items;
      return said(effect?.type ?? '', effect?.name ?? '', effect?.data);
    }
    case 'command':
      return { type: 'other', what: 'command', name: body.name, data: body.data };
    case 'timer':
      return { type: 'other', what: 'timer', name: body.timer, data: { generation: body.generation } };
  }
}

function said(type: string, name: string, data: unknown): Subject {
  if (type === 'part' && isCanonicalName(name)) return { type: 'part', name, part: data as Part };
  return { type: 'other', what: type, name, data };
}

/** What could not be read is kept as text or bytes, under the columns of its file. */
function keptRecord(
  { raw, source = '', code, stage }: Pick<Entry, 'raw' | 'source' | 'code' | 'stage'>,
  { where }: Pick<QuarantineMeta, 'where'>,
): KeptRecord {
  const table = isMap(raw) && Array.isArray(raw['columns']) && 'row' in raw ? raw : undefined;
  const record = table === undefined ? raw : table['row'];
  const columns = table === undefined ? {} : { columns: table['columns'] as readonly string[] };
  const isRead = stage !== 'ingress' || ROUTING.has(code) || Array.isArray(record);
  return { source, raw: record, isRead, ...columns, ...(where === undefined ? {} : { where }) };
}

/** Codes of records that were read, and that nobody knew where to send. */
const ROUTING: ReadonlySet<string> = new Set(['MF_RECORD_UNROUTABLE', 'MF_FEED_UNRECOGNISED', 'MF_FEED_COLUMNS']);
