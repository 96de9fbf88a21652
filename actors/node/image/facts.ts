import { MasterflagError } from '../../../schemas/errors.ts';
import type { DataSetFacts } from '../../../schemas/image.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { StoreReads } from '../../../store/store.ts';

/**
 * An image goes only to where entities are looked for in the same partitions, under the same tenant.
 * @throws MF_PARTITIONS_CHANGED, MF_CLUSTER_SETTINGS
 */
export function refuseOtherFacts(facts: DataSetFacts, { partitions, tenant }: Settings): void {
  const kinds = new Set([...Object.keys(facts.partitions), ...Object.keys(partitions)]);
  const counts: Readonly<Record<string, number>> = partitions;
  for (const kind of kinds) {
    const [there, here] = [facts.partitions[kind] ?? 0, counts[kind] ?? 0];
    if (there === here) continue;
    const message = `the data set has ${there} partitions of kind ${kind}, the settings say ${here}`;
    throw new MasterflagError('MF_PARTITIONS_CHANGED', message);
  }
  if (facts.tenant !== tenant) {
    const message = `the data set is of tenant ${facts.tenant}, the settings say ${tenant}`;
    throw new MasterflagError('MF_CLUSTER_SETTINGS', message);
  }
}

/** A folder does not say of which tenant it is; the keys of its entities do. @throws MF_CLUSTER_SETTINGS */
export async function refuseOtherTenant(store: Pick<StoreReads, 'page'>, { tenant }: Settings): Promise<void> {
  const [flag] = await store.page('master.flags', { after: '', limit: 1 });
  if (flag === undefined || flag.id.startsWith(`${tenant}.`)) return;
  const message = `the data set has entities such as ${flag.id}, which are not of tenant ${tenant}`;
  throw new MasterflagError('MF_CLUSTER_SETTINGS', message);
}
