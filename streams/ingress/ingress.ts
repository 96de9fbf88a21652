import { setTimeout as sleep } from 'node:timers/promises';
import { MasterflagError } from '../../schemas/errors.ts';
import { partitionOf } from '../../schemas/key.ts';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import { decode } from '../formats/decode.ts';
import type { DecodedBatch } from '../formats/format.ts';
import type { Log } from '../log.ts';
import type { SourceRegistry } from '../mapping/registry.ts';
import type { CompiledSource } from '../mapping/source.ts';
import { Appender } from './appender.ts';
import { Batcher, type FullBatch } from './batcher.ts';
import { Load } from './load.ts';
import { HEADER_LIMIT, Router, type RoutedRecord } from './router.ts';

export interface IngressOptions {
  readonly log: Pick<Log, 'append'>;
  readonly counts: PartitionCounts;
  readonly sources: SourceRegistry;
  /** How many messages of the bulk lane of a partition are not applied yet. Without it, no feed is refused for load. */
  readonly unapplied?: (partition: PartitionId) => number | Promise<number>;
  /**
   * More messages than these waiting in a partition make a feed wait, or refuse it. Soft: it is asked for now and then
   * only (streams/ingress/load.ts).
   */
  readonly budget?: number;
}

export interface Feed {
  readonly source: string;
  /** Names this run: verdicts are counted under it. */
  readonly feed: string;
  /** Name of the file, for people and for telling kinds of record apart. */
  readonly file: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly whenBusy?: 'wait' | 'refuse';
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FeedProgress) => void;
  /** Called when records are durable. */
  readonly onReceipts?: (receipts: readonly Receipt[]) => void;
}

export interface FeedProgress {
  readonly received: number;
  /** Bytes of the input that were read. */
  readonly bytes: number;
}

/** Where a record went. */
export interface Receipt {
  /** Place of the record within its feed, from 0. */
  readonly number: number;
  readonly partition: PartitionId;
  readonly position: number;
  /** It will be quarantined under this code. */
  readonly fault?: string;
}

export interface FeedReport {
  readonly received: number;
  /** Records among them that will be quarantined since they cannot be decoded or routed. */
  readonly faults: number;
  readonly bytes: number;
  /** Why nothing of the file was imported. */
  readonly ignored?: string;
  /** The last position in each partition that got records: applied up to there, the feed is done. */
  readonly positions: ReadonlyMap<PartitionId, number>;
}

/** A partition has too much to do: what was appended so far stays, the rest is to be sent again. */
export class FeedBusy extends MasterflagError {
  override readonly name = 'FeedBusy';
  readonly retryAfterMs: number;
  readonly report: FeedReport;

  constructor(partition: PartitionId, report: FeedReport) {
    super('MF_FEED_BUSY', `${partition} has too many records waiting; try again after ${RETRY_AFTER} ms`);
    this.retryAfterMs = RETRY_AFTER;
    this.report = report;
  }
}

/** Messages of up to 500 records that may wait in a partition: some seconds of its work. */
const DEFAULT_BUDGET = 256;

const RETRY_AFTER = 1000;

/** How often a feed that waits looks again. */
const BUSY_POLL = 20;

const FLUSH_INTERVAL = 25;

/**
 * Takes feeds in: decodes, routes by key, appends. Guarantee: when `feed` resolves, every record of the input, faulty
 * ones included, is durable in the bulk lane of one partition, in the order of the input for each entity. Hole: after
 * a crash, or an unknown outcome, some are there twice; the pipeline counts them as duplicates.
 */
export class Ingress {
  private readonly options: IngressOptions;
  private readonly load: Load;

  constructor(options: IngressOptions) {
    this.options = options;
    const { unapplied = () => 0, budget = DEFAULT_BUDGET } = options;
    this.load = new Load(unapplied, budget);
  }

  /** @throws MF_SOURCE_UNKNOWN, FeedBusy, UnknownOutcome after many attempts, and what `chunks` throws */
  async feed(feed: Feed): Promise<FeedReport> {
    const source = this.options.sources.newest(feed.source);
    const recognised = source.recognise(feed.file, undefined);
    if (recognised.type === 'ignored') {
      return { received: 0, faults: 0, bytes: 0, ignored: recognised.reason, positions: new Map() };
    }
    return new Intake(this.options, this.load, source, feed).run();
  }
}

/** One run of one feed. */
class Intake {
  private readonly options: IngressOptions;
  private readonly load: Load;
  private readonly source: CompiledSource;
  private readonly feed: Feed;
  private readonly router: Router;
  private readonly appender: Appender;
  private readonly positions = new Map<PartitionId, number>();
  private readonly faulty = new Map<number, string>();
  private batcher: Batcher | null = null;
  private received = 0;
  private faults = 0;
  private bytes = 0;

  constructor(options: IngressOptions, load: Load, source: CompiledSource, feed: Feed) {
    this.options = options;
    this.load = load;
    this.source = source;
    this.feed = feed;
    this.router = new Router(source, feed.file);
    this.appender = new Appender(options.log, feed.signal);
  }

  async run(): Promise<FeedReport> {
    const linger = setInterval(() => this.append(this.batcher?.flush(false) ?? []), FLUSH_INTERVAL);
    try {
      const { format, allColumns: columns } = this.source;
      for await (const batch of decode(format, this.feed.chunks, { columns })) await this.take(batch);
      this.append(this.batcher?.flush(true) ?? []);
      await this.appender.drain();
      return this.report();
    } finally {
      clearInterval(linger);
      // Whoever gives up may close the log next.
      await this.appender.settled();
    }
  }

  private report(): FeedReport {
    const { received, faults, bytes, positions } = this;
    return { received, faults, bytes, positions };
  }

  private async take(batch: DecodedBatch): Promise<void> {
    this.feed.signal?.throwIfAborted();
    this.bytes = batch.bytes;
    if (batch.records.length > 0) {
      const batcher = (this.batcher ??= this.begin(batch.header));
      const header = this.received === 0 ? this.router.faultyHeader() : null;
      if (header !== null) await this.put(header, batcher);
      for (const decoded of batch.records) {
        const waiting = this.put(this.router.route(decoded), batcher);
        if (waiting !== null) await waiting;
      }
    }
    this.feed.onProgress?.({ received: this.received, bytes: this.bytes });
  }

  private begin(header: readonly string[] | undefined): Batcher {
    this.router.begin(header);
    const { name, version } = this.source;
    const columns = header !== undefined && JSON.stringify(header).length <= HEADER_LIMIT ? { columns: header } : {};
    return new Batcher({ source: name, sourceVersion: version, feed: this.feed.feed, ...columns });
  }

  private put(record: RoutedRecord, batcher: Batcher): Promise<void> | null {
    const number = this.received++;
    if (record.fault !== null) {
      this.faults++;
      if (this.feed.onReceipts !== undefined) this.faulty.set(number, record.fault);
    }
    const partition = partitionOf(record.kind, record.key, this.options.counts);
    const full = batcher.add(partition, record.text, number);
    return full.length === 0 ? null : this.admit(full);
  }

  private async admit(batches: readonly FullBatch[]): Promise<void> {
    for (const { partition } of batches) await this.untilFree(partition);
    this.append(batches);
    await this.appender.room();
  }

  private async untilFree(partition: PartitionId): Promise<void> {
    while (await this.load.isOver(partition)) {
      if (this.feed.whenBusy === 'refuse') {
        await this.appender.drain();
        throw new FeedBusy(partition, this.report());
      }
      await sleep(BUSY_POLL, undefined, this.feed.signal === undefined ? {} : { signal: this.feed.signal });
    }
  }

  private append(batches: readonly FullBatch[]): void {
    for (const batch of batches) {
      this.load.letIn(batch.partition);
      this.appender.add(batch.partition, batch.body, (position) => this.appended(batch, position));
    }
  }

  private appended({ partition, numbers }: FullBatch, position: number): void {
    this.positions.set(partition, position);
    this.feed.onReceipts?.(numbers.map((number) => this.receipt(number, partition, position)));
  }

  private receipt(number: number, partition: PartitionId, position: number): Receipt {
    const fault = this.faulty.get(number);
    this.faulty.delete(number);
    return { number, partition, position, ...(fault === undefined ? {} : { fault }) };
  }
}
