import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDataSet, openReadPorts } from '../actors/node/ports.ts';
import { openSources } from '../actors/node/reading.ts';
import { differences, type CollectionDifference } from '../actors/node/reprocess/differences.ts';
import { InboxRecords } from '../actors/node/reprocess/inbox-records.ts';
import { Reprocess, type Plan } from '../actors/node/reprocess/plan.ts';
import { send } from '../actors/node/reprocess/send.ts';
import { openConnection, type Connection } from '../gateway/connection.ts';
import { MasterflagError, UnknownOutcome } from '../schemas/errors.ts';
import type { PartitionId } from '../schemas/partition.ts';
import type { Settings } from '../schemas/settings.ts';
import { orAborted } from './interrupt.ts';
import { Progress } from './progress.ts';
import { total, verdictsOf, type Verdicts } from './verdicts.ts';

export interface ReprocessRequest {
  readonly source: string;
  /** In ms since the epoch: records that were appended before are left as they are. */
  readonly since: number | undefined;
  readonly silent: boolean;
  readonly signal: AbortSignal;
}

export interface Reprocessed extends Verdicts {
  readonly plan: Plan;
  /** The feed that its verdicts are counted under. */
  readonly feed: string;
  readonly received: number;
  readonly seconds: number;
}

/** What a dry run found. */
export interface Rehearsed extends Reprocessed {
  readonly differences: readonly CollectionDifference[];
}

/**
 * Reads a source's records again by its newest version, and applies what differs.
 * @throws MF_REPROCESS_REFUSED before anything is written, MF_SOURCE_UNKNOWN, MF_VERDICTS
 */
export async function reprocess(settings: Settings, request: ReprocessRequest): Promise<Reprocessed> {
  const connection = await openConnection(settings);
  const progress = new Progress(undefined, request.silent);
  try {
    return await new Run(settings, request, connection, progress).run();
  } finally {
    progress.clear();
    await connection.close();
  }
}

/** Does all of it on a copy of the data set, compares the bodies, and throws the copy away. */
export async function rehearse(settings: Settings, request: ReprocessRequest): Promise<Rehearsed> {
  const folder = await mkdtemp(join(tmpdir(), 'masterflag-reprocess-'));
  const [before, after] = ['before', 'after'].map((name) => ({ ...settings, data: join(folder, name) }));
  try {
    if (before === undefined || after === undefined) throw new TypeError('two folders');
    await copyDataSet(settings, after.data);
    await settle(after, request.signal);
    await copyDataSet(after, before.data);
    const done = await reprocess(after, request);
    return { ...done, differences: await compare(before, after) };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What was still to be done is no part of the difference. */
async function settle(settings: Settings, signal: AbortSignal): Promise<void> {
  const connection = await openConnection(settings);
  try {
    await orAborted(signal, connection.idle());
  } finally {
    await connection.close();
  }
}

async function compare(before: Settings, after: Settings): Promise<CollectionDifference[]> {
  const [was, is] = [await openReadPorts(before), await openReadPorts(after)];
  try {
    return await differences(was.store, is.store);
  } finally {
    await Promise.all([was.close(), is.close()]);
  }
}

class Run {
  private readonly feed = `reprocess-${randomUUID()}`;
  private readonly started = Date.now();
  private readonly settings: Settings;
  private readonly request: ReprocessRequest;
  private readonly connection: Connection;
  private readonly progress: Progress;
  private readonly sources: ReturnType<typeof openSources>;
  /** Records of appends whose outcome was unknown: some may have been appended twice. */
  private doubtful = 0;

  constructor(settings: Settings, request: ReprocessRequest, connection: Connection, progress: Progress) {
    this.settings = settings;
    this.request = request;
    this.connection = connection;
    this.progress = progress;
    this.sources = openSources(settings);
  }

  async run(): Promise<Reprocessed> {
    await orAborted(this.request.signal, this.connection.idle());
    const ports = await openReadPorts(this.settings);
    try {
      const { source, since } = this.request;
      const inbox = await InboxRecords.upToNow(ports.log, source, this.settings.partitions);
      const reprocessing = new Reprocess(inbox, this.sources, this.settings, since);
      const plan = await reprocessing.plan(ports.store);
      refuse(plan);
      if (Object.keys(plan.records).length > 0) await this.admit();
      const received = await this.apply(reprocessing);
      const verdicts = this.checked(await verdictsOf(this.feed, ports.store), received);
      return { plan, feed: this.feed, received, ...verdicts, seconds: (Date.now() - this.started) / 1000 };
    } finally {
      await ports.close();
    }
  }

  /** @throws MF_SOURCE_EDITED; MF_SOURCE_UNKNOWN when the owner was started before the version was there */
  private admit(): Promise<void> {
    const { name, version, digest } = this.sources.newest(this.request.source);
    return this.connection.admit({ source: name, version, digest });
  }

  private async apply(reprocessing: Reprocess): Promise<number> {
    const { connection, settings, progress } = this;
    const { signal } = this.request;
    const { partitions: counts, bulkBudget: budget } = settings;
    const { records, positions } = await send(reprocessing.corrections(), reprocessing.rereader.newest, {
      ...{ log: { append: this.append.bind(this) }, counts, budget, feed: this.feed, signal },
      unapplied: (partition) => connection.unapplied(partition, budget + 1),
      onProgress: (done) => progress.update('reading again', { records: done, bytes: 0 }),
    });
    for (const [partition, position] of positions) await orAborted(signal, connection.applied(partition, position));
    await orAborted(signal, connection.idle());
    return records;
  }

  private async append(partition: PartitionId, lane: 'fast' | 'bulk', bodies: readonly string[]): Promise<number[]> {
    try {
      return await this.connection.append(partition, lane, bodies);
    } catch (error) {
      if (error instanceof UnknownOutcome) {
        this.doubtful += bodies.reduce((sum, body) => sum + (JSON.parse(body) as { records: [] }).records.length, 0);
      }
      throw error;
    }
  }

  /** Promise 7, as of any feed. @throws MF_VERDICTS */
  private checked(verdicts: Verdicts, received: number): Verdicts {
    const repeated = total(verdicts) - received;
    if (repeated >= 0 && repeated <= Math.min(this.doubtful, verdicts.duplicate)) {
      return { ...verdicts, duplicate: verdicts.duplicate - repeated };
    }
    const message = `feed ${this.feed}: ${received} records were sent, but ${JSON.stringify(verdicts)} of them decided`;
    throw new MasterflagError('MF_VERDICTS', message);
  }
}

/** @throws MF_REPROCESS_REFUSED with examples of all that stands in the way */
function refuse({ source, version, obstacles }: Plan): void {
  if (obstacles.total === 0) return;
  const examples = obstacles.examples.map(({ why, where, detail }) => `  ${why}: ${where}: ${detail}`);
  throw new MasterflagError(
    'MF_REPROCESS_REFUSED',
    [`version ${version} of ${source} cannot speak over ${obstacles.total} statements`, ...examples].join('\n'),
  );
}
