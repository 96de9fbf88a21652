import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { MasterflagError } from '../../../schemas/errors.ts';
import type { SourceRegistry } from '../../../streams/mapping/registry.ts';
import type { RecordWork } from '../../../streams/pipeline/batch.ts';
import type { ReadPorts } from '../ports.ts';
import { placeOf, type InboxRecords, type KeptMessage } from './inbox-records.ts';
import { Obstacles } from './obstacles.ts';
import { Rereader, type Reread } from './reading.ts';

/** What reprocessing a source comes to, before anything is written. */
export interface Plan {
  readonly source: string;
  /** The newest version, which reads the records again. */
  readonly version: number;
  /** How many records of the inbox are read again, by the version that read them. */
  readonly records: Readonly<Record<number, number>>;
  /** Read by the newest version already. */
  readonly current: number;
  /** Older than `since`. */
  readonly before: number;
  /** Quarantined by the version that read them: they are redriven, not corrected. */
  readonly quarantined: number;
  /** Records that were decided once and have left the inbox: they have to be fed again from their files. */
  readonly unreachable: readonly UnreachableFeed[];
  readonly obstacles: Obstacles;
}

export interface UnreachableFeed {
  readonly feed: string;
  readonly records: number;
  /** Of all that was decided of the feed. */
  readonly received: number;
  /** When the last of its records was decided, ISO 8601. */
  readonly at: string;
  /** Files that others of its records, which are still there, came from. */
  readonly files: readonly string[];
}

/** Names of files that are remembered of one feed. */
const FILES_KEPT = 50;

const PAGE = 500;

interface Counted {
  inInbox: number;
  readonly files: Set<string>;
}

/** Reads what the inbox has of a source again, and says what that comes to. */
export class Reprocess {
  readonly rereader: Rereader;
  private readonly inbox: InboxRecords;
  private readonly sources: SourceRegistry;
  private readonly since: number;

  /** @param since in ms since the epoch: records that were appended before it are left as they are */
  constructor(inbox: InboxRecords, sources: SourceRegistry, policy: CleansingPolicy, since = 0) {
    this.inbox = inbox;
    this.sources = sources;
    this.since = since;
    this.rereader = new Rereader(sources, policy, inbox.source);
  }

  /** @throws MF_SOURCE_UNKNOWN when there is no file of a version that records are stamped with */
  async plan(store: ReadPorts['store']): Promise<Plan> {
    const records: Record<number, number> = {};
    const skipped = { current: 0, before: 0, quarantined: 0 };
    const obstacles = new Obstacles();
    const feeds = new Map<string, Counted>();
    for await (const message of this.inbox.messages()) {
      countFeed(feeds, message);
      const { sourceVersion } = message.batch;
      for (const seen of this.look(message)) {
        if (typeof seen === 'string') skipped[seen]++;
        else {
          records[sourceVersion] = (records[sourceVersion] ?? 0) + 1;
          obstacles.look(this.rereader.again(seen));
        }
      }
    }
    if (obstacles.isInDoubt) await this.clear(obstacles);
    obstacles.conclude();
    const unreachable = await unreachableOf(this.inbox.source, feeds, store);
    return {
      source: this.inbox.source,
      version: this.rereader.newest.version,
      records,
      ...skipped,
      unreachable,
      obstacles,
    };
  }

  /** The records that are read again, in the order in which they came. */
  async *corrections(): AsyncGenerator<Reread> {
    for await (const message of this.inbox.messages()) {
      for (const seen of this.look(message)) if (typeof seen !== 'string') yield this.rereader.again(seen);
    }
  }

  private *look({ at, batch }: KeptMessage): Generator<RecordWork | 'current' | 'before' | 'quarantined'> {
    const { newest } = this.rereader;
    if (batch.sourceVersion === newest.version || at < this.since) {
      const why = batch.sourceVersion === newest.version ? 'current' : 'before';
      for (const _ of batch.records) yield why;
      return;
    }
    this.refuseUnknown(batch.sourceVersion);
    for (const work of this.rereader.asStamped(batch)) yield work.problem === null ? work : 'quarantined';
  }

  private refuseUnknown(version: number): void {
    const { name, version: newest } = this.rereader.newest;
    if (version < newest && this.sources.find(name, version) !== undefined) return;
    const there = version > newest ? `the newest file is of version ${newest}` : 'there is no file of it';
    throw new MasterflagError(
      'MF_SOURCE_UNKNOWN',
      `records of ${name} were read by version ${version}, and ${there}: what it made of them cannot be compared`,
    );
  }

  /** Shared statements that a record no longer makes, but another does. */
  private async clear(obstacles: Obstacles): Promise<void> {
    for await (const message of this.inbox.messages()) {
      const { batch } = message;
      if (batch.sourceVersion === this.rereader.newest.version)
        this.rereader.asStamped(batch).forEach((work) => obstacles.states(work));
      else
        for (const seen of this.look(message))
          if (typeof seen !== 'string') obstacles.states(this.rereader.again(seen).newer);
    }
  }
}

function countFeed(feeds: Map<string, Counted>, { batch }: KeptMessage): void {
  const counted = feeds.get(batch.feed) ?? { inInbox: 0, files: new Set() };
  feeds.set(batch.feed, counted);
  counted.inInbox += batch.records.length;
  for (const record of batch.records) if (counted.files.size < FILES_KEPT) counted.files.add(placeOf(record).file);
}

/** What was decided of each feed of the source, less what the inbox still has of it. */
async function unreachableOf(
  source: string,
  feeds: ReadonlyMap<string, Counted>,
  store: ReadPorts['store'],
): Promise<UnreachableFeed[]> {
  const decided = new Map<string, { received: number; at: number }>();
  for (let after = ''; ;) {
    const page = await store.page('management.feeds', { after, limit: PAGE });
    for (const { json, at } of page) {
      const body = JSON.parse(json ?? '{}') as { feed: string; source: string; received: number };
      if (body.source !== source) continue;
      const known = decided.get(body.feed) ?? { received: 0, at: 0 };
      decided.set(body.feed, { received: known.received + body.received, at: Math.max(known.at, at) });
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  return [...decided]
    .map(([feed, { received, at }]) => {
      const { inInbox = 0, files = new Set<string>() } = feeds.get(feed) ?? {};
      return { feed, records: received - inInbox, received, at: new Date(at).toISOString(), files: [...files] };
    })
    .filter(({ records }) => records > 0)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}
