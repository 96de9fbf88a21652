import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredDocument } from '../../../schemas/document.ts';
import { MasterflagError } from '../../../schemas/errors.ts';
import type { Store } from '../../../store/store.ts';
import { syncFolder, writeWhole } from './files.ts';

/**
 * What says of a data set that only a part of it is there. Set before anything is copied, taken away when all has been
 * compared: in between nobody opens it but the copy itself.
 */
export interface Unfinished {
  /** The image that is being copied; undefined when none is. */
  image(): Promise<string | undefined>;
  begin(image: string): Promise<void>;
  end(): Promise<void>;
}

const RESTORING = 'restoring.json';
const MIGRATED = 'migrated.json';

export function unfinishedFolder(data: string): Unfinished {
  return {
    image: async () => restoringTo(data),
    begin: async (image) => writeWhole(join(data, RESTORING), JSON.stringify({ v: 1, image })),
    end: async () => {
      rmSync(join(data, RESTORING), { force: true });
      syncFolder(data);
    },
  };
}

function restoringTo(data: string): string | undefined {
  return (read(join(data, RESTORING)) as { readonly image: string } | undefined)?.image;
}

/** @throws MF_RESTORE_UNFINISHED */
export function refuseHalfFolder(data: string): void {
  const image = restoringTo(data);
  if (image !== undefined) throw half(data, image);
}

/** What a folder that went to a cluster says of it. */
export interface Migrated {
  /** Names the migration, so that nobody goes on with another one. */
  readonly id: string;
  readonly state: 'begun' | 'done';
  readonly cluster: string;
  /** When it was begun, or done (ISO 8601). */
  readonly at: string;
}

export function migratedTo(data: string): Migrated | undefined {
  return read(join(data, MIGRATED)) as Migrated | undefined;
}

export function markMigrated(data: string, migrated: Migrated): void {
  writeWhole(join(data, MIGRATED), JSON.stringify({ v: 1, ...migrated }));
}

/** Of whoever would serve it. @throws MF_RESTORE_UNFINISHED, MF_DATA_MIGRATED */
export function refuseMarkedFolder(data: string): void {
  refuseHalfFolder(data);
  const migrated = migratedTo(data);
  if (migrated === undefined) return;
  const { state, cluster, at } = migrated;
  const did = state === 'done' ? 'was migrated' : 'is being migrated';
  throw new MasterflagError(
    'MF_DATA_MIGRATED',
    `${data} ${did} to cluster ${cluster} (${at}), says ${join(data, MIGRATED)}`,
  );
}

function read(path: string): unknown {
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')) as unknown;
}

const COLLECTION = 'management.setup';
const ID = 'unfinished';

type MarkedStore = Pick<Store, 'load' | 'apply'>;

export function unfinishedStore(store: MarkedStore): Unfinished {
  return {
    image: () => copyingTo(store),
    begin: async (image) => {
      await store.apply([marker(1, JSON.stringify({ _id: ID, v: 1, image }))]);
    },
    end: async () => {
      await store.apply([marker(2, null)]);
    },
  };
}

async function copyingTo(store: Pick<Store, 'load'>): Promise<string | undefined> {
  const [found] = await store.load([{ collection: COLLECTION, id: ID }]);
  return typeof found?.json !== 'string' ? undefined : (JSON.parse(found.json) as { readonly image: string }).image;
}

function marker(version: number, json: string | null): StoredDocument {
  return {
    collection: COLLECTION,
    id: ID,
    version,
    partition: 'setup.0',
    seq: version,
    at: 0,
    json,
    meta: '',
    keys: [],
  };
}

/** @throws MF_RESTORE_UNFINISHED */
export async function refuseHalfStore(store: Pick<Store, 'load'>): Promise<void> {
  const image = await copyingTo(store);
  if (image !== undefined) throw half('the cluster', image);
}

function half(where: string, image: string): MasterflagError {
  return new MasterflagError('MF_RESTORE_UNFINISHED', `${where} has a part of ${image} only`);
}
