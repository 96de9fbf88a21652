import { COLLECTIONS, TASKS, type Collection, type Task } from '../../../config/tasks.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import type { MatchingKey } from '../../../schemas/key.ts';
import type { Store } from '../../../store/store.ts';
import { entityOf } from '../../verify/document.ts';
import type { KeptEvent } from '../../verify/truth.ts';
import type { EventBook } from './event-book.ts';

/** Documents read at a time; of those that hold whole messages, fewer: one may have half a MiB. */
const PAGE = 500;
const PAGE_OF_MESSAGES = 50;

const WITH_MESSAGES: readonly Collection[] = [
  'master.parked',
  'master.waiting',
  'management.quarantine',
  'management.resolutions',
];

/** Collections whose ids begin with the key of an entity, or are it. */
export const OF_ENTITIES: readonly Collection[] = COLLECTIONS.filter((collection) => {
  const { prefix, everyEntity }: Task = TASKS[collection];
  return prefix !== undefined || everyEntity === true;
});

/** What stands beside one another about one entity, or a document that is of none. */
export interface Walked {
  readonly key: MatchingKey;
  readonly flag: StoredDocument | undefined;
  readonly records: readonly StoredDocument[];
  readonly events: readonly KeptEvent[] | null;
}

/** Live documents of a collection, by id. */
export async function* documentsOf(store: Pick<Store, 'page'>, collection: Collection): AsyncGenerator<StoredDocument> {
  const limit = WITH_MESSAGES.includes(collection) ? PAGE_OF_MESSAGES : PAGE;
  for (let after = ''; ;) {
    const page = await store.page(collection, { after, limit });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

/**
 * Every entity that a flag, a record or an event speaks of, in the order of the keys: all collections and the events are
 * sorted by them, so they are read side by side, and nothing is held but a page of each.
 */
export async function* walk(
  store: Pick<Store, 'page'>,
  book: EventBook | null,
  onStray: (document: StoredDocument) => void,
): AsyncGenerator<Walked> {
  const cursors = OF_ENTITIES.map((collection) => new Cursor(documentsOf(store, collection), onStray));
  const events = new EventCursor(book);
  await Promise.all([...cursors.map((cursor) => cursor.next()), events.next()]);
  for (;;) {
    const key = leastOf([...cursors, events]);
    if (key === undefined) return;
    const documents: StoredDocument[] = [];
    for (const cursor of cursors) await cursor.takeAll(key, documents);
    const kept = await events.take(key);
    const flag = documents.find(({ collection }) => collection === 'master.flags');
    yield { key, flag, records: documents.filter((document) => document !== flag), events: kept };
  }
}

function leastOf(cursors: readonly { readonly key: MatchingKey | undefined }[]): MatchingKey | undefined {
  let least: MatchingKey | undefined;
  for (const { key } of cursors) if (key !== undefined && (least === undefined || key < least)) least = key;
  return least;
}

class Cursor {
  key: MatchingKey | undefined;
  private document: StoredDocument | undefined;
  private readonly documents: AsyncGenerator<StoredDocument>;
  private readonly onStray: (document: StoredDocument) => void;

  constructor(documents: AsyncGenerator<StoredDocument>, onStray: (document: StoredDocument) => void) {
    this.documents = documents;
    this.onStray = onStray;
  }

  async next(): Promise<void> {
    for (;;) {
      const next = await this.documents.next();
      this.document = next.done === true ? undefined : next.value;
      if (this.document === undefined) {
        this.key = undefined;
        return;
      }
      this.key = keyOf(this.document);
      if (this.key !== undefined) return;
      this.onStray(this.document);
    }
  }

  async takeAll(key: MatchingKey, to: StoredDocument[]): Promise<void> {
    while (this.key === key && this.document !== undefined) {
      to.push(this.document);
      await this.next();
    }
  }
}

/** A document whose id is the key itself must be nothing but the key. */
function keyOf({ collection, id }: StoredDocument): MatchingKey | undefined {
  const key = entityOf(id);
  const { prefix }: Task = TASKS[collection as Collection];
  return prefix === undefined && key !== id ? undefined : key;
}

class EventCursor {
  key: MatchingKey | undefined;
  private events: readonly KeptEvent[] = [];
  private readonly entities: AsyncGenerator<readonly [MatchingKey, readonly KeptEvent[]]> | null;

  constructor(book: EventBook | null) {
    this.entities = book?.entities() ?? null;
  }

  async next(): Promise<void> {
    if (this.entities === null) return;
    const next = await this.entities.next();
    [this.key, this.events] = next.done === true ? [undefined, []] : next.value;
  }

  async take(key: MatchingKey): Promise<readonly KeptEvent[] | null> {
    if (this.entities === null) return null;
    if (this.key !== key) return [];
    const { events } = this;
    await this.next();
    return events;
  }
}
