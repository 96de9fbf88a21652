import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { EventsMessage, InboxMessage, LogReads, ReadLimit } from '../log.ts';
import type { Cell, SqlReader } from './sql.ts';

const READ =
  'SELECT position, at, body FROM inbox WHERE partition = ? AND lane = ? AND position > ? ORDER BY position LIMIT ?';

const TAIL =
  'SELECT max(coalesce((SELECT max(position) FROM inbox WHERE partition = ?1 AND lane = ?2), 0), ' +
  'coalesce((SELECT position FROM tails WHERE partition = ?1 AND lane = ?2), 0))';

const READ_EVENTS =
  'SELECT position, seq, chunk, at, body FROM events WHERE partition = ? AND position > ? ORDER BY position LIMIT ?';

const EVENTS_TAIL = 'SELECT position, seq, chunk FROM events WHERE partition = ? ORDER BY position DESC LIMIT 1';

/** Answered from the index alone: the bodies may be megabytes. */
const PENDING = 'SELECT count(*) FROM (SELECT 1 FROM inbox WHERE partition = ? AND lane = ? AND position > ? LIMIT ?)';

/** Reads are synchronous in the calling thread, each in a short transaction of its own. */
export function logReads(file: SqlReader): LogReads {
  return {
    identity: async () => file.identity,
    read: async (partition, lane, after, limit) => {
      const rows = file.some(READ, [partition, lane, after, atLeastOne(limit)], fullAt(2, limit));
      return (rows as [number, number, string][]).map(([position, at, body]): InboxMessage => ({ position, at, body }));
    },
    tail: async (partition, lane) => tailOf(file, partition, lane),
    pending: async (partition, lane, after, most) => Number(file.get(PENDING, [partition, lane, after, most])?.[0]),
    eventsTail: async (partition) => {
      const [position, seq, chunk] = (file.get(EVENTS_TAIL, [partition]) ?? [0, 0, 0]) as [number, number, number];
      return { position, seq, chunk };
    },
    readEvents: async (partition, after, limit) => {
      const rows = file.some(READ_EVENTS, [partition, after, atLeastOne(limit)], fullAt(4, limit));
      return (rows as [number, number, number, number, string][]).map(
        ([position, seq, chunk, at, body]): EventsMessage => ({ position, seq, chunk, at, body }),
      );
    },
  };
}

function tailOf(file: SqlReader, partition: PartitionId, lane: Lane): number {
  return Number(file.get(TAIL, [partition, lane])?.[0]);
}

/** A reader that can take nothing would wait for ever. */
function atLeastOne({ messages }: ReadLimit): number {
  return Math.max(1, messages);
}

function fullAt(column: number, { bytes }: ReadLimit): (row: Cell[], taken: number) => boolean {
  let read = 0;
  return (row, taken) => {
    read += String(row[column]).length;
    return taken > 0 && read > bytes;
  };
}
