import {
  connect,
  createInbox,
  Events,
  headers,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type ServerInfo,
  type Status,
} from 'nats';
import { natsOptions } from '../../config/nats.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { denied, noConnection, unanswered } from './failures.ts';
import { checkServer, type ServerFacts } from './version.ts';

export interface ConnectionOptions {
  /** Addresses separated by commas; user and password, or a token, stand in the first that has them. */
  readonly servers: string;
  /** Seen by the operators of NATS. */
  readonly name: string;
  /** How long an answer is waited for, in ms; with several messages, for each. */
  readonly answerMs: number;
  /** A connection that answers no ping for twice this long is given up and made anew, in ms. */
  readonly heartbeatMs: number;
  readonly onStatus: (status: LogStatus) => void;
}

/** What happens to the connection without anyone asking; for logging. */
export interface LogStatus {
  readonly type: 'disconnected' | 'reconnected' | 'error' | 'closed';
  readonly detail: string;
}

interface Waiting {
  readonly subject: string;
  /** @returns whether the answer is complete */
  readonly take: (message: Msg) => boolean;
  readonly done: () => void;
  readonly fail: (error: MasterflagError) => void;
  readonly timer: NodeJS.Timeout;
}

/** Between attempts to connect again, in ms, plus up to as much again by chance: all nodes lose a server together. */
const RECONNECT_MS = 100;

/**
 * One connection to NATS that reconnects for ever. Whoever waits for an answer when it is lost is told at once, and
 * nothing is sent while there is none: what the client would keep back could be written after its sender gave it up.
 */
export class Connection {
  private readonly nats: NatsConnection;
  private readonly options: ConnectionOptions;
  private readonly inbox = createInbox();
  private readonly waiting = new Map<string, Waiting>();
  private readonly reconnected = new Set<() => void>();
  private tokens = 0;
  private connected = true;
  private facts: ServerFacts;
  /** Why it will never answer again. */
  private broken: MasterflagError | undefined;

  private constructor(nats: NatsConnection, options: ConnectionOptions) {
    this.nats = nats;
    this.options = options;
    this.facts = factsOf(nats.info);
    nats.subscribe(`${this.inbox}.*`, { callback: (_error, message) => this.hear(message) });
    void this.watch(nats.status());
    void nats.closed().then((cause) => this.closed(cause));
  }

  /** @throws MF_LOG_UNREACHABLE, MF_LOG_DENIED, MF_SERVER_TOO_OLD */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { servers, ...credentials } = natsOptions(options.servers);
    let nats: NatsConnection;
    try {
      nats = await connect({
        servers: [...servers],
        ...credentials,
        name: options.name,
        timeout: options.answerMs,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_MS,
        reconnectJitter: RECONNECT_MS,
        pingInterval: options.heartbeatMs,
        noEcho: true,
        noAsyncTraces: true,
      });
    } catch (error) {
      throw noConnection(servers, error);
    }
    const connection = new Connection(nats, options);
    try {
      checkServer(connection.server);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  /** The server that it is connected to, or was. */
  get server(): ServerFacts {
    return this.facts;
  }

  /** @throws UnknownOutcome when no answer came */
  async request(subject: string, payload: Uint8Array | string, operation: string, head?: MsgHdrs): Promise<Msg> {
    let answer: Msg | undefined;
    const take = (message: Msg): boolean => {
      answer = message;
      return true;
    };
    await this.requestMany(subject, payload, operation, take, head);
    if (answer === undefined) throw unanswered(operation, 'no answer');
    return answer;
  }

  /** Resolves when `take` says that the answer is complete. */
  requestMany(
    subject: string,
    payload: Uint8Array | string,
    operation: string,
    take: Waiting['take'],
    head?: MsgHdrs,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      this.check(operation);
      const token = (this.tokens += 1).toString(36);
      const timer = setTimeout(() => {
        this.end(token)?.fail(unanswered(operation, `nothing within ${this.options.answerMs} ms`));
      }, this.options.answerMs);
      this.waiting.set(token, { subject, take, done: resolve, fail: reject, timer });
      try {
        this.nats.publish(subject, payload, { reply: `${this.inbox}.${token}`, ...(head && { headers: head }) });
      } catch (error) {
        this.end(token);
        reject(unanswered(operation, String(error)));
      }
    });
  }

  /** Sends without waiting for anything. @throws UnknownOutcome when there is no connection */
  publish(subject: string, payload: Uint8Array | string, operation: string, head?: MsgHdrs): void {
    this.check(operation);
    this.nats.publish(subject, payload, head && { headers: head });
  }

  subscribe(subject: string, hear: (message: Msg) => void): () => void {
    const subscription = this.nats.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) hear(message);
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Calls back whenever it has connected again: whatever was told meanwhile was missed. */
  onReconnected(listener: () => void): () => void {
    this.reconnected.add(listener);
    return () => this.reconnected.delete(listener);
  }

  async close(): Promise<void> {
    this.broken ??= new MasterflagError('MF_LOG_UNREACHABLE', 'the log was closed');
    this.failAll(this.broken);
    await this.nats.close();
  }

  private check(operation: string): void {
    if (this.broken !== undefined) throw this.broken;
    if (!this.connected) throw unanswered(operation, 'not connected to NATS');
  }

  private hear(message: Msg): void {
    const token = message.subject.slice(this.inbox.length + 1);
    const waiting = this.waiting.get(token);
    if (waiting === undefined) return;
    if (!waiting.take(message)) waiting.timer.refresh();
    else this.end(token)?.done();
  }

  private end(token: string): Waiting | undefined {
    const waiting = this.waiting.get(token);
    clearTimeout(waiting?.timer);
    this.waiting.delete(token);
    return waiting;
  }

  private failAll(error: MasterflagError, matches: (waiting: Waiting) => boolean = () => true): void {
    for (const [token, waiting] of this.waiting) if (matches(waiting)) this.end(token)?.fail(error);
  }

  private async watch(statuses: AsyncIterable<Status>): Promise<void> {
    for await (const status of statuses) {
      if (status.type === Events.Disconnect) this.lose(text(status));
      else if (status.type === Events.Reconnect) this.comeBack(text(status));
      else if (status.type === Events.Error) this.refused(status);
    }
  }

  private lose(server: string): void {
    this.connected = false;
    this.failAll(unanswered('what was sent', 'the connection to NATS was lost'));
    this.options.onStatus({ type: 'disconnected', detail: server });
  }

  private comeBack(server: string): void {
    try {
      // Between two connections the client knows of none.
      this.facts = factsOf(this.nats.info);
      checkServer(this.facts);
    } catch (error) {
      if (error instanceof MasterflagError) this.broken = error;
      return;
    }
    this.connected = true;
    this.options.onStatus({ type: 'reconnected', detail: server });
    for (const listener of this.reconnected) listener();
  }

  private refused(status: Status): void {
    const { permissionContext } = status;
    this.options.onStatus({ type: 'error', detail: `${text(status)} ${permissionContext?.subject ?? ''}`.trim() });
    if (permissionContext === undefined) return;
    const { operation, subject } = permissionContext;
    this.failAll(
      denied(`NATS does not permit ${operation} to ${subject}`),
      // Who may not hear answers gets none to anything.
      (waiting) => waiting.subject === subject || subject.startsWith(this.inbox),
    );
  }

  private closed(cause: unknown): void {
    this.connected = false;
    if (this.broken !== undefined) return;
    this.broken = noConnection([this.options.servers], cause);
    this.failAll(this.broken);
    this.options.onStatus({ type: 'closed', detail: this.broken.message });
  }
}

function factsOf(info: ServerInfo | undefined): ServerFacts {
  const { version = '', max_payload: maxPayload = 0, server_name: name = '', jetstream = false } = info ?? {};
  return { version, maxPayload, name, hasJetStream: jetstream };
}

function text({ data }: Status): string {
  return typeof data === 'string' ? data : JSON.stringify(data);
}

/** Headers of one message. */
export function head(fields: Readonly<Record<string, string | number>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(fields)) made.set(name, String(value));
  return made;
}
