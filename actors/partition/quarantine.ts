import type { StoredDocument } from '../../schemas/document.ts';
import { fingerprint } from '../../schemas/key.ts';
import type { Problem } from '../../streams/pipeline/batch.ts';
import type { Delivery, Origin } from '../../streams/pipeline/delivery.ts';
import type { RecordWork } from '../../streams/pipeline/batch.ts';
import { encode, type Stamp } from './encode.ts';
import { keyOf, alone } from './intake.ts';
import type { LaneItem } from './lane-reader.ts';
import type { Refusal } from './turn.ts';

/** Longest stack kept with a poisoned message, in characters. */
const STACK_LENGTH = 4000;

/** A record that a stage rejected. Its id is its content's, so that the same record again is the same document. */
export function quarantinedRecord(stamp: Stamp, { record, batch, problem }: RecordWork): StoredDocument {
  const raw = batch.columns === undefined ? record.raw : { columns: batch.columns, row: record.raw };
  const origin = {
    type: 'record',
    feed: batch.feed,
    source: batch.source,
    sourceVersion: batch.sourceVersion,
    record: record.record,
    raw,
  } as const;
  return document(
    stamp,
    { ...origin, ...(record.where === undefined ? {} : { where: record.where }) },
    record.key,
    'record',
    problem ?? unexplained(),
  );
}

/** A record, or a part that failed at another actor, that a rule of its entity forbids. */
export function refusedDelivery(stamp: Stamp, { origin, key, messages }: Delivery, refusal: Refusal): StoredDocument {
  const problem: Problem = {
    code: refusal.code,
    stage: 'integrate',
    rule: refusal.code,
    field: refusal.field ?? '',
    value: JSON.stringify(refusal.value ?? null).slice(0, 200),
    message: refusal.reason,
    fix: '',
  };
  const whole: Origin | { type: 'part' | 'effect'; raw: unknown } =
    origin.type === 'record' ? origin : { type: 'part', raw: messages };
  return document(stamp, whole, key, origin.type === 'record' ? 'record' : 'part', problem);
}

/** A message that made its actor throw, or killed its reader. */
export function poisoned(stamp: Stamp, item: LaneItem, error: unknown): { id: string; document: StoredDocument } {
  const message = error instanceof Error ? error.message : String(error);
  const raw = alone(item);
  const key = keyOf(item);
  const id = fingerprint(JSON.stringify(['poison', key, raw]));
  const body = {
    v: 1,
    type: 'poison',
    entity: key,
    cause: `poison/${message.slice(0, 100)}`,
    code: 'MF_POISON',
    stage: 'integrate',
    message,
    fix: 'mend the actor, then redrive the entity; or drop the message',
    raw,
  };
  const stack = error instanceof Error ? (error.stack ?? '').slice(0, STACK_LENGTH) : '';
  return { id, document: encode(stamp, 'management.quarantine', id, stamp.seq, body, { stack }) };
}

/** The poisoned message is gone: redriven or dropped. */
export function resolved(stamp: Stamp, id: string): StoredDocument {
  return encode(stamp, 'management.quarantine', id, stamp.seq, null, undefined);
}

type Quarantined = Origin | { readonly type: 'part' | 'effect'; readonly raw: unknown };

function document(
  stamp: Stamp,
  origin: Quarantined,
  key: string,
  type: 'record' | 'part',
  problem: Problem,
): StoredDocument {
  const about =
    origin.type === 'record'
      ? { source: origin.source, sourceVersion: origin.sourceVersion, record: origin.record, raw: origin.raw }
      : { raw: 'raw' in origin ? origin.raw : null };
  const source = origin.type === 'record' ? origin.source : 'part';
  const id = fingerprint(JSON.stringify([type, source, key, about.raw]));
  const { code, stage, rule, field, value, message, fix } = problem;
  const cause = `${source}/${code}/${field}`;
  const body = { v: 1, type, entity: key, cause, code, stage, rule, field, value, message, fix, ...about };
  const meta = origin.type === 'record' ? { feed: origin.feed, where: origin.where } : undefined;
  return encode(stamp, 'management.quarantine', id, stamp.seq, body, meta);
}

function unexplained(): Problem {
  return {
    code: 'MF_UNEXPLAINED',
    stage: 'ingress',
    rule: '',
    field: '',
    value: '',
    message: 'rejected without a reason',
    fix: '',
  };
}
