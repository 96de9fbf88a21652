import type { Logger } from 'pino';
import type { Remove } from '../../schemas/command.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { Size, Store } from '../../store/store.ts';
import type { Commands } from './commands.ts';
import { ExportFile } from './export-file.ts';

type Collection = Remove['collection'];

/** What has a bound, and how its files are called. */
const BOUNDED: Readonly<Partial<Record<Collection, string>>> = {
  'management.quarantine': 'entries',
  'management.resolutions': 'resolutions',
};

const EVERY_MS = 60_000;

/** How long a stop waits for the commands that are under way. */
const PATIENCE_MS = 10_000;

const DAY_MS = 24 * 3600 * 1000;
const MIB = 1 << 20;
/** Documents read at a time: one may have half a MiB. */
const PAGE = 50;

/** Documents of one file, and of one look at a quarantine that is much too full: what is remembered of each is small. */
const PER_FILE = 10_000;

/** Documents that one command removes. */
const PER_COMMAND = 200;

/** Once it is full, a tenth goes: or every new entry would make a file of its own. */
const KEPT = 0.9;

export interface BoundsParts {
  readonly store: Store;
  readonly commands: Commands;
  readonly settings: Settings;
  readonly logger: Logger;
  /** Whether it is for this process to do. */
  readonly isMine: () => boolean;
}

/** As much of a document as it takes to remove it. */
interface Old {
  readonly id: string;
  readonly at: number;
  readonly version: number;
  readonly partition: string;
  readonly entity: string;
  readonly bytes: number;
}

/**
 * Keeps the quarantine bounded: what is beyond a bound goes to a file, oldest first, and is removed by its own
 * partition once the file is on the disk. Killed in between, it goes to the next file as well. Outcomes of commands that
 * nobody may ask for any more go without a file.
 */
export class QuarantineBounds {
  private readonly parts: BoundsParts;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private stopNow: () => void = () => undefined;
  /** A partition that cannot be processed answers no command: nobody may wait for it for ever. */
  private readonly stopping = new Promise<void>((resolve) => {
    this.stopNow = resolve;
  });

  constructor(parts: BoundsParts) {
    this.parts = parts;
  }

  /** Looks now, and then every minute. */
  start(): void {
    this.running = this.keep()
      .catch((error: unknown) => {
        this.parts.logger.error({ err: error }, 'the quarantine could not be kept within its bounds');
      })
      .then(() => {
        if (this.stopped) return;
        this.timer = setTimeout(() => this.start(), EVERY_MS);
        this.timer.unref();
      });
  }

  /** Resolves when nothing of it is under way any more: what a file has is removed before. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const patience = setTimeout(this.stopNow, PATIENCE_MS);
    await this.running;
    clearTimeout(patience);
  }

  async keep(): Promise<void> {
    if (!this.parts.isMine()) return;
    for (const [collection, name] of Object.entries(BOUNDED) as [Collection, string][]) {
      while (!this.stopped && (await this.relieve(collection, name)));
    }
    await this.forgetOutcomes();
  }

  /** Whether there may be more to remove. */
  private async relieve(collection: Collection, name: string): Promise<boolean> {
    const { store, settings, logger } = this.parts;
    const size = await store.size(collection);
    const cutoff = Date.now() - settings.quarantineDays * DAY_MS;
    const bounds = { documents: settings.quarantineEntries, bytes: settings.quarantineMb * MIB };
    const isFull = size.documents > bounds.documents || size.bytes > bounds.bytes;
    if (!isFull && size.oldest >= cutoff) return false;
    const oldest = await this.oldest(collection);
    const chosen = choose(oldest, size, isFull ? bounds : { documents: Infinity, bytes: Infinity }, cutoff);
    if (chosen.length === 0) return false;
    const file = await this.write(name, collection, chosen);
    await this.remove(collection, chosen, file);
    logger.warn({ collection, file, documents: chosen.length }, 'the oldest of the quarantine went to a file');
    return chosen.length === PER_FILE;
  }

  /** The first of them, by the time at which they were written. */
  private async oldest(collection: Collection): Promise<Old[]> {
    let found: Old[] = [];
    for (let after = ''; ;) {
      const page = await this.parts.store.page(collection, { after, limit: PAGE });
      for (const document of page) {
        const old = oldOf(document);
        if (old !== null) found.push(old);
      }
      if (found.length >= 2 * PER_FILE) found = firstOf(found);
      const last = page.at(-1);
      if (last === undefined) return firstOf(found);
      after = last.id;
    }
  }

  private async write(name: string, collection: Collection, chosen: readonly Old[]): Promise<string> {
    const file = new ExportFile(this.parts.settings.data, name);
    try {
      for (let from = 0; from < chosen.length; from += PAGE) {
        const refs = chosen.slice(from, from + PAGE).map(({ id }) => ({ collection, id }));
        for (const document of await this.parts.store.load(refs)) file.add(document);
      }
      return file.finish();
    } catch (error) {
      file.abandon();
      throw error;
    }
  }

  private async remove(collection: Collection, chosen: readonly Old[], file?: string): Promise<void> {
    for (const group of Map.groupBy(chosen, ({ partition }) => partition).values()) {
      for (let from = 0; from < group.length; from += PER_COMMAND) {
        const some = group.slice(from, from + PER_COMMAND);
        const documents = some.map(({ id, version }) => ({ id, version }));
        const data: Remove = { collection, documents, ...(file === undefined ? {} : { file }) };
        // Any entity of the partition will do.
        const sent = this.parts.commands.sendOwn({ key: some[0]?.entity ?? '', name: 'remove', data });
        await Promise.race([sent, this.stopping]);
      }
    }
  }

  private async forgetOutcomes(): Promise<void> {
    const found = await this.parts.store.range('master.outcomes', 'expires', 0, Date.now(), PER_FILE);
    const expired = found.flatMap((document) => oldOf(document) ?? []);
    await this.remove('master.outcomes', expired);
  }
}

/** The message that parks an entity stays: without its entry nobody would find it. */
function oldOf({ id, at, version, partition, json, meta }: StoredDocument): Old | null {
  const { type, entity, entry } = JSON.parse(json ?? '{}') as Told;
  const whose = entity ?? entry?.entity;
  if (type === 'poison' || whose === undefined) return null;
  return { id, at, version, partition, entity: whose, bytes: Buffer.byteLength(json ?? '') + meta.length };
}

interface Told {
  readonly type?: string;
  readonly entity?: string;
  readonly entry?: { readonly entity: string };
}

function firstOf(found: readonly Old[]): Old[] {
  return [...found].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(0, PER_FILE);
}

/** As many as are too old, or too many. */
function choose(
  oldest: readonly Old[],
  size: Size,
  bounds: { readonly documents: number; readonly bytes: number },
  cutoff: number,
): Old[] {
  let { documents, bytes } = size;
  const chosen: Old[] = [];
  for (const old of oldest) {
    const isMuch = documents > bounds.documents * KEPT || bytes > bounds.bytes * KEPT;
    if (old.at >= cutoff && !isMuch) break;
    chosen.push(old);
    documents -= 1;
    bytes -= old.bytes;
  }
  return chosen;
}
