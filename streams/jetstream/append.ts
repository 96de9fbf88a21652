import { setTimeout as sleep } from 'node:timers/promises';
import { nuid } from 'nats';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import { encodeBody, type EncodedBody } from './body.ts';
import { head, type Connection } from './connection.ts';
import { REFUSED, refusal, unanswered, type ApiError } from './failures.ts';
import type { KnownStream, KnownStreams } from './known.ts';
import type { Role } from './names.ts';
import { Window } from './window.ts';

/** What JetStream answers to a publish. `seq` is the position of the last message of a batch. */
export interface Acknowledgement {
  readonly seq?: number;
  readonly count?: number;
  readonly error?: ApiError;
}

/** Messages of one atomic batch: what a server takes by default. */
const BATCH_MESSAGES = 1000;

/** Bytes of one atomic batch: the server keeps it apart until it is whole. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** On its way to one stream: a server takes 50 batches at a time for a stream, from all nodes together. */
const WINDOW_BYTES = 16 * 1024 * 1024;
const WINDOW_APPENDS = 8;

/** How often a batch is sent again that the server had no place for, after up to so many ms each time. */
const PLACE_ATTEMPTS = 40;
const PLACE_WAIT_MS = 50;

const NO_RESPONDERS = 503;

/**
 * Writes to the streams. One body is one publish; several are one atomic batch, so that all are there or none, and
 * those of one append follow each other. What is more than a batch takes is several, one after the other.
 */
export class Appends {
  private readonly connection: Connection;
  private readonly known: KnownStreams;
  private readonly windows = new Map<string, Window>();
  private batchMessages = BATCH_MESSAGES;

  constructor(connection: Connection, known: KnownStreams) {
    this.connection = connection;
    this.known = known;
  }

  /** @throws UnknownOutcome, LogFull, MF_MESSAGE_TOO_LARGE, MF_STREAM_ABSENT, MF_LOG_REPLACED, MF_LOG_DENIED */
  async append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]> {
    if (bodies.length === 0) return [];
    const { maxPayload } = this.connection.server;
    const encoded = await Promise.all(bodies.map((body) => encodeBody(body, maxPayload)));
    const positions: number[] = [];
    while (positions.length < encoded.length) {
      const some = this.batchFrom(encoded, positions.length);
      const last = await this.windowOf(partition, lane).run(sizeOf(some), () => this.send(partition, lane, some));
      if (last === 'too many') continue;
      for (let n = some.length - 1; n >= 0; n--) positions.push(last - n);
    }
    return positions;
  }

  /** One message, with whatever headers. @returns what the server says of it, refusals included */
  async publish(
    partition: PartitionId,
    role: Role,
    { data, head: encoding }: EncodedBody,
    fields: Readonly<Record<string, string | number>> = {},
  ): Promise<Acknowledgement> {
    this.known.check(partition);
    const all = { ...encoding, ...fields };
    const { subject } = this.known.subject(partition, role);
    return this.acknowledged(partition, role, data, Object.keys(all).length === 0 ? undefined : head(all), subject);
  }

  private batchFrom(encoded: readonly EncodedBody[], from: number): readonly EncodedBody[] {
    let bytes = 0;
    let to = from;
    while (to < encoded.length && to - from < this.batchMessages) {
      bytes += encoded[to]?.data.length ?? 0;
      if (to > from && bytes > BATCH_BYTES) break;
      to++;
    }
    return from === 0 && to === encoded.length ? encoded : encoded.slice(from, to);
  }

  /** @returns the position of the last, or that the server takes smaller batches only */
  private async send(partition: PartitionId, lane: Lane, bodies: readonly EncodedBody[]): Promise<number | 'too many'> {
    const operation = `append to ${lane} of ${partition}`;
    const known = this.known.subject(partition, lane);
    const before = known.told;
    const [only] = bodies;
    const answer =
      bodies.length === 1 && only !== undefined
        ? await this.publish(partition, lane, only)
        : await this.batch(partition, lane, bodies);
    if (answer.error?.err_code === REFUSED.batchTooLarge && this.shrink(answer.error)) return 'too many';
    if (answer.error !== undefined) throw refusal(operation, answer.error);
    const { seq = 0, count = 1 } = answer;
    if (seq === 0 || count !== bodies.length) throw unanswered(operation, `${count} of ${bodies.length} acknowledged`);
    await this.known.refuseBackwards(partition, lane, seq - count + 1, before);
    known.told = Math.max(known.told, seq);
    return seq;
  }

  /** A batch that the server has no place for was not written, so it is sent again. */
  private async batch(partition: PartitionId, lane: Lane, bodies: readonly EncodedBody[]): Promise<Acknowledgement> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.batchOnce(partition, lane, bodies);
      if (answer.error?.err_code !== REFUSED.tooManyBatches || attempt >= PLACE_ATTEMPTS) return answer;
      await sleep(Math.random() * PLACE_WAIT_MS);
    }
  }

  /** Sent in one turn, so that the server need not keep a half of it: https://github.com/nats-io/nats-architecture-and-design ADR-50 */
  private batchOnce(partition: PartitionId, lane: Lane, bodies: readonly EncodedBody[]): Promise<Acknowledgement> {
    this.known.check(partition);
    const { subject } = this.known.subject(partition, lane);
    const id = nuid.next();
    const last = bodies.length - 1;
    const fields = (n: number): Record<string, string | number> => ({
      'Nats-Batch-Id': id,
      'Nats-Batch-Sequence': n + 1,
    });
    for (let n = 0; n < last; n++) {
      const { data = NOTHING, head: encoding } = bodies[n] ?? {};
      this.connection.publish(subject, data, subject, head({ ...fields(n), ...encoding }));
    }
    const { data = NOTHING, head: encoding } = bodies[last] ?? {};
    const closing = head({ ...fields(last), ...encoding, 'Nats-Batch-Commit': 1 });
    return this.acknowledged(partition, lane, data, closing, subject);
  }

  private async acknowledged(
    partition: PartitionId,
    role: Role,
    data: Uint8Array,
    fields: ReturnType<typeof head> | undefined,
    subject: string,
  ): Promise<Acknowledgement> {
    const answer = await this.connection.request(subject, data, `append to ${subject}`, fields);
    if (answer.data.length === 0 && answer.headers?.code === NO_RESPONDERS) {
      throw await this.known.explain(this.known.stream(partition, role), `append to ${subject}`);
    }
    return answer.json<Acknowledgement>();
  }

  private shrink({ description = '' }: ApiError): boolean {
    const limit = Number(/(\d+)\s*$/.exec(description)?.[1] ?? this.batchMessages >> 1);
    const smaller = Math.max(1, Math.min(limit, this.batchMessages - 1));
    const shrunk = smaller < this.batchMessages;
    this.batchMessages = smaller;
    return shrunk;
  }

  private windowOf(partition: PartitionId, role: Role): Window {
    const { name }: KnownStream = this.known.stream(partition, role);
    let window = this.windows.get(name);
    if (window === undefined) {
      window = new Window(WINDOW_BYTES, WINDOW_APPENDS);
      this.windows.set(name, window);
    }
    return window;
  }
}

const NOTHING = new Uint8Array(0);

function sizeOf(bodies: readonly EncodedBody[]): number {
  return bodies.reduce((sum, { data }) => sum + data.length, 0);
}
