import { setTimeout as sleep } from 'node:timers/promises';
import { headers, type Msg, type MsgHdrs } from 'nats';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { EventsMessage, EventsTail, InboxMessage, ReadLimit } from '../log.ts';
import { leaderMessage, streamInfo, type MessageQuery } from './api.ts';
import { decodeBody } from './body.ts';
import type { Connection } from './connection.ts';
import { unanswered } from './failures.ts';
import type { KnownStreams, KnownSubject, ReadMessage } from './known.ts';
import type { Role } from './names.ts';

/** Headers of a batch of events. */
export const SEQ = 'Mf-Seq';
export const CHUNK = 'Mf-Chunk';

/** What one direct get asks for at most, however much a reader would take. */
const MOST_MESSAGES = 1000;
const MOST_BYTES = 8 * 1024 * 1024;

/** What the server counts for a message beside its body: subject and headers. */
const HEAD_BYTES = 160;

/** Waits, in ms, before a replica is asked again that does not have yet what its leader acknowledged. */
const LAG_WAITS = [2, 10, 50];

const STATUS = { endOfBatch: 204, notFound: 404, noResponders: 503 } as const;

interface Found {
  readonly position: number;
  readonly at: number;
  readonly data: Uint8Array;
  readonly head: MsgHdrs;
  /** Messages of the subject that come after it. */
  readonly behind: number;
}

/**
 * Reads from whichever replica answers, without any state on the server. A replica may be behind its leader: what is
 * known to have been acknowledged is waited for, and asked of the leader in the end.
 */
export class Reads {
  private readonly connection: Connection;
  private readonly known: KnownStreams;
  /** A stream with one copy has no replica that could be behind. */
  private readonly isReplicated: boolean;

  constructor(connection: Connection, known: KnownStreams, replicas: number) {
    this.connection = connection;
    this.known = known;
    this.isReplicated = replicas > 1;
  }

  async read(partition: PartitionId, lane: Lane, after: number, limit: ReadLimit): Promise<InboxMessage[]> {
    return this.subjectFrom(partition, lane, after, limit);
  }

  async readEvents(partition: PartitionId, after: number, limit: ReadLimit): Promise<EventsMessage[]> {
    return this.subjectFrom(partition, 'events', after, limit);
  }

  /** From the leader: a replica that is behind would call a log replaced that is not. */
  async tail(partition: PartitionId, lane: Lane): Promise<number> {
    this.known.check(partition);
    const { name } = this.known.stream(partition, lane);
    const { subject } = this.known.subject(partition, lane);
    const last = await leaderMessage(this.connection, name, { last_by_subj: subject });
    if (last !== undefined) return last.seq;
    const { state } = await streamInfo(this.connection, name);
    return Math.max(0, state.first_seq - 1);
  }

  async pending(partition: PartitionId, lane: Lane, after: number, most: number): Promise<number> {
    const [next] = await this.directGet(partition, lane, after, 1, 1);
    return next === undefined ? 0 : Math.min(most, next.behind + 1);
  }

  async eventsTail(partition: PartitionId): Promise<EventsTail> {
    this.known.check(partition);
    const known = this.known.subject(partition, 'events');
    // Nobody else may append, or finds out by a conflict that he is not alone: then it is forgotten.
    if (known.tail !== undefined) return known.tail;
    const found = await this.fromLeader(partition, 'events', { last_by_subj: known.subject });
    if (found === undefined) return { position: 0, seq: 0, chunk: 0 };
    return { position: found.position, ...numbersOf(found.head) };
  }

  private async subjectFrom(
    partition: PartitionId,
    role: Role,
    after: number,
    limit: ReadLimit,
  ): Promise<ReadMessage[]> {
    const known = this.known.subject(partition, role);
    const messages = takeLeftover(known, after);
    const first = messages[0];
    const bytes = first?.body.length ?? 0;
    if (first !== undefined && (bytes * 2 > limit.bytes || limit.messages <= 1)) return messages;
    const most = Math.max(1, limit.messages) - messages.length;
    const from = first?.position ?? after;
    let found = await this.directGet(partition, role, from, most, limit.bytes - bytes);
    if (found.length === 0 && first === undefined) found = await this.catchUp(partition, role, known, after);
    return upTo(messages, found, limit, known);
  }

  private async directGet(
    partition: PartitionId,
    role: Role,
    after: number,
    messages: number,
    bytes: number,
  ): Promise<Found[]> {
    this.known.check(partition);
    const { subject } = this.known.subject(partition, role);
    const stream = this.known.stream(partition, role);
    const batch = Math.min(messages, MOST_MESSAGES);
    const max_bytes = Math.min(Math.max(1, bytes) + (batch - 1) * HEAD_BYTES, MOST_BYTES);
    const request = JSON.stringify({ seq: after + 1, next_by_subj: subject, batch, max_bytes });
    const found: Found[] = [];
    let status = 0;
    const take = (message: Msg): boolean => {
      status = message.headers?.code ?? 0;
      if (status === 0) found.push(foundIn(message));
      return status !== 0;
    };
    const operation = `read of ${subject}`;
    await this.connection.requestMany(`$JS.API.DIRECT.GET.${stream.name}`, request, operation, take);
    if (status === STATUS.noResponders) throw await this.known.explain(stream, operation);
    if (status !== STATUS.endOfBatch && status !== STATUS.notFound) throw unanswered(operation, `status ${status}`);
    return found;
  }

  /** Nothing was found where something may be. */
  private async catchUp(partition: PartitionId, role: Role, known: KnownSubject, after: number): Promise<Found[]> {
    const stream = this.known.stream(partition, role);
    const isTold = known.told > after;
    if (!this.isReplicated || (!isTold && stream.last <= known.verified)) return [];
    for (const wait of isTold ? LAG_WAITS : []) {
      await sleep(wait);
      const found = await this.directGet(partition, role, after, MOST_MESSAGES, 1);
      if (found.length > 0) return found;
    }
    const { last } = stream;
    const found = await this.fromLeader(partition, role, { seq: after + 1, next_by_subj: known.subject });
    if (found !== undefined) return [found];
    // What was told is trimmed by now.
    known.told = Math.min(known.told, after);
    known.verified = last;
    return [];
  }

  private async fromLeader(partition: PartitionId, role: Role, query: MessageQuery): Promise<Found | undefined> {
    this.known.check(partition);
    const found = await leaderMessage(this.connection, this.known.stream(partition, role).name, query);
    if (found === undefined) return undefined;
    const { seq, time, hdrs = '', data = '' } = found;
    return {
      position: seq,
      at: Date.parse(time),
      data: Buffer.from(data, 'base64'),
      head: headOf(Buffer.from(hdrs, 'base64').toString('latin1')),
      behind: 0,
    };
  }
}

function takeLeftover(known: KnownSubject, after: number): ReadMessage[] {
  const { leftover } = known;
  if (leftover?.after !== after) return [];
  known.leftover = undefined;
  return [leftover.message];
}

/** The exact limits of the port; the first message that goes beyond them is kept for who reads on. */
function upTo(messages: ReadMessage[], found: readonly Found[], limit: ReadLimit, known: KnownSubject): ReadMessage[] {
  let bytes = messages[0]?.body.length ?? 0;
  for (const one of found) {
    const { position, at, data, head } = one;
    const message = {
      position,
      at,
      body: decodeBody(data, head, `${known.subject} at ${position}`),
      ...numbersOf(head),
    };
    bytes += message.body.length;
    const previous = messages.at(-1);
    if (previous !== undefined && bytes > limit.bytes) {
      known.leftover = { after: previous.position, message };
      break;
    }
    messages.push(message);
  }
  return messages;
}

function foundIn({ headers: given, data }: Msg): Found {
  const head = given ?? headers();
  return {
    position: Number(head.get('Nats-Sequence')),
    at: Date.parse(head.get('Nats-Time-Stamp')),
    data,
    head,
    behind: Number(head.get('Nats-Num-Pending')),
  };
}

/** 0 and 0 where another hand wrote the message: before all commits. */
function numbersOf(head: MsgHdrs): { readonly seq: number; readonly chunk: number } {
  return { seq: Number(head.get(SEQ)), chunk: Number(head.get(CHUNK)) };
}

function headOf(text: string): MsgHdrs {
  const head = headers();
  for (const line of text.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) head.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return head;
}
