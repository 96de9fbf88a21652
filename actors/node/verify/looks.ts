import { setTimeout as pause } from 'node:timers/promises';
import { TASKS, type Collection, type Task } from '../../../config/tasks.ts';
import { refName, type StoredDocument } from '../../../schemas/document.ts';
import { kindOfKey, partitionOf, type MatchingKey } from '../../../schemas/key.ts';
import type { PartitionCounts } from '../../../schemas/partition.ts';
import type { Checkpoint } from '../../../schemas/checkpoint.ts';
import type { Store } from '../../../store/store.ts';
import { crossingReferences, placeOf, type Crossing } from '../../verify/crossing.ts';
import type { Seqs } from '../../verify/document.ts';
import type { EntityLook } from '../../verify/look.ts';
import type { KeptEvent } from '../../verify/truth.ts';
import { OF_ENTITIES } from './walk.ts';

export type ReadStore = Pick<Store, 'checkpoint' | 'progress' | 'load' | 'query' | 'page' | 'size'>;

const PAGE = 500;

/** How often an entity that moves while it is looked at is looked at again. */
const ATTEMPTS = 50;
const BETWEEN_MS = 20;

/** An entity as of one commit of its partition, with how far the partition had come. */
export interface SteadyLook {
  readonly look: EntityLook;
  readonly seqs: Seqs;
}

/** Looks that see one moment, taken beside an owner that writes. */
export class Looks {
  private readonly store: ReadStore;
  private readonly counts: PartitionCounts;

  constructor(store: ReadStore, counts: PartitionCounts) {
    this.store = store;
    this.counts = counts;
  }

  /** As of the last commits; null while the entity moves too fast to be seen. */
  async entity(
    key: MatchingKey,
    events: (flag: StoredDocument | undefined) => Promise<readonly KeptEvent[] | null>,
  ): Promise<SteadyLook | null> {
    const partition = partitionOf(kindOfKey(key) ?? '', key, this.counts);
    for (let attempt = 0, seen = ''; attempt < ATTEMPTS; attempt++) {
      const before = await this.store.checkpoint(partition);
      const documents = applied(await this.documents(key), key, before);
      const after = await this.store.checkpoint(partition);
      const seen_ = documents.map((document) => `${refName(document)} ${document.version} ${document.seq}`).join('\n');
      // Where every look falls into a commit, two that see the same see what did not move.
      if (before?.seq === after?.seq || seen === seen_) {
        const flag = documents.find(({ collection }) => collection === 'master.flags');
        const records = documents.filter((document) => document !== flag);
        const crossing = flag === undefined ? null : await this.crossing(flag);
        const look = { key, flag, records, events: await events(flag), crossing };
        return { look, seqs: new Map([[partition, after?.seq ?? 0]]) };
      }
      seen = seen_;
      await pause(BETWEEN_MS);
    }
    return null;
  }

  /** A document as it is, and how far its partition had come afterwards. */
  async document(ref: { readonly collection: string; readonly id: string }): Promise<StoredDocument | undefined> {
    const [found] = await this.store.load([ref]);
    return found?.json === null ? undefined : found;
  }

  async seqs(): Promise<Seqs> {
    return new Map((await this.store.progress()).map(({ id, seq }) => [id, seq]));
  }

  /** What others say of an entity. */
  async crossing(flag: StoredDocument): Promise<Crossing | null> {
    const references = crossingReferences(flag);
    if (references.length === 0) return null;
    const counts = new Map<string, number>();
    const ties = new Map<MatchingKey, StoredDocument>();
    await Promise.all(
      references.map(async (reference) => {
        const collection = `${reference.system}.${reference.task}`;
        if (reference.index === '_id') {
          const found = await this.document({ collection, id: reference.key });
          if (collection !== 'master.flags') counts.set(placeOf(reference), found === undefined ? 0 : 1);
          else if (found !== undefined) ties.set(reference.key, found);
        } else if (isIndexed(collection as Collection, reference.index)) {
          const { documents } = await this.store.size(collection, reference.index, reference.key);
          counts.set(placeOf(reference), documents);
        }
      }),
    );
    return { counts, ties };
  }

  /** Everything whose id begins with the key. */
  async documents(key: MatchingKey): Promise<StoredDocument[]> {
    const found = await Promise.all(
      OF_ENTITIES.map(async (collection) => {
        const { prefix }: Task = TASKS[collection];
        return prefix === undefined ? this.one(collection, key) : this.all(collection, prefix, key);
      }),
    );
    return found.flat();
  }

  private async one(collection: Collection, id: string): Promise<StoredDocument[]> {
    const found = await this.document({ collection, id });
    return found === undefined ? [] : [found];
  }

  private async all(collection: Collection, prefix: string, key: MatchingKey): Promise<StoredDocument[]> {
    const all: StoredDocument[] = [];
    for (let after = ''; ;) {
      const page = await this.store.query(collection, prefix, key, { after, limit: PAGE });
      all.push(...page);
      const last = page.at(-1);
      if (last === undefined) return all;
      after = last.id;
    }
  }
}

function isIndexed(collection: Collection, index: string): boolean {
  const { prefix, indexes }: Task = TASKS[collection];
  return index === prefix || indexes.includes(index);
}

/** With what the last commit has written, and somebody may still be about to apply. */
function applied(
  documents: readonly StoredDocument[],
  key: MatchingKey,
  checkpoint: Checkpoint | undefined,
): StoredDocument[] {
  const byName = new Map(documents.map((document) => [refName(document), document]));
  for (const change of checkpoint?.changes ?? []) {
    if (change.id !== key && !change.id.startsWith(`${key}.`)) continue;
    if (!OF_ENTITIES.includes(change.collection as Collection)) continue;
    const there = byName.get(refName(change));
    if (there === undefined || there.version < change.version) byName.set(refName(change), change);
  }
  return [...byName.values()].filter(({ json }) => json !== null);
}
