import { randomUUID } from 'node:crypto';
import { openReadPorts } from '../actors/node/ports.ts';
import { openSources } from '../actors/node/reading.ts';
import { openConnection, type Connection } from '../gateway/connection.ts';
import { MasterflagError, UnknownOutcome } from '../schemas/errors.ts';
import type { Lane, PartitionId } from '../schemas/partition.ts';
import type { Settings } from '../schemas/settings.ts';
import { Ingress, type IngressOptions } from '../streams/ingress/ingress.ts';
import type { Input, Skipped } from './inputs.ts';
import { openInputs } from './inputs.ts';
import { orAborted } from './interrupt.ts';
import { Progress } from './progress.ts';
import { findSource } from './sources/found.ts';
import { total, verdictsOf, type Verdicts } from './verdicts.ts';

export interface FeedRequest {
  readonly source: string;
  /** Files, folders, `-`. */
  readonly paths: readonly string[];
  /** The name that standard input goes by. */
  readonly stdinName: string;
  readonly silent: boolean;
  readonly signal: AbortSignal;
}

export interface FeedResult extends Verdicts {
  readonly feed: string;
  readonly received: number;
  readonly seconds: number;
  readonly files: number;
  readonly skipped: readonly Skipped[];
  /** Parts of all feeds that wait for the entity that they are about. */
  readonly waiting: number;
}

/** Feeds files under one feed id, and waits until everything that follows from them is applied. */
export async function feed(settings: Settings, request: FeedRequest): Promise<FeedResult> {
  const started = Date.now();
  // The engine reads all of them; here only this one is used.
  const sources = openSources(settings, [findSource(request.source, settings)]);
  const source = sources.newest(request.source);
  const rule = { format: source.format.type, names: (file: string) => source.names(file) };
  const { inputs, skipped } = openInputs(request.paths, rule, request.stdinName);
  const progress = new Progress(sizeOf(inputs), request.silent);
  const connection = await openConnection(settings, {
    onRestart: (why) => progress.note(`the engine was started again: ${why}`),
  });
  try {
    const run = new FeedRun(settings, request, connection, progress);
    await connection.admit({ source: source.name, version: source.version, digest: source.digest });
    const ignored = await run.feed(inputs, new Ingress({ ...connection.ingress, log: run.log, sources }));
    await run.applied();
    const outcome = await run.verdicts();
    const files = inputs.length - ignored.length;
    const seconds = (Date.now() - started) / 1000;
    return { feed: run.id, ...outcome, seconds, files, skipped: [...skipped, ...ignored] };
  } finally {
    progress.clear();
    await connection.close();
  }
}

function sizeOf(inputs: readonly Input[]): number | undefined {
  let sum = 0;
  for (const { size } of inputs) {
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}

class FeedRun {
  readonly id = randomUUID();
  private readonly settings: Settings;
  private readonly request: FeedRequest;
  private readonly connection: Connection;
  private readonly progress: Progress;
  private readonly positions = new Map<PartitionId, number>();
  private received = 0;
  private bytes = 0;
  /** Records of appends whose outcome was unknown: some may have been appended twice. */
  private doubtful = 0;

  constructor(settings: Settings, request: FeedRequest, connection: Connection, progress: Progress) {
    this.settings = settings;
    this.request = request;
    this.connection = connection;
    this.progress = progress;
  }

  get log(): IngressOptions['log'] {
    return { append: this.append.bind(this) };
  }

  /** @returns the files that the source ignores */
  async feed(inputs: readonly Input[], ingress: Ingress): Promise<Skipped[]> {
    const ignored: Skipped[] = [];
    for (const { name, open } of inputs) {
      const { received, bytes } = this;
      const chunks = open();
      const feeding = ingress.feed({
        ...{ source: this.request.source, feed: this.id, file: name, chunks },
        ...{ whenBusy: 'wait', signal: this.request.signal },
        onProgress: (now) =>
          this.progress.update('feeding', { records: received + now.received, bytes: bytes + now.bytes }),
      });
      const report = await orAborted(this.request.signal, feeding).catch((error: unknown) => {
        // Standard input that nobody closes would keep the process waiting.
        chunks.destroy();
        throw error;
      });
      if (report.ignored !== undefined) ignored.push({ name, reason: report.ignored });
      this.received += report.received;
      this.bytes += report.bytes;
      for (const [partition, position] of report.positions) this.positions.set(partition, position);
    }
    return ignored;
  }

  /** Resolves when the records, and what follows from them in other partitions, are applied. */
  async applied(): Promise<void> {
    const { connection } = this;
    const { signal } = this.request;
    for (const [partition, position] of this.positions) {
      this.progress.update('applying', { records: this.received, bytes: this.bytes });
      await orAborted(signal, connection.applied(partition, position));
    }
    await orAborted(signal, connection.idle());
  }

  /** @throws MF_VERDICTS when they do not add up */
  async verdicts(): Promise<Verdicts & { received: number; waiting: number }> {
    const ports = await openReadPorts(this.settings);
    try {
      const verdicts = await verdictsOf(this.id, ports.store);
      const repeated = total(verdicts) - this.received;
      if (repeated < 0 || repeated > this.doubtful || repeated > verdicts.duplicate) {
        throw new MasterflagError(
          'MF_VERDICTS',
          `feed ${this.id}: ${this.received} records were received, but ${JSON.stringify(verdicts)} of them decided`,
        );
      }
      const waiting = await ports.store.count('master.waiting');
      return { ...verdicts, duplicate: verdicts.duplicate - repeated, received: this.received, waiting };
    } finally {
      await ports.close();
    }
  }

  private async append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]> {
    try {
      return await this.connection.append(partition, lane, bodies);
    } catch (error) {
      if (error instanceof UnknownOutcome) this.doubtful += recordsIn(bodies);
      throw error;
    }
  }
}

function recordsIn(bodies: readonly string[]): number {
  return bodies.reduce((sum, body) => sum + (JSON.parse(body) as { records: unknown[] }).records.length, 0);
}
