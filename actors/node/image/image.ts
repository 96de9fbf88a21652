import { COLLECTIONS, type Collection } from '../../../config/tasks.ts';
import type { Checkpoint } from '../../../schemas/checkpoint.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import type { DataSetFacts } from '../../../schemas/image.ts';
import { allPartitions, LANES, type Lane, type PartitionId } from '../../../schemas/partition.ts';
import type { EventsAppend } from '../../../streams/log.ts';

/**
 * A whole data set as of one moment, whatever it is kept in: what is needed to go on from there somewhere else. Each
 * list comes in pages that fit into memory, always in the same order.
 *
 * Tombstones are no part of it. They keep a late write from bringing a document back, and an image is of settled commits
 * only: nobody is left who would write late to where it goes. Versions go on, since those of entities stand in their
 * flags, which are never removed, and all others are numbers of commits.
 */
export interface Image {
  /** Tells images apart, so that nobody goes on with the copy of another one. */
  readonly id: string;
  readonly facts: DataSetFacts;

  /** Settled, with nothing left to apply or publish, and positions in a log that has only `messages`. */
  checkpoints(): Promise<readonly Checkpoint[]>;

  /** Live documents, by id. */
  documents(collection: Collection): AsyncIterable<readonly StoredDocument[]>;

  /** Bodies of messages that are not applied, oldest first. */
  messages(partition: PartitionId, lane: Lane): AsyncIterable<readonly string[]>;

  /** In the order of commits. */
  events(partition: PartitionId): AsyncIterable<readonly EventsAppend[]>;
}

/** What every data set writes anew when it is set up, and no image holds. */
const OF_THE_PLACE: readonly Collection[] = ['management.setup'];

export const IMAGE_COLLECTIONS: readonly Collection[] = COLLECTIONS.filter((name) => !OF_THE_PLACE.includes(name));

export interface LaneOf {
  readonly partition: PartitionId;
  readonly lane: Lane;
}

export function lanesOf({ partitions }: DataSetFacts): LaneOf[] {
  return allPartitions(partitions).flatMap((partition) => LANES.map((lane) => ({ partition, lane })));
}

export function laneName({ partition, lane }: LaneOf): string {
  return `${partition}/${lane}`;
}

/** How a copy goes on; called often. */
export type OnProgress = (what: string, done: { readonly records: number; readonly bytes: number }) => void;
