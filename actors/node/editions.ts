import type { StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { EditionDocument } from '../../schemas/tasks/books.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { SourceRegistry } from '../../streams/mapping/registry.ts';
import type { Store } from '../../store/store.ts';

/** One version of a source, and the fingerprint of what its files say. */
export type Edition = Omit<EditionDocument, 'v'>;

const COLLECTION = 'management.sources';

/** No partition's: documents of editions are written by whoever is first, once, and never again. */
const WRITER: PartitionId = 'source.0';

/**
 * What every version of a source said when something was first fed through it. Records wait, are redriven and are
 * compared by their version, so a version has to mean one mapping for as long as the data set lives.
 */
export class Editions {
  private readonly store: Pick<Store, 'apply' | 'load'>;
  private readonly sources: SourceRegistry;

  constructor(store: Pick<Store, 'apply' | 'load'>, sources: SourceRegistry) {
    this.store = store;
    this.sources = sources;
  }

  /**
   * Lets a feed begin, and remembers the edition if it is the first of its version.
   * @throws MF_SOURCE_EDITED, MF_SOURCE_UNKNOWN if this process has not read the version
   */
  async admit(edition: Edition): Promise<void> {
    const { digest } = edition;
    const before = await this.recorded(edition);
    if (before !== undefined && before !== digest) throw edited(edition, FIRST_FED);
    const here = this.reads(edition);
    if (here === 'unread') throw unread(edition);
    if (here === 'other') throw edited(edition, 'the process that owns the data was started');
    if (before !== undefined) return;
    await this.store.apply([editionDocument(edition)]);
    // Another process may have been first, with another text.
    if ((await this.recorded(edition)) !== digest) throw edited(edition, FIRST_FED);
  }

  /** Whether this process has read a version, and as this text. */
  reads({ source, version, digest }: Edition): 'read' | 'other' | 'unread' {
    const here = this.sources.find(source, version);
    if (here === undefined) return 'unread';
    return here.digest === digest ? 'read' : 'other';
  }

  /** Versions whose files say something else than when they were first fed: what waits cannot be read by them. */
  async edited(): Promise<Edition[]> {
    const all = this.sources.all().map(({ name, version, digest }) => ({ source: name, version, digest }));
    const found = await Promise.all(all.map(async (edition) => [edition, await this.recorded(edition)] as const));
    return found.filter(([{ digest }, first]) => first !== undefined && first !== digest).map(([edition]) => edition);
  }

  private async recorded(edition: Edition): Promise<string | undefined> {
    const [document] = await this.store.load([{ collection: COLLECTION, id: idOf(edition) }]);
    const json = document?.json ?? null;
    return json === null ? undefined : upcast<EditionDocument>(COLLECTION, JSON.parse(json)).digest;
  }
}

const FIRST_FED = 'something was first fed through it';

function idOf({ source, version }: Edition): string {
  return `${source}@${version}`;
}

export function editionDocument(edition: Edition): StoredDocument {
  const { source, version, digest } = edition;
  const id = idOf(edition);
  const body: EditionDocument = { v: 1, source, version, digest };
  const json = JSON.stringify({ _id: id, ...body });
  return { collection: COLLECTION, id, version: 1, partition: WRITER, seq: 1, at: 0, json, meta: '', keys: [] };
}

function edited({ source, version }: Edition, since: string): MasterflagError {
  return new MasterflagError(
    'MF_SOURCE_EDITED',
    `version ${version} of ${source} says something else than when ${since}`,
  );
}

function unread({ source, version }: Edition): MasterflagError {
  const message = `the process that owns the data has not read version ${version} of ${source}: start it again`;
  return new MasterflagError('MF_SOURCE_UNKNOWN', message);
}
