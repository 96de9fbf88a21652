import type { StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { QuarantineDocument, QuarantineMeta, ResolutionDocument } from '../../schemas/tasks/quarantine.ts';
import { upcast } from '../../schemas/upcast.ts';
import { whereOf, type Where } from '../../streams/ingress/where.ts';
import { readEntry, readMeta } from '../partition/quarantine.ts';
import type { ReadPorts } from './ports.ts';

/** An entry of the quarantine as people read it: what was rejected, why, and where it stood. */
export interface Entry extends QuarantineDocument, Omit<QuarantineMeta, 'v'>, Partial<Where> {
  readonly _id: string;
  /** Of its document: the commit that wrote it. */
  readonly version: number;
  /** When it was rejected last, ISO 8601. */
  readonly at: string;
}

/** What was once in quarantine, with what became of it. */
export interface Resolution extends ResolutionDocument {
  readonly _id: string;
}

const COLLECTION = 'management.quarantine';
/** A record may have half a MiB. */
const PAGE = 50;

/** Reads of the quarantine, page by page. */
export class Entries {
  private readonly store: ReadPorts['store'];

  constructor({ store }: Pick<ReadPorts, 'store'>) {
    this.store = store;
  }

  /** By id; of one cause, or of those that begin with it (`online-retail/MF_RECORD_UNMAPPED`). */
  async *all(cause?: string): AsyncGenerator<Entry> {
    if (cause === undefined) yield* this.pages();
    else if ((await this.alike(cause)) > 0) yield* this.pages(cause);
    else for await (const entry of this.pages()) if (entry.cause.startsWith(`${cause}/`)) yield entry;
  }

  /** How many entries fail alike. */
  async alike(cause: string): Promise<number> {
    return (await this.store.size(COLLECTION, 'cause', cause)).documents;
  }

  /** How many messages wait behind the one that parks an entity. */
  async behind(entity: string): Promise<number> {
    const parked = (await this.store.size('master.parked', 'entity', entity)).documents;
    let overflow = 0;
    for (let after = `${entity}.`; ;) {
      const page = await this.store.query(COLLECTION, 'entity', entity, { after, limit: PAGE });
      const waiting = page.filter(({ id }) => id.startsWith(`${entity}.`));
      overflow += waiting.length;
      const last = page.at(-1);
      if (last === undefined || waiting.length < page.length) return Math.max(0, parked + overflow - 1);
      after = last.id;
    }
  }

  /**
   * The entry that an id, or the beginning of one, means.
   * @throws MF_NOT_FOUND, MF_USAGE for the beginning of several
   */
  async find(id: string): Promise<Entry> {
    const entry = await this.get(id);
    if (entry !== undefined) return entry;
    const resolution = await this.resolution(id);
    if (resolution !== undefined) {
      const { how, by, at } = resolution;
      throw new MasterflagError(
        'MF_NOT_QUARANTINED',
        `${id} is in quarantine no more: it was ${how} by ${by} at ${at}`,
      );
    }
    return this.byBeginning(id);
  }

  /** Of an entry that is in quarantine no more. */
  async resolution(id: string): Promise<Resolution | undefined> {
    const [found] = await this.store.load([{ collection: 'management.resolutions', id }]);
    if (found === undefined || found.json === null) return undefined;
    return upcast<Resolution>('management.resolutions', JSON.parse(found.json));
  }

  async get(id: string): Promise<Entry | undefined> {
    const [found] = await this.store.load([{ collection: COLLECTION, id }]);
    return found === undefined ? undefined : (entryOf(found) ?? undefined);
  }

  private async byBeginning(id: string): Promise<Entry> {
    const page = await this.store.page(COLLECTION, { after: id, limit: 2 });
    const found = page.filter((document) => document.id.startsWith(id));
    const [only] = found.map(entryOf);
    if (found.length > 1) {
      const ids = found.map((document) => document.id).join(', ');
      throw new MasterflagError('MF_USAGE', `${JSON.stringify(id)} is how several ids begin: ${ids} ...`);
    }
    if (only === undefined || only === null) {
      throw new MasterflagError('MF_NOT_FOUND', `nothing in quarantine has the id ${JSON.stringify(id)}`);
    }
    return only;
  }

  private async *pages(cause?: string): AsyncGenerator<Entry> {
    for (let after = ''; ;) {
      const page = { after, limit: PAGE };
      const found = await (cause === undefined
        ? this.store.page(COLLECTION, page)
        : this.store.query(COLLECTION, 'cause', cause, page));
      for (const document of found) {
        const entry = entryOf(document);
        if (entry !== null) yield entry;
      }
      const last = found.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }
}

function entryOf(document: StoredDocument): Entry | null {
  const body = readEntry(document);
  if (body === null) return null;
  const { v: _, ...meta } = readMeta(document);
  const { id, version, at } = document;
  return { ...body, ...meta, ...whereOf(meta.where ?? ''), _id: id, version, at: new Date(at).toISOString() };
}
