import type { Checkpoint } from '../schemas/checkpoint.ts';
import type { DocumentRef, IndexKey, StoredDocument } from '../schemas/document.ts';
import type { PartitionId } from '../schemas/partition.ts';

/**
 * The store port: one checkpoint a partition, and documents in collections. Adapters: sqlite, mongo,
 * simulated. Single-document atomicity is all that it asks for; test/contract/store.contract.ts holds every
 * adapter to what is said here.
 */
export interface Store {
  /**
   * Takes a partition over in one atomic step: epoch + 1, openings + 1, the owner's new name. Always succeeds,
   * however busy the former owner is, and returns the whole checkpoint as it is from then on.
   * @throws UnknownOutcome when it cannot say whether it did: take over again, and use only the epoch returned.
   */
  takeOver(partition: PartitionId, owner: string): Promise<Checkpoint>;

  /**
   * Replaces the checkpoint if its epoch is `next.epoch` and its seq is `next.seq - 1`, in one atomic step.
   * - `committed`: the caller still has to apply and to publish;
   * - `settled`: committed, and the adapter has applied and published within the same atomic step;
   * - `refused`: epoch or seq is another.
   * `hurried` says that somebody waits for it: an adapter whose writes queue takes it before others.
   * @throws UnknownOutcome when it cannot say which.
   */
  commit(next: Checkpoint, hurried?: boolean): Promise<'committed' | 'settled' | 'refused'>;

  /** The checkpoint as the latest acknowledged write left it (linearizable); undefined if never taken over. */
  checkpoint(partition: PartitionId): Promise<Checkpoint | undefined>;

  /** How far partitions have come: these, or all that were ever taken over, by id. As true as `checkpoint`. */
  progress(partitions?: readonly PartitionId[]): Promise<Progress[]>;

  /**
   * Writes documents, each only over an older version of itself, or over one that another hand than the owning
   * partition wrote (which it returns, so that it is counted). Idempotent; documents are written in the order given.
   * @throws UnknownOutcome when it cannot say whether all were written: apply again.
   */
  apply(changes: readonly StoredDocument[]): Promise<ApplyReport>;

  /** The documents that exist, tombstones included, in no particular order. Sees every acknowledged apply. */
  load(refs: readonly DocumentRef[]): Promise<StoredDocument[]>;

  /** Live documents whose declared index has this value, by id. */
  query(collection: string, index: string, value: IndexKey, page: Page): Promise<StoredDocument[]>;

  /** The first `limit` live documents whose declared index has a value from `from` to `to`, by value and id. */
  range(collection: string, index: string, from: IndexKey, to: IndexKey, limit: number): Promise<StoredDocument[]>;

  /** Live documents of a collection, by id. */
  page(collection: string, page: Page): Promise<StoredDocument[]>;

  /** How many live documents a collection has. */
  count(collection: string): Promise<number>;

  /** How much the live documents of a collection are, or those whose declared index has this value. */
  size(collection: string, index?: string, value?: IndexKey): Promise<Size>;

  close(): Promise<void>;
}

/** The half of the store that writes nothing. */
export type StoreReads = Pick<
  Store,
  'checkpoint' | 'progress' | 'load' | 'query' | 'range' | 'page' | 'count' | 'size'
>;

/** A checkpoint without what its commit writes, which may be megabytes. */
export type Progress = Pick<Checkpoint, 'id' | 'epoch' | 'owner' | 'seq' | 'openings' | 'logId' | 'positions' | 'now'>;

export function progressOf({ id, epoch, owner, seq, openings, logId, positions, now }: Checkpoint): Progress {
  return { id, epoch, owner, seq, openings, logId, positions, now };
}

export interface Page {
  /** Ids strictly after this one; '' from the beginning. */
  readonly after: string;
  readonly limit: number;
}

export interface Size {
  readonly documents: number;
  /** Of bodies and metas, as UTF-8. */
  readonly bytes: number;
  /** When the one was written that was written first, in ms since the epoch; Infinity of none. */
  readonly oldest: number;
}

export interface ApplyReport {
  /** Documents that somebody else than their partition had changed, now overwritten. */
  readonly foreign: readonly DocumentRef[];
}
