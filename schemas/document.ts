import type { PartitionId } from './partition.ts';

/**
 * A document as the store keeps it. `json` and `meta` are text, because a document is encoded once, by the commit
 * that wrote it, and text cannot be changed behind the back of whoever shares it.
 */
export interface StoredDocument {
  readonly collection: string;
  readonly id: string;
  /** The version of the entity that the document belongs to, as of the commit that wrote it. Never goes back. */
  readonly version: number;
  /** Who wrote it: the owning partition and the seq of its commit. */
  readonly partition: PartitionId;
  readonly seq: number;
  /** Append time of the message that changed it last, in ms since the epoch. */
  readonly at: number;
  /** The body, `_id` first: a function of the set of records. `null` is a tombstone. */
  readonly json: string | null;
  /** What depends on the way here (actor's working state, newest records, parked work), as JSON text; '' for none. */
  readonly meta: string;
  /** The values of the collection's declared indexes, in their declared order. */
  readonly keys: readonly IndexKey[];
}

export type IndexKey = string | number | null;

/** Where a document is found. */
export interface DocumentRef {
  readonly collection: string;
  readonly id: string;
}

/** `collection` is a `<system>.<task>`, so the first slash ends it whatever the id holds. */
export function refName(ref: DocumentRef): string {
  return `${ref.collection}/${ref.id}`;
}
