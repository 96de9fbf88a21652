import type { Collection } from '../config/tasks.ts';
import type { FlagReference } from './actor.ts';

/** Where the flag of an entity finds `count` records of a task. */
export function reference(collection: Collection, index: string, key: string, count: number): FlagReference {
  const dot = collection.indexOf('.');
  return {
    system: collection.slice(0, dot),
    task: collection.slice(dot + 1),
    index,
    key,
    count,
    state: 'integrated',
  };
}
