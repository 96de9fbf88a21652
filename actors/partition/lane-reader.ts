import type { LanePosition } from '../../schemas/checkpoint.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { InboxBody } from '../../schemas/inbox.ts';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { Log } from '../../streams/log.ts';
import { untilKnown, type Patience } from './retry.ts';

/** One item of one log message: a record, an effect, a command or a timer. */
export interface LaneItem {
  readonly lane: Lane;
  readonly position: number;
  readonly item: number;
  /** Append time of its log message, in ms since the epoch. */
  readonly at: number;
  readonly body: InboxBody;
  /** Its share of the log message, in characters. */
  readonly bytes: number;
  readonly lastOfMessage: boolean;
}

interface OpenMessage {
  readonly position: number;
  readonly at: number;
  readonly body: InboxBody;
  readonly items: number;
  readonly bytesPerItem: number;
}

/** Reads one lane item by item, holding at most one read of the log in memory. */
export class LaneReader {
  private readonly log: Log;
  private readonly partition: PartitionId;
  private readonly lane: Lane;
  private readonly readBytes: number;
  private readonly patience: Patience;
  private messages: OpenMessage[] = [];
  private next = 0;
  private taken: LanePosition;
  private readUpTo: number;

  constructor(
    log: Log,
    partition: PartitionId,
    lane: Lane,
    start: LanePosition,
    readBytes: number,
    patience: Patience,
  ) {
    this.patience = patience;
    this.log = log;
    this.partition = partition;
    this.lane = lane;
    this.readBytes = readBytes;
    this.taken = start;
    this.readUpTo = start.after;
  }

  /** Up to which items have been taken. */
  get position(): LanePosition {
    return this.taken;
  }

  /** Takes up to `most` items; fewer only where the lane ends for now. */
  async take(most: number): Promise<LaneItem[]> {
    const items: LaneItem[] = [];
    while (items.length < most) {
      if (this.next === this.messages.length && !(await this.refill())) break;
      const message = this.messages[this.next];
      if (message === undefined) break;
      this.takeFrom(message, most, items);
    }
    return items;
  }

  /** Whether more than what has been taken is known to be there. */
  get hasMore(): boolean {
    return this.next < this.messages.length;
  }

  private takeFrom(message: OpenMessage, most: number, into: LaneItem[]): void {
    for (let item = this.taken.skip; item < message.items && into.length < most; item++) {
      const lastOfMessage = item === message.items - 1;
      into.push({
        lane: this.lane,
        position: message.position,
        item,
        at: message.at,
        body: message.body,
        bytes: message.bytesPerItem,
        lastOfMessage,
      });
      this.taken = positionAfter(this.taken, { position: message.position, item, lastOfMessage });
      if (lastOfMessage) this.next += 1;
    }
    if (message.items === 0) {
      this.taken = { after: message.position, skip: 0 };
      this.next += 1;
    }
  }

  private async refill(): Promise<boolean> {
    const limit = { messages: 64, bytes: this.readBytes };
    const read = await untilKnown(this.patience, () => this.log.read(this.partition, this.lane, this.readUpTo, limit));
    const last = read.at(-1);
    if (last === undefined) return false;
    this.readUpTo = last.position;
    this.messages = read.map(({ position, at, body }) => openMessage(this.partition, position, at, body));
    this.next = 0;
    return true;
  }
}

/** Where a lane stands after an item: whole messages, and how many items of the next one. */
export function positionAfter(
  before: LanePosition,
  { position, item, lastOfMessage }: Pick<LaneItem, 'position' | 'item' | 'lastOfMessage'>,
): LanePosition {
  return lastOfMessage ? { after: position, skip: 0 } : { after: before.after, skip: item + 1 };
}

function openMessage(partition: PartitionId, position: number, at: number, text: string): OpenMessage {
  const body = JSON.parse(text) as InboxBody;
  const version: number = body.v;
  if (version !== 1) {
    throw new MasterflagError(
      'MF_NEWER_VERSION',
      `${partition}, message ${position}: shape ${version}, this version reads 1`,
    );
  }
  const items = itemsOf(body);
  return { position, at, body, items, bytesPerItem: Math.ceil(text.length / Math.max(items, 1)) };
}

function itemsOf(body: InboxBody): number {
  switch (body.type) {
    case 'records':
      return body.records.length;
    case 'effects':
      return body.items.length;
    case 'command':
    case 'timer':
      return 1;
  }
}
