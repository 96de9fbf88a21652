import { COLLECTIONS, TASKS, type Task } from '../../config/tasks.ts';
import { CHECKPOINTS } from './checkpoints.ts';

/** `1` splits a collection into ranges of ids, `hashed` by their hash. */
export type ShardKey = { readonly _id: 1 | 'hashed' };

const HASHED: ShardKey = { _id: 'hashed' };

/**
 * By collection, the key to shard it by (docs/decisions/mongodb.md says why). Every filter that writes has the whole
 * `_id`, so each of these is possible. Ids that begin with an entity's key are spread by its hash, and the records of
 * an entity stay together; other ids may rise with time, and all new ones would go to one shard.
 */
export const SHARD_KEYS: ReadonlyMap<string, ShardKey> = new Map<string, ShardKey>([
  ...COLLECTIONS.map((collection): [string, ShardKey] => [collection, byEntity(collection) ? { _id: 1 } : HASHED]),
  [CHECKPOINTS, HASHED],
]);

function byEntity(collection: keyof typeof TASKS): boolean {
  const { prefix, everyEntity }: Task = TASKS[collection];
  return prefix !== undefined || everyEntity === true;
}
