import { prefixRange } from '../../config/tasks.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { StoreReads } from '../../store/store.ts';

const PARKED = 'master.parked';

/** How many entities are parked in each partition: one look an entity, however much waits behind each. */
export async function parkedKeys(store: Pick<StoreReads, 'page'>): Promise<ReadonlyMap<PartitionId, number>> {
  const keys = new Map<PartitionId, number>();
  for (let after = ''; ;) {
    const [document] = await store.page(PARKED, { after, limit: 1 });
    if (document === undefined) return keys;
    keys.set(document.partition, (keys.get(document.partition) ?? 0) + 1);
    const { entity } = JSON.parse(document.json ?? '{}') as { entity: string };
    [, after] = prefixRange(entity);
  }
}
