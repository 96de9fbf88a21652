import { connect, headers, type Msg, type NatsConnection } from 'nats';
import { natsOptions } from '../../config/nats.ts';

/** A payload that somebody published to `feed.<source>`. */
export interface Published {
  readonly source: string;
  readonly payload: string;
  /** Header `Masterflag-Feed`: under which name its verdicts are counted. */
  readonly feed: string | undefined;
  /** Header `Masterflag-File`: the name of a file, where the source tells kinds of record apart by it. */
  readonly file: string | undefined;
}

export interface FeedSubjectsOptions {
  readonly servers: string;
  /** Nodes of one cluster share what is published: each message reaches one of them. */
  readonly cluster: string;
  /** Answers a payload, as an object; never rejects. */
  readonly answer: (published: Published) => Promise<object>;
  /** Hears of answers that were too long, or could not be sent. */
  readonly onProblem: (problem: string) => void;
}

const FEEDS = 'feed.*';

/**
 * Takes in whatever is published to `feed.<source>`, and replies with the receipt. Guarantee: a reply without `error`
 * means that all of it is durable. Hole: a message that nobody hears, since no node is alive, is lost; whoever wants to
 * know asks for a reply, as `nats request` does, and sends again when none comes.
 */
export class FeedSubjects {
  private readonly nats: NatsConnection;
  private readonly options: FeedSubjectsOptions;

  private constructor(nats: NatsConnection, options: FeedSubjectsOptions) {
    this.nats = nats;
    this.options = options;
    nats.subscribe(FEEDS, {
      queue: options.cluster,
      callback: (error, message) => {
        if (error === null) void this.hear(message);
        else options.onProblem(`${FEEDS}: ${error.message}`);
      },
    });
  }

  static async open(options: FeedSubjectsOptions): Promise<FeedSubjects> {
    const nats = await connect({
      ...natsOptions(options.servers),
      name: `masterflag feeds of ${options.cluster}`,
      maxReconnectAttempts: -1,
    });
    return new FeedSubjects(nats, options);
  }

  /** Hears nothing new, and answers what it has heard. */
  async close(): Promise<void> {
    await this.nats.drain();
  }

  private async hear(message: Msg): Promise<void> {
    const source = message.subject.slice(message.subject.indexOf('.') + 1);
    const [feed, file] = ['Masterflag-Feed', 'Masterflag-File'].map((name) => message.headers?.get(name) || undefined);
    const answer = await this.options.answer({ source, payload: message.string(), feed, file });
    if (message.reply === undefined || message.reply === '') return;
    try {
      this.reply(message, answer);
    } catch (error) {
      this.options.onProblem(`reply to ${message.subject}: ${String(error)}`);
    }
  }

  private reply(message: Msg, answer: object): void {
    const text = Buffer.from(JSON.stringify(answer));
    const most = this.nats.info?.max_payload ?? text.length;
    if (text.length <= most) {
      message.respond(text);
      return;
    }
    // A payload of the smallest records has a receipt longer than itself.
    const { receipts: _, ...rest } = answer as { receipts?: unknown };
    const head = headers();
    head.set('Masterflag-Receipts', 'left out: they are longer than a message may be');
    message.respond(Buffer.from(JSON.stringify(rest)), { headers: head });
  }
}
