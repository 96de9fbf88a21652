import { Type, type Static } from 'typebox';
import { body, list, PERSONAL, Reference, Time } from '../canonical/fields.ts';

const Text = Type.String();

/**
 * - `record`: a record of a feed that could not be decoded, routed, mapped or validated, or that its entity refused;
 * - `part`: what a record or another actor said of an entity, and the entity refused;
 * - `poison`: a message that made its actor throw, or killed its reader, and parks its key;
 * - `overflow`: a message that came when as many waited behind a poisoned one as may.
 */
export const ENTRY_TYPES = ['record', 'part', 'poison', 'overflow'] as const;

export const STAGES = ['ingress', 'extract', 'cleanse', 'dedupe', 'validate', 'integrate'] as const;

/** management.quarantine: what was rejected, and why. A function of what it holds, and not of the way here. */
export const QuarantineDocument = body({
  v: Type.Literal(2),
  type: Type.Enum(ENTRY_TYPES),
  entity: Reference,
  /** What entries that fail alike have in common. */
  cause: Text,
  code: Text,
  stage: Type.Enum(STAGES),
  rule: Text,
  /** Path of the offending field in the canonical part, or in the mapping; '' where there is none. */
  field: Text,
  /** The offending value as JSON text, shortened; '' where there is none. */
  value: Type.String(PERSONAL),
  message: Type.String(PERSONAL),
  fix: Text,
  /** Fields of the raw record that the offending one is made of, as far as its source knows. */
  from: list(Text),
  source: Type.Optional(Text),
  sourceVersion: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Which kind of record of its source it is. */
  record: Type.Optional(Text),
  /** By what its source tells it from other records; without it nobody could find out. */
  identity: Type.Optional(Type.String(PERSONAL)),
  /** The record as it came; or the message, as it stood in the inbox (poison, overflow) or was heard (part). */
  raw: Type.Unknown(PERSONAL),
});

/** In management.quarantine and management.resolutions: what depends on the way here. */
export const QuarantineMeta = body({
  v: Type.Literal(1),
  feed: Type.Optional(Text),
  /** File and line, and the column where it is known. */
  where: Type.Optional(Text),
  stack: Type.Optional(Text),
  /** The entry that it was sent again out of. */
  corrects: Type.Optional(Text),
});

/** management.resolutions: what became of an entry, and who saw to it. `_id` is the entry's. */
export const ResolutionDocument = body({
  v: Type.Literal(1),
  how: Type.Enum(['fixed', 'redriven', 'dropped']),
  by: Type.String(PERSONAL),
  why: Type.Optional(Type.String(PERSONAL)),
  at: Time,
  /** Where it went on: the entity that it is routed to now, and the feed that its verdict is counted in. */
  to: Type.Optional(body({ entity: Reference, feed: Type.Optional(Text) })),
  entry: QuarantineDocument,
});

/** management.exports: entries that went to a file, since the quarantine was full or they were old. */
export const ExportDocument = body({
  v: Type.Literal(1),
  /** Its name in the folder `quarantine` of the data set. */
  file: Text,
  partition: Text,
  collection: Text,
  documents: Type.Integer({ minimum: 1 }),
  at: Time,
});

export type QuarantineDocument = Readonly<Static<typeof QuarantineDocument>>;
export type QuarantineMeta = Readonly<Static<typeof QuarantineMeta>>;
export type ResolutionDocument = Readonly<Static<typeof ResolutionDocument>>;
export type ExportDocument = Readonly<Static<typeof ExportDocument>>;
