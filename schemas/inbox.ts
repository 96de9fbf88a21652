import { Type, type Static } from 'typebox';
import { body, list, PERSONAL, Reference } from './canonical/fields.ts';
import type { PartitionId } from './partition.ts';

/**
 * What travels in the inbox of a partition, as JSON text. One log message holds many items, because one item a
 * message costs a log two orders of magnitude of its rate. Every shape carries `v`.
 */
export type InboxBody = RecordBatch | EffectBatch | CommandBody | TimerBody;

const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });

/** What a record is, whatever it travels in. */
const record = {
  /** Decoded payload: an object, or a row of `columns`. For a fault, what could be read of it. */
  raw: Type.Unknown(PERSONAL),
  /** Where it stood, for people: file and line, or the sender's own reference. */
  where: Type.Optional(Text),
  /** Set when ingress could not decode or route it: the pipeline quarantines it under this code. */
  fault: Type.Optional(body({ code: Text, detail: Text })),
};

/** What all records of a batch have in common. */
const batch = {
  source: Text,
  sourceVersion: Type.Integer({ minimum: 1 }),
  /** One run of one feed: verdicts are counted under this name. */
  feed: Text,
  /** Names of the fields when `raw` is a row: array formats name their columns once a batch. */
  columns: Type.Optional(list(Text)),
};

export const RawRecord = body({
  /** The matching key of the entity that the record is routed to; for a fault, the key of its content. */
  key: Reference,
  /** Which kind of record of its source this is, for sources with several (a file of a folder, a topic). */
  record: Text,
  ...record,
  /** The entry of the quarantine that it was sent again out of. */
  corrects: Type.Optional(Text),
});

/** Bulk lane: records of one source, as received, in the order of the feed. */
export const RecordBatch = body({
  v: Type.Literal(1),
  type: Type.Literal('records'),
  ...batch,
  records: list(RawRecord),
});

/** A record that is sent again out of quarantine, with all that its batch says of it. */
export const SentRecord = body({ v: Type.Literal(1), ...batch, ...record, corrects: Text });

export const EffectItem = body({
  key: Reference,
  /**
   * `part`: a canonical part of a record that was routed to another entity; `effect`: another actor's own words;
   * `record`: one that is sent again, and goes through every stage (SentRecord; `name` is its kind of record).
   */
  type: Type.Enum(['part', 'effect', 'record']),
  name: Text,
  data: Type.Unknown(PERSONAL),
});

/** Fast lane: what one commit of another partition (or of this one) says to entities of this partition. */
export const EffectBatch = body({
  v: Type.Literal(2),
  type: Type.Literal('effects'),
  from: Type.Unsafe<PartitionId>(Text),
  seq: Count,
  chunk: Count,
  items: list(EffectItem),
});

/** Fast lane: somebody wants something done, and an answer. */
export const CommandBody = body({
  v: Type.Literal(1),
  type: Type.Literal('command'),
  key: Reference,
  name: Text,
  data: Type.Unknown(PERSONAL),
  /** The outcome is found by key and this for seven days; the same command again gets the same outcome. */
  idempotencyKey: Text,
  /** The version that the author saw. */
  expectedVersion: Type.Optional(Count),
});

/** Fast lane: a timer that an actor set has come due. A generation other than the actor's present one is stale. */
export const TimerBody = body({
  v: Type.Literal(1),
  type: Type.Literal('timer'),
  key: Reference,
  timer: Text,
  generation: Count,
});

export type RawRecord = Readonly<Static<typeof RawRecord>>;
export type RecordBatch = Readonly<Static<typeof RecordBatch>>;
export type SentRecord = Readonly<Static<typeof SentRecord>>;
export type EffectItem = Readonly<Static<typeof EffectItem>>;
export type EffectBatch = Readonly<Static<typeof EffectBatch>>;
export type CommandBody = Readonly<Static<typeof CommandBody>>;
export type TimerBody = Readonly<Static<typeof TimerBody>>;
