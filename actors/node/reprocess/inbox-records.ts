import type { RawRecord, RecordBatch } from '../../../schemas/inbox.ts';
import { allPartitions, LANES, type Lane, type PartitionCounts, type PartitionId } from '../../../schemas/partition.ts';
import type { ReadPorts } from '../ports.ts';
import { sentBatches } from '../sent-batches.ts';

/** Records of one source, as they were appended: by a feed, or by whoever sent one again out of quarantine. */
export interface KeptMessage {
  readonly partition: PartitionId;
  readonly position: number;
  /** Append time, in ms since the epoch. */
  readonly at: number;
  readonly batch: RecordBatch;
}

interface LaneEnd {
  readonly partition: PartitionId;
  readonly lane: Lane;
  readonly end: number;
}

type LaneReads = Pick<ReadPorts['log'], 'read' | 'tail'>;

/** Read at a time: a few messages are enough to keep the reader busy, and little enough to hold. */
const READ = { messages: 32, bytes: 4 * 1024 * 1024 };

/** The head of a message names its source, before any record does. */
const HEAD_LENGTH = 200;

/**
 * What the inbox still has of a source, partition by partition, each in the order of its lanes. Messages that are
 * appended meanwhile are left out: the lanes are read up to where they ended when this was made.
 */
export class InboxRecords {
  readonly source: string;
  private readonly log: LaneReads;
  private readonly ends: readonly LaneEnd[];

  private constructor(log: LaneReads, source: string, ends: readonly LaneEnd[]) {
    this.log = log;
    this.source = source;
    this.ends = ends;
  }

  static async upToNow(log: LaneReads, source: string, counts: PartitionCounts): Promise<InboxRecords> {
    const ends: LaneEnd[] = [];
    for (const partition of allPartitions(counts)) {
      for (const lane of LANES) {
        ends.push({ partition, lane, end: await log.tail(partition, lane) });
      }
    }
    return new InboxRecords(log, source, ends);
  }

  async *messages(): AsyncGenerator<KeptMessage> {
    for (const end of this.ends) yield* this.messagesOf(end);
  }

  private async *messagesOf({ partition, lane, end }: LaneEnd): AsyncGenerator<KeptMessage> {
    for (let after = 0; after < end;) {
      const messages = await this.log.read(partition, lane, after, READ);
      for (const { position, at, body } of messages) {
        if (position > end) return;
        const batches = lane === 'bulk' ? this.fed(body) : sentBatches(body);
        for (const batch of batches) if (batch.source === this.source) yield { partition, position, at, batch };
      }
      const last = messages.at(-1);
      if (last === undefined) return;
      after = last.position;
    }
  }

  private fed(body: string): RecordBatch[] {
    const isOurs = body.slice(0, HEAD_LENGTH).includes(`"source":${JSON.stringify(this.source)}`);
    return isOurs ? [JSON.parse(body) as RecordBatch] : [];
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
