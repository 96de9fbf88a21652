import { UnknownOutcome } from '../schemas/errors.ts';
import type { Lane, PartitionId } from '../schemas/partition.ts';

/**
 * The log port: a partition's inbox in two lanes, and its events. Adapters: sqlite, jetstream, simulated. One
 * contract suite, test/contract/log.contract.ts, holds them all to what is said here.
 *
 * Positions are the log's own sequence numbers: they rise within a lane of a partition, but may have gaps.
 * 0 is before the first message.
 */
export interface Log {
  /**
   * Names the log that a partition's positions count in; one that was recreated has another name, so that positions of
   * the old one are not believed.
   */
  identity(partition: PartitionId): Promise<string>;

  /**
   * Appends messages to one lane, in order. Resolves, with their positions, when all are durable.
   * @throws UnknownOutcome when it cannot say whether (all of) them were appended: the caller may append again, and
   * receivers drop what they have seen. LogFull, which is one, when there is no room.
   */
  append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]>;

  /** Messages of a lane after a position, oldest first, up to either limit, but at least one if there is one. */
  read(partition: PartitionId, lane: Lane, after: number, limit: ReadLimit): Promise<InboxMessage[]>;

  /**
   * The position of the last message of a lane, or, where all was trimmed, the position up to which it was: never below
   * a position that was applied, but maybe above the last message that the lane had. 0 before anything.
   */
  tail(partition: PartitionId, lane: Lane): Promise<number>;

  /** How many messages of a lane come after a position, counted up to `most`. */
  pending(partition: PartitionId, lane: Lane, after: number, most: number): Promise<number>;

  /** Calls `wake` after messages were appended to a lane of the partition; may call it for nothing. */
  follow(partition: PartitionId, wake: () => void): () => void;

  /**
   * Appends one batch of a commit's events to the partition's events subject, on condition that the last message
   * there is at `expected` (0 for none); `conflict` when it is not. The last message is never trimmed.
   * @throws UnknownOutcome as append does.
   */
  appendEvents(
    partition: PartitionId,
    events: EventsAppend,
    expected: number,
  ): Promise<{ position: number } | 'conflict'>;

  /** The last message of the partition's events subject; all zero if there is none. */
  eventsTail(partition: PartitionId): Promise<EventsTail>;

  /** Batches of events of a partition after a position, oldest first. */
  readEvents(partition: PartitionId, after: number, limit: ReadLimit): Promise<EventsMessage[]>;

  /** Removes inbox messages that every partition of a kind's lane has applied and that are older than `before`. */
  trimInbox(applied: ReadonlyMap<PartitionId, Readonly<Record<Lane, number>>>, before: number): Promise<number>;

  /** Removes events older than `before` (ms since the epoch), keeping the last message of each subject. */
  trimEvents(before: number): Promise<number>;

  close(): Promise<void>;
}

/** The half of the log that writes nothing. */
export type LogReads = Pick<Log, 'identity' | 'read' | 'tail' | 'pending' | 'eventsTail' | 'readEvents'>;

/** A write that the log had no room for. Trying again helps once there is some, so it is to be treated as unknown. */
export class LogFull extends UnknownOutcome {
  override readonly name = 'LogFull';

  constructor(operation: string, why: string) {
    super(operation, {}, 'MF_LOG_FULL', `no room for ${operation}: ${why}`);
  }
}

export interface ReadLimit {
  readonly messages: number;
  /** In characters of the bodies. */
  readonly bytes: number;
}

export interface InboxMessage {
  readonly position: number;
  /** Append time, in ms since the epoch. */
  readonly at: number;
  readonly body: string;
}

/** One batch of the events of commit `seq`; batches of one commit are numbered from 0 and appended in order. */
export interface EventsAppend {
  readonly seq: number;
  readonly chunk: number;
  /** A CloudEvents batch: a JSON array as text. */
  readonly body: string;
}

export interface EventsTail {
  readonly position: number;
  readonly seq: number;
  readonly chunk: number;
}

export interface EventsMessage {
  readonly position: number;
  readonly seq: number;
  readonly chunk: number;
  /** Append time, in ms since the epoch. */
  readonly at: number;
  readonly body: string;
}
