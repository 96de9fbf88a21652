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

/** The server says so only to the last message: that it does not know the batch, whose first one it had no place for. */
const NOT_PLACED: readonly number[] = [REFUSED.tooManyBatches, REFUSED.batchIncomplete];

const NO_RESPONDERS = 503;

/**
 * Several bodies up to so many are not a batch where a stream has one copy. The server then makes a folder with three
 * synchronised files for each batch: ten bodies of 20 KB took 20 ms as a batch, and 3 ms one after the other. With
 * copies a batch is kept in memory, and is one entry of the replicated log.
 */
const PIPELINED = 16;

/**
 * Writes to the streams. Several bodies are one atomic batch, all there or none, or are sent at once and acknowledged
 * one by one; what is more than a batch takes is several, one after the other.
 */
export class Appends {
  private readonly connection: Connection;
  private readonly known: KnownStreams;
  private readonly isReplicated: boolean;
  private readonly windows = new Map<string, Window>();
  private batchMessages = BATCH_MESSAGES;

  constructor(connection: Connection, known: KnownStreams, replicas: number) {
    this.connection = connection;
    this.known = known;
    this.isReplicated = replicas > 1;
  }

  /** @throws UnknownOutcome, LogFull, MF_MESSAGE_TOO_LARGE, MF_STREAM_ABSENT, MF_LOG_REPLACED, MF_LOG_DENIED */
  async append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]> {
    if (bodies.length === 0) return [];
    const { maxPayload } = this.connection.server;
    const encoded = await Promise.all(bodies.map((body) => encodeBody(body, maxPayload)));
    const positions: number[] = [];
    while (positions.length < encoded.length) {
      const some = this.batchFrom(encoded, positions.length);
      const given = await this.windowOf(partition, lane).run(sizeOf(some), () => this.send(partition, lane, some));
      if (given !== 'too many') positions.push(...given);
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

  /** @returns the positions, or that the server takes smaller batches only */
  private async send(
    partition: PartitionId,
    lane: Lane,
    bodies: readonly EncodedBody[],
  ): Promise<readonly number[] | 'too many'> {
    const known = this.known.subject(partition, lane);
    const before = known.told;
    const isBatch = bodies.length > (this.isReplicated ? 1 : PIPELINED);
    const positions = await (isBatch ? this.batch(partition, lane, bodies) : this.pipelined(partition, lane, bodies));
    if (positions === 'too many') return positions;
    await this.known.refuseBackwards(partition, lane, positions[0] ?? 0, before);
    known.told = Math.max(known.told, positions.at(-1) ?? 0);
    return positions;
  }

  /** Sends all at once, and has an outcome only when all have one: what is repeated must come after what was sent. */
  private async pipelined(partition: PartitionId, lane: Lane, bodies: readonly EncodedBody[]): Promise<number[]> {
    const answers = await Promise.allSettled(bodies.map((body) => this.publish(partition, lane, body)));
    return answers.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason;
      return positionOf(answer.value, `append to ${lane} of ${partition}`);
    });
  }

  private async batch(
    partition: PartitionId,
    lane: Lane,
    bodies: readonly EncodedBody[],
  ): Promise<readonly number[] | 'too many'> {
    const operation = `append to ${lane} of ${partition}`;
    const answer = await this.placed(partition, lane, bodies);
    if (answer.error?.err_code === REFUSED.batchTooLarge && this.shrink(answer.error)) return 'too many';
    const last = positionOf(answer, operation);
    if (answer.count !== bodies.length) throw unanswered(operation, `${answer.count ?? 0} of ${bodies.length} written`);
    return bodies.map((_, n) => last - bodies.length + 1 + n);
  }

  /** A batch that the server has no place for was not written, so it is sent again. */
  private async placed(partition: PartitionId, lane: Lane, bodies: readonly EncodedBody[]): Promise<Acknowledgement> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.batchOnce(partition, lane, bodies);
      if (!NOT_PLACED.includes(answer.error?.err_code ?? 0) || attempt >= PLACE_ATTEMPTS) return answer;
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

function positionOf({ seq = 0, error }: Acknowledgement, operation: string): number {
  if (error !== undefined) throw refusal(operation, error);
  if (seq === 0) throw unanswered(operation, 'acknowledged without a position');
  return seq;
}

const NOTHING = new Uint8Array(0);

function sizeOf(bodies: readonly EncodedBody[]): number {
  return bodies.reduce((sum, { data }) => sum + data.length, 0);
}
