import { MasterflagError } from '../../schemas/errors.ts';
import { FeedBusy, type Ingress, type Receipt } from '../../streams/ingress/ingress.ts';
import { looksLikeJson, rowsOfJson } from '../../streams/ingress/json-rows.ts';
import type { SourceRegistry } from '../../streams/mapping/registry.ts';
import type { Edition } from './editions.ts';

/** What somebody published to `feed.<source>`. */
export interface FeedRequest {
  readonly source: string;
  readonly payload: string;
  /** Under which name the verdicts on its records are counted; without one, under the source and the day. */
  readonly feed?: string | undefined;
  /** Name of a file, where the source tells kinds of record apart by it. */
  readonly file?: string | undefined;
}

/** The receipt: for each record where it went, or why it was refused. */
export interface FeedAnswer {
  readonly feed?: string;
  readonly received: number;
  /** Those among them that will be quarantined, since they cannot be decoded or routed. */
  readonly faults: number;
  readonly receipts: readonly Receipt[];
  /** Nothing of it, or with `received` not all of it, was taken. */
  readonly error?: { readonly code: string; readonly message: string; readonly mend: string };
  /** When to send it again, in ms; what was received counts as duplicate then. */
  readonly retryAfterMs?: number;
}

export interface FeedRequestsParts {
  readonly ingress: Ingress;
  readonly sources: SourceRegistry;
  readonly admit: (edition: Edition) => Promise<void>;
}

/** Requests that are taken in at a time; more are busy at once, so that what waits here is bounded. */
const MOST_AT_ONCE = 32;
const RETRY_AFTER_MS = 500;

/** Takes in what others publish, and answers when it is durable. */
export class FeedRequests {
  private readonly parts: FeedRequestsParts;
  private readonly admitted = new Set<string>();
  private running = 0;

  constructor(parts: FeedRequestsParts) {
    this.parts = parts;
  }

  /** Never throws: what is wrong is in the answer. */
  async answer(request: FeedRequest): Promise<FeedAnswer> {
    if (this.running >= MOST_AT_ONCE) return { ...failed(tooMany()), retryAfterMs: RETRY_AFTER_MS };
    this.running += 1;
    try {
      return await this.take(request);
    } catch (error) {
      return failed(error);
    } finally {
      this.running -= 1;
    }
  }

  private async take({ source: name, payload, feed = dailyName(name), file = name }: FeedRequest): Promise<FeedAnswer> {
    const { ingress, sources } = this.parts;
    const source = sources.newest(name);
    await this.admit({ source: source.name, version: source.version, digest: source.digest });
    const { format } = source;
    const isTurned = format.type === 'csv' && looksLikeJson(payload);
    const text = isTurned ? rowsOfJson(payload, format.delimiter) : payload;
    const receipts: Receipt[] = [];
    const onReceipts = (some: readonly Receipt[]): void => {
      receipts.push(...some);
    };
    const chunks = [Buffer.from(text)];
    try {
      const report = await ingress.feed({ source: name, feed, file, chunks, whenBusy: 'refuse', onReceipts });
      return { feed, received: report.received, faults: report.faults, receipts: sorted(receipts) };
    } catch (error) {
      if (!(error instanceof FeedBusy)) throw error;
      const { report, retryAfterMs } = error;
      return {
        ...failed(error),
        feed,
        faults: report.faults,
        received: receipts.length,
        receipts: sorted(receipts),
        retryAfterMs,
      };
    }
  }

  private async admit(edition: Edition): Promise<void> {
    const name = `${edition.source}@${edition.version}`;
    if (this.admitted.has(name)) return;
    await this.parts.admit(edition);
    this.admitted.add(name);
  }
}

/** A name for each message would leave a count behind for each. */
function dailyName(source: string): string {
  return `nats.${source}.${new Date().toISOString().slice(0, 10)}`;
}

function sorted(receipts: readonly Receipt[]): Receipt[] {
  return receipts.toSorted((a, b) => a.number - b.number);
}

function tooMany(): MasterflagError {
  return new MasterflagError('MF_FEED_BUSY', `this node takes in ${MOST_AT_ONCE} feeds already`);
}

function failed(error: unknown): FeedAnswer {
  const known = error instanceof MasterflagError ? error : new MasterflagError('MF_BAD_REQUEST', String(error));
  const { code, message, mend } = known;
  return { received: 0, faults: 0, receipts: [], error: { code, message, mend } };
}
