import { Type, type Static } from 'typebox';
import { body, list, PERSONAL } from './canonical/fields.ts';
import type { StoredDocument } from './document.ts';
import type { Lane, PartitionId } from './partition.ts';

const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });
const Id = Type.Unsafe<PartitionId>(Text);

/** Up to which all is applied in a lane: whole log messages up to `after`, and `skip` items of the next one. */
export const LanePosition = body({ after: Count, skip: Count });

/** What a commit says to one other partition, split into log messages once and for all. */
export const EffectChunks = body({
  to: Id,
  /** Bodies of EffectBatch as JSON text; the index is the chunk number. */
  chunks: list(Text),
});

export const Outbox = body({
  effects: list(EffectChunks),
  /** CloudEvents batches (JSON arrays as text), appended in order to the events subject of the partition. */
  events: list(Text),
});

export const Mark = body({ seq: Count, chunk: Count });

/** One item of one log message, as a place that a crash can be blamed on. */
export const Trying = body({ lane: Type.Unsafe<Lane>(Type.Enum(['fast', 'bulk'])), position: Count, item: Count });

/** As the store keeps it (schemas/document.ts); its body has a shape of its own. */
const Document = Type.Unsafe<StoredDocument>(
  body({
    collection: Text,
    id: Text,
    version: Count,
    partition: Text,
    seq: Count,
    at: Count,
    json: Type.Union([Type.String(PERSONAL), Type.Null()]),
    meta: Type.String(PERSONAL),
    keys: list(Type.Union([Text, Type.Number(), Type.Null()])),
  }),
);

/**
 * A partition's one document. Replacing it is the commit: the only atomic write that the protocol needs
 * (docs/architecture.md, "the commit").
 */
export const Checkpoint = body({
  v: Type.Literal(1),
  id: Id,
  /** Counts take-overs; a commit of an older epoch matches nothing. */
  epoch: Count,
  /** The name of the opening that owns it; unique to the opening, not to the node. */
  owner: Text,
  /** Counts commits. */
  seq: Count,
  /** Take-overs since a commit got on in the bulk lane, or through both: more than a few mean that a message kills its reader. */
  openings: Count,
  /** Set while messages are tried one by one: the message that was about to be processed, if any. */
  trying: Type.Unsafe<Trying | null>(Type.Union([Trying, Type.Null()])),
  /** Identity of the log that the positions count in; '' before the first commit. */
  logId: Text,
  positions: Type.Unsafe<Readonly<Record<Lane, LanePosition>>>(body({ fast: LanePosition, bulk: LanePosition })),
  /** Per sending partition the highest (seq, chunk) applied. Never pruned. */
  marks: Type.Unsafe<Readonly<Record<PartitionId, Mark>>>(Type.Record(Text, Mark)),
  /** Highest append time processed, in ms since the epoch; never goes back. */
  now: Count,
  changes: list(Document),
  outbox: Type.Unsafe<Outbox>(Outbox),
});

export type LanePosition = Readonly<Static<typeof LanePosition>>;
export type EffectChunks = Readonly<Static<typeof EffectChunks>>;
export type Outbox = Readonly<Static<typeof Outbox>>;
export type Mark = Readonly<Static<typeof Mark>>;
export type Trying = Readonly<Static<typeof Trying>>;
export type Checkpoint = Readonly<Static<typeof Checkpoint>>;

export const EMPTY_OUTBOX: Outbox = Object.freeze({ effects: [], events: [] });

/** What a partition looks like before its first take-over. */
export function unopened(id: PartitionId): Checkpoint {
  return {
    v: 1,
    id,
    epoch: 0,
    owner: '',
    seq: 0,
    openings: 0,
    trying: null,
    logId: '',
    positions: { fast: { after: 0, skip: 0 }, bulk: { after: 0, skip: 0 } },
    marks: {},
    now: 0,
    changes: [],
    outbox: EMPTY_OUTBOX,
  };
}
