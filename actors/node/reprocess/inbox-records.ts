import type { RawRecord, RecordBatch } from '../../../schemas/inbox.ts';
import { allPartitions, type PartitionCounts, type PartitionId } from '../../../schemas/partition.ts';
import type { ReadPorts } from '../ports.ts';

/** Messages of one source in the bulk lanes, as they were appended. */
export interface KeptMessage {
  readonly partition: PartitionId;
  readonly position: number;
  /** Append time, in ms since the epoch. */
  readonly at: number;
  readonly batch: RecordBatch;
}

type LaneReads = Pick<ReadPorts['log'], 'read' | 'tail'>;

/** Read at a time: a few messages are enough to keep the reader busy, and little enough to hold. */
const READ = { messages: 32, bytes: 4 * 1024 * 1024 };

/** The head of a message names its source, before any record does. */
const HEAD_LENGTH = 200;

/**
 * What the inbox still has of a source, partition by partition, each in the order of its lane. Messages that are
 * appended meanwhile are left out: the lanes are read up to where they ended when this was made.
 */
export class InboxRecords {
  readonly source: string;
  private readonly log: LaneReads;
  private readonly ends: ReadonlyMap<PartitionId, number>;

  private constructor(log: LaneReads, source: string, ends: ReadonlyMap<PartitionId, number>) {
    this.log = log;
    this.source = source;
    this.ends = ends;
  }

  static async upToNow(log: LaneReads, source: string, counts: PartitionCounts): Promise<InboxRecords> {
    const ends = new Map<PartitionId, number>();
    for (const partition of allPartitions(counts)) ends.set(partition, await log.tail(partition, 'bulk'));
    return new InboxRecords(log, source, ends);
  }

  async *messages(): AsyncGenerator<KeptMessage> {
    for (const [partition, end] of this.ends) yield* this.lane(partition, end);
  }

  private async *lane(partition: PartitionId, end: number): AsyncGenerator<KeptMessage> {
    const named = `"source":${JSON.stringify(this.source)}`;
    for (let after = 0; after < end;) {
      const messages = await this.log.read(partition, 'bulk', after, READ);
      for (const { position, at, body } of messages) {
        if (position > end || !body.slice(0, HEAD_LENGTH).includes(named)) continue;
        const batch = JSON.parse(body) as RecordBatch;
        if (batch.source === this.source) yield { partition, position, at, batch };
      }
      const last = messages.at(-1);
      if (last === undefined) return;
      after = last.position;
    }
  }
}

/** Where a record stood in its file, as ingress has written it. */
export interface PlaceInFile {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export function placeOf({ where = '' }: Pick<RawRecord, 'where'>): PlaceInFile {
  const [, file = where, line = '1', column = '1'] = /^(.*?):(\d+)(?::(\d+))?$/s.exec(where) ?? [];
  return { file, line: Number(line), column: Number(column) };
}
