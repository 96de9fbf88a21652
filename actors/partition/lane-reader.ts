import type { LanePosition } from '../../schemas/checkpoint.ts';
import type { InboxBody } from '../../schemas/inbox.ts';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { InboxMessage, Log } from '../../streams/log.ts';
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
  /** Read and not looked at yet, newest first: text is a fraction of what it becomes when it is parsed. */
  private unread: InboxMessage[] = [];
  private open: OpenMessage | undefined;
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

  /**
   * Takes up to `most` items, but opens no further message when it has `enough`. Fewer than that only where the lane
   * ends for now.
   */
  async take(most: number, enough = most): Promise<LaneItem[]> {
    const items: LaneItem[] = [];
    while (items.length < (this.open === undefined ? enough : most)) {
      const message = this.open ?? (await this.next());
      if (message === undefined) break;
      this.takeFrom(message, most, items);
    }
    return items;
  }

  private takeFrom(message: OpenMessage, most: number, into: LaneItem[]): void {
    const { position, at, body, items, bytesPerItem: bytes } = message;
    let item = this.taken.skip;
    for (; item < items && into.length < most; item++) {
      into.push({ lane: this.lane, position, item, at, body, bytes, lastOfMessage: item === items - 1 });
    }
    this.taken = item < items ? { after: this.taken.after, skip: item } : { after: position, skip: 0 };
    if (item >= items) this.open = undefined;
  }

  private async next(): Promise<OpenMessage | undefined> {
    if (this.unread.length === 0) await this.refill();
    const message = this.unread.pop();
    this.open = message && openMessage(message);
    return this.open;
  }

  private async refill(): Promise<void> {
    const limit = { messages: 64, bytes: this.readBytes };
    const read = await untilKnown(this.patience, () => this.log.read(this.partition, this.lane, this.readUpTo, limit));
    this.readUpTo = read.at(-1)?.position ?? this.readUpTo;
    this.unread = read.reverse();
  }
}

/** Where a lane stands after the items that are its own: whole messages, and how many items of the next one. */
export function positionAfter(
  before: LanePosition,
  lane: Lane,
  steps: readonly { readonly item: Pick<LaneItem, 'lane' | 'position' | 'item' | 'lastOfMessage'> }[],
): LanePosition {
  let { after, skip } = before;
  for (const { item } of steps) {
    if (item.lane !== lane) continue;
    skip = item.lastOfMessage ? 0 : item.item + 1;
    if (item.lastOfMessage) after = item.position;
  }
  return { after, skip };
}

function openMessage({ position, at, body: text }: InboxMessage): OpenMessage {
  const body = presentBody(JSON.parse(text) as InboxBody);
  const items = itemsOf(body);
  return { position, at, body, items, bytesPerItem: Math.ceil(text.length / Math.max(items, 1)) };
}

/** A body of the inbox in the present version of its shape. @throws MF_NEWER_VERSION */
export function presentBody(body: InboxBody): InboxBody {
  return upcast<InboxBody>(`inbox/${body.type}`, body);
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
