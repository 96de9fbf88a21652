import { withMeta } from '../actors/node/export-file.ts';
import { openReadPorts, type ReadPorts } from '../actors/node/ports.ts';
import { COLLECTIONS, isCollection, prefixOf, TASKS, type Collection } from '../config/tasks.ts';
import type { IndexKey, StoredDocument } from '../schemas/document.ts';
import { MasterflagError } from '../schemas/errors.ts';
import { didYouMean } from '../schemas/nearest.ts';
import type { Settings } from '../schemas/settings.ts';
import { Output } from './output.ts';
import { meets, type Condition } from './where.ts';

export interface ExportRequest {
  readonly collection: string;
  readonly where: readonly Condition[];
  readonly meta: boolean;
}

/** Documents read at a time: each page is a read of its own, so that a long export holds up no commit. */
const PAGE = 200;

/** Prints page by page, at the pace of whoever reads. */
export async function exportDocuments(settings: Settings, request: ExportRequest): Promise<void> {
  const { where, meta } = request;
  const collection = collectionOf(request.collection);
  const ports = await openReadPorts(settings);
  try {
    const output = new Output();
    for await (const document of documents(ports.store, collection, where)) {
      const { json } = document;
      if (json === null || isForgotten(collection, json)) continue;
      if (!meta && isOfSecret(collection, json)) continue;
      if (where.length > 0 && !meets(JSON.parse(json), where)) continue;
      await output.line(meta ? withMeta(json, document) : json);
    }
    await output.flush();
  } finally {
    await ports.close();
  }
}

/**
 * Of an entity that nobody speaks of any more, only the flag is left, for the sake of its events: whether there is one
 * depends on what was corrected on the way, and not on the set of records.
 */
function isForgotten(collection: Collection, json: string): boolean {
  return collection === 'master.flags' && json.includes('"status":"forgotten"');
}

/**
 * Keys of identifiers are made with the data set's own secret: two data sets of the same records differ in them, and
 * they tell nobody anything. They are printed with `--meta`.
 */
function isOfSecret(collection: Collection, json: string): boolean {
  if (collection === 'master.claims' || collection === 'master.places') return true;
  return collection === 'master.flags' && json.includes('"kind":"match"');
}

/** @throws MF_USAGE that names the nearest collection, and all */
export function collectionOf(name: string): Collection {
  if (isCollection(name)) return name;
  const list = COLLECTIONS.join(', ');
  throw new MasterflagError('MF_USAGE', `there is no collection ${name}${didYouMean(name, COLLECTIONS)} (${list})`);
}

async function* documents(
  store: ReadPorts['store'],
  collection: Collection,
  where: readonly Condition[],
): AsyncGenerator<StoredDocument> {
  const only = where.find(({ path }) => path.length === 1 && path[0] === '_id');
  if (only !== undefined) {
    yield* await store.load([{ collection, id: String(only.value) }]);
    return;
  }
  const indexed = indexFor(collection, where);
  for (let after = ''; ;) {
    const page = { after, limit: PAGE };
    const found =
      indexed === undefined
        ? await store.page(collection, page)
        : await store.query(collection, indexed.index, indexed.value, page);
    yield* found;
    const last = found.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

function indexFor(collection: Collection, where: readonly Condition[]): { index: string; value: IndexKey } | undefined {
  const prefix = prefixOf(collection);
  for (const index of [...(prefix === undefined ? [] : [prefix]), ...TASKS[collection].indexes]) {
    const condition = where.find(({ path }) => path.length === 1 && path[0] === index);
    if (typeof condition?.value === 'string' || typeof condition?.value === 'number') {
      return { index, value: condition.value };
    }
  }
  return undefined;
}
