import type { PartitionId } from '../../schemas/partition.ts';

/** Records of one log message: enough that its cost does not count, few enough for one turn of a worker. */
const RECORDS_LIMIT = 500;

/** Text of one message, in characters, unless a single record is longer. */
const TEXT_LIMIT = 192 * 1024;

/** A feed that trickles is appended after this time, in ms. */
const LINGER = 25;

/** What stands before the records of each message. */
export interface BatchHead {
  readonly source: string;
  readonly sourceVersion: number;
  readonly feed: string;
  readonly columns?: readonly string[];
}

export interface FullBatch {
  readonly partition: PartitionId;
  readonly body: string;
  readonly count: number;
  /** Numbers of the records within the feed, from 0. */
  readonly numbers: readonly number[];
}

interface Growing {
  texts: string[];
  numbers: number[];
  size: number;
  since: number;
}

/** Gathers records by partition, in their order, into messages of the bulk lane. */
export class Batcher {
  private readonly head: string;
  private readonly growing = new Map<PartitionId, Growing>();

  constructor(head: BatchHead) {
    const { source, sourceVersion, feed, columns } = head;
    const fields = {
      v: 1,
      type: 'records',
      source,
      sourceVersion,
      feed,
      ...(columns === undefined ? {} : { columns }),
    };
    this.head = `${JSON.stringify(fields).slice(0, -1)},"records":[`;
  }

  /** Messages that this record made full. */
  add(partition: PartitionId, text: string, number: number): FullBatch[] {
    let batch = this.growing.get(partition);
    const full: FullBatch[] = [];
    if (batch !== undefined && batch.size + text.length > TEXT_LIMIT) {
      full.push(this.take(partition, batch));
      batch = undefined;
    }
    if (batch === undefined) {
      batch = { texts: [], numbers: [], size: 0, since: Date.now() };
      this.growing.set(partition, batch);
    }
    batch.texts.push(text);
    batch.numbers.push(number);
    batch.size += text.length;
    if (batch.texts.length >= RECORDS_LIMIT) full.push(this.take(partition, batch));
    return full;
  }

  /** Messages that have waited long enough, or all. */
  flush(all: boolean): FullBatch[] {
    const before = Date.now() - LINGER;
    const due = [...this.growing].filter(([, batch]) => all || batch.since <= before);
    return due.map(([partition, batch]) => this.take(partition, batch));
  }

  private take(partition: PartitionId, { texts, numbers }: Growing): FullBatch {
    this.growing.delete(partition);
    return { partition, body: `${this.head}${texts.join(',')}]}`, count: texts.length, numbers };
  }
}
