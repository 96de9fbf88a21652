import type { Part } from '../../schemas/canonical/part.ts';
import type { RawRecord, RecordBatch } from '../../schemas/inbox.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { STAGES } from '../../schemas/tasks/quarantine.ts';

/** One record on its way through the stages. Stages fill it in place: a batch belongs to one pipeline at a time. */
export interface RecordWork {
  /** Position of its log message in the bulk lane, and its place in there. */
  readonly position: number;
  readonly item: number;
  /** Append time in ms since the epoch. */
  readonly at: number;
  readonly batch: RecordBatch;
  readonly record: RawRecord;
  /** Filled by extract: the first parts are of the entity that the record is routed to, then those of others. */
  parts: ExtractedPart[];
  /** Set by dedupe: this very record stood earlier in the batch. */
  duplicate: boolean;
  /** Set by the stage that rejects the record. */
  problem: Problem | null;
}

export interface ExtractedPart {
  readonly kind: string;
  readonly key: MatchingKey;
  /** Canonical message: `order`, `orderLine`, `customer`, `enterprise`, `product`, `payment`, `fulfilment`, `review`. */
  readonly name: string;
  part: Part;
}

/** Why a record is not accepted, where, by which rule, with which value, and what would fix it. */
export interface Problem {
  readonly code: string;
  readonly stage: Stage;
  readonly rule: string;
  /** Path of the offending field, in the raw record or in the canonical part. */
  readonly field: string;
  /** The offending value as JSON text, shortened. */
  readonly value: string;
  readonly message: string;
  readonly fix: string;
  /** Fields of the raw record that the offending one is made of, as far as its source knows. */
  readonly from: readonly string[];
  /** What its source tells the record by; '' where nobody could find out. */
  readonly identity: string;
}

export type Stage = (typeof STAGES)[number];

/** A stage works on a whole batch at once, and leaves alone what an earlier stage rejected. */
export type StageFunction = (batch: readonly RecordWork[]) => void;
