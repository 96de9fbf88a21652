import type { StoredDocument } from './document.ts';
import type { Lane, PartitionId } from './partition.ts';

/** Up to which all is applied in a lane: whole log messages up to `after`, and `skip` items of the next one. */
export interface LanePosition {
  readonly after: number;
  readonly skip: number;
}

/** What a commit says to one other partition, split into log messages once and for all. */
export interface EffectChunks {
  readonly to: PartitionId;
  /** Bodies of EffectBatch as JSON text; the index is the chunk number. */
  readonly chunks: readonly string[];
}

export interface Outbox {
  readonly effects: readonly EffectChunks[];
  /** CloudEvents batches (JSON arrays as text), appended in order to the events subject of the partition. */
  readonly events: readonly string[];
}

/**
 * A partition's one document. Replacing it is the commit: the only atomic write that the protocol needs
 * (docs/architecture.md, "the commit").
 */
export interface Checkpoint {
  readonly v: 1;
  readonly id: PartitionId;
  /** Counts take-overs; a commit of an older epoch matches nothing. */
  readonly epoch: number;
  /** The name of the opening that owns it; unique to the opening, not to the node. */
  readonly owner: string;
  /** Counts commits. */
  readonly seq: number;
  /** Take-overs since a commit got on in the bulk lane, or through both: more than a few mean that a message kills its reader. */
  readonly openings: number;
  /** Set while messages are tried one by one: the message that was about to be processed, if any. */
  readonly trying: Trying | null;
  /** Identity of the log that the positions count in; '' before the first commit. */
  readonly logId: string;
  readonly positions: Readonly<Record<Lane, LanePosition>>;
  /** Per sending partition the highest (seq, chunk) applied. Never pruned. */
  readonly marks: Readonly<Record<PartitionId, Mark>>;
  /** Highest append time processed, in ms since the epoch; never goes back. */
  readonly now: number;
  readonly changes: readonly StoredDocument[];
  readonly outbox: Outbox;
}

export interface Mark {
  readonly seq: number;
  readonly chunk: number;
}

/** One item of one log message, as a place that a crash can be blamed on. */
export interface Trying {
  readonly lane: Lane;
  readonly position: number;
  readonly item: number;
}

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
