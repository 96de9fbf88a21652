import { COLLECTIONS, type Collection } from '../../../config/tasks.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import type { ReadPorts } from '../ports.ts';

/** How the bodies of one collection differ. */
export interface CollectionDifference {
  readonly collection: Collection;
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
  /** Sorted by path; of changed bodies only. */
  readonly fields: readonly FieldDifference[];
}

export interface FieldDifference {
  /** `lines[].amount`: some item of the list has another amount. */
  readonly path: string;
  /** Bodies in which it differs. */
  readonly bodies: number;
  readonly examples: readonly Example[];
}

export interface Example {
  readonly id: string;
  /** Absent for a field that was not there. */
  readonly before?: unknown;
  /** Absent for a field that is there no more. */
  readonly after?: unknown;
}

type Store = ReadPorts['store'];

/** What is about the work and not about entities: it differs whenever anything is done. */
const BOOKS: readonly Collection[] = [
  'management.feeds',
  'management.setup',
  'management.sources',
  'master.outcomes',
  'master.parked',
  'master.timers',
];

/** Examples kept of each field. */
const EXAMPLES = 3;

const PAGE = 500;

/** Compares all bodies of two data sets, page by page. Collections without a difference are left out. */
export async function differences(before: Store, after: Store): Promise<CollectionDifference[]> {
  const found: CollectionDifference[] = [];
  for (const collection of COLLECTIONS) {
    if (BOOKS.includes(collection)) continue;
    const difference = await compare(collection, before, after);
    if (difference.changed + difference.added + difference.removed > 0) found.push(difference);
  }
  return found;
}

async function compare(collection: Collection, before: Store, after: Store): Promise<CollectionDifference> {
  const fields = new Map<string, { bodies: number; readonly examples: Example[] }>();
  const counts = { changed: 0, added: 0, removed: 0 };
  for await (const [was, is] of pairs(documents(collection, before), documents(collection, after))) {
    if (was === undefined) counts.added++;
    else if (is === undefined) counts.removed++;
    else if (was.json !== is.json) {
      counts.changed++;
      for (const [path, example] of fieldsOf(was, is)) {
        const known = fields.get(path) ?? { bodies: 0, examples: [] };
        fields.set(path, known);
        known.bodies++;
        if (known.examples.length < EXAMPLES) known.examples.push(example);
      }
    }
  }
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, field]) => ({ path, ...field }));
  return { collection, ...counts, fields: sorted };
}

/** The first difference of each field of two bodies. */
function fieldsOf(was: StoredDocument, is: StoredDocument): Map<string, Example> {
  const found = new Map<string, Example>();
  look('', JSON.parse(was.json ?? 'null'), JSON.parse(is.json ?? 'null'), (path, before, after) => {
    if (found.has(path)) return;
    const example = { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
    found.set(path, { id: was.id, ...example });
  });
  return found;
}

type Tell = (path: string, before: unknown, after: unknown) => void;

function look(path: string, before: unknown, after: unknown, tell: Tell): void {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((item, i) => look(`${path}[]`, item, after[i], tell));
  } else if (isMap(before) && isMap(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      look(path === '' ? name : `${path}.${name}`, before[name], after[name], tell);
    }
  } else if (JSON.stringify(before) !== JSON.stringify(after)) tell(path, before, after);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Documents = AsyncGenerator<StoredDocument, undefined>;

async function* documents(collection: Collection, store: Store): Documents {
  for (let after = ''; ;) {
    const page = await store.page(collection, { after, limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return undefined;
    after = last.id;
  }
}

/** Documents of the same id beside one another: both come by id. */
async function* pairs(
  before: Documents,
  after: Documents,
): AsyncGenerator<readonly [was: StoredDocument | undefined, is: StoredDocument | undefined]> {
  let [was, is] = [(await before.next()).value, (await after.next()).value];
  while (was !== undefined || is !== undefined) {
    const order = was === undefined ? 1 : is === undefined ? -1 : compareIds(was.id, is.id);
    yield [order <= 0 ? was : undefined, order >= 0 ? is : undefined];
    [was, is] = [order <= 0 ? (await before.next()).value : was, order >= 0 ? (await after.next()).value : is];
  }
}

/** As SQLite orders texts: ids are ASCII. */
function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
