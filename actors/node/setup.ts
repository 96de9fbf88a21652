import { checkOf } from '../../config/match-key.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { SetupDocument } from '../../schemas/tasks/books.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { Store } from '../../store/store.ts';

/** What every node of a cluster has to be told alike. */
export type Setup = Omit<SetupDocument, 'v'>;

const COLLECTION = 'management.setup';
const ID = 'cluster';

/** No partition's: the first process writes it, and nobody ever again. */
const WRITER: PartitionId = 'setup.0';

export function setupOf({ tenant, partitions }: Pick<Settings, 'tenant' | 'partitions'>, secret: string): Setup {
  return { tenant, partitions, matching: checkOf(secret) };
}

/**
 * Sets the cluster up if nobody has, and refuses what differs from how it was set up: an entity would be looked for in
 * the wrong partition, or what one node heard would be matched with nothing that another heard.
 * @throws MF_PARTITIONS_CHANGED, MF_MATCH_KEY, MF_CLUSTER_SETTINGS
 */
export async function agreeOnSetup(store: Pick<Store, 'apply' | 'load'>, setup: Setup): Promise<void> {
  if ((await recordedSetup(store)) === undefined) await store.apply([setupDocument(setup)]);
  // Another process may have been first.
  const found = await recordedSetup(store);
  if (found !== undefined) refuseOtherSetup(found, setup);
}

/** Undefined of a cluster that was never set up. */
export async function recordedSetup(store: Pick<Store, 'load'>): Promise<Setup | undefined> {
  const [document] = await store.load([{ collection: COLLECTION, id: ID }]);
  const json = document?.json ?? null;
  return json === null ? undefined : upcast<SetupDocument>(COLLECTION, JSON.parse(json));
}

export function setupDocument(setup: Setup): StoredDocument {
  const { tenant, partitions, matching } = setup;
  const body: SetupDocument = { v: 1, tenant, partitions, matching };
  const json = JSON.stringify({ _id: ID, ...body });
  return { collection: COLLECTION, id: ID, version: 1, partition: WRITER, seq: 1, at: 0, json, meta: '', keys: [] };
}

/** @throws MF_PARTITIONS_CHANGED, MF_MATCH_KEY, MF_CLUSTER_SETTINGS */
export function refuseOtherSetup(found: Setup, { tenant, partitions, matching }: Setup): void {
  for (const [kind, count] of Object.entries(partitions)) {
    const there = found.partitions[kind] ?? 0;
    if (there === count) continue;
    const message = `this cluster was set up with ${there} partitions of kind ${kind}, the settings say ${count}`;
    throw new MasterflagError('MF_PARTITIONS_CHANGED', message);
  }
  if (found.tenant !== tenant) {
    const message = `this cluster was set up for tenant ${found.tenant}, the settings say ${tenant}`;
    throw new MasterflagError('MF_CLUSTER_SETTINGS', message);
  }
  if (found.matching !== matching) {
    throw new MasterflagError('MF_MATCH_KEY', 'the secret is not the one that this cluster was set up with');
  }
}
