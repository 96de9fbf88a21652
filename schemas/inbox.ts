import type { MatchingKey } from './key.ts';
import type { PartitionId } from './partition.ts';

/**
 * What travels in the inbox of a partition, as JSON text. One log message holds many items, because one item a
 * message costs a log two orders of magnitude of its rate. Every shape carries `v`.
 */
export type InboxBody = RecordBatch | EffectBatch | CommandBody | TimerBody;

/** Bulk lane: records of one source, as received, in the order of the feed. */
export interface RecordBatch {
  readonly v: 1;
  readonly type: 'records';
  readonly source: string;
  readonly sourceVersion: number;
  /** One run of one feed: verdicts are counted under this name. */
  readonly feed: string;
  /** Names of the fields when `raw` is a row: array formats name their columns once a batch. */
  readonly columns?: readonly string[];
  readonly records: readonly RawRecord[];
}

export interface RawRecord {
  /** The matching key of the entity that the record is routed to; for a fault, the key of its content. */
  readonly key: MatchingKey;
  /** Which kind of record of its source this is, for sources with several (a file of a folder, a topic). */
  readonly record: string;
  /** Decoded payload: an object, or a row of `columns`. For a fault, what could be read of it. */
  readonly raw: unknown;
  /** Where it stood, for people: file and line, or the sender's own reference. */
  readonly where?: string;
  /** Set when ingress could not decode or route it: the pipeline quarantines it under this code. */
  readonly fault?: { readonly code: string; readonly detail: string };
}

/** Fast lane: what one commit of another partition (or of this one) says to entities of this partition. */
export interface EffectBatch {
  readonly v: 1;
  readonly type: 'effects';
  readonly from: PartitionId;
  readonly seq: number;
  readonly chunk: number;
  readonly items: readonly EffectItem[];
}

export interface EffectItem {
  readonly key: MatchingKey;
  /** `part`: a canonical part of a record that was routed to another entity; `effect`: another actor's own words. */
  readonly type: 'part' | 'effect';
  readonly name: string;
  readonly data: unknown;
}

/** Fast lane: somebody wants something done, and an answer. */
export interface CommandBody {
  readonly v: 1;
  readonly type: 'command';
  readonly key: MatchingKey;
  readonly name: string;
  readonly data: unknown;
  /** The outcome is found by key and this for seven days; the same command again gets the same outcome. */
  readonly idempotencyKey: string;
  /** The version that the author saw. */
  readonly expectedVersion?: number;
}

/** Fast lane: a timer that an actor set has come due. A generation other than the actor's present one is stale. */
export interface TimerBody {
  readonly v: 1;
  readonly type: 'timer';
  readonly key: MatchingKey;
  readonly timer: string;
  readonly generation: number;
}
