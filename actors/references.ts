import { COLLECTIONS, type Collection } from '../config/tasks.ts';
import type { FlagReference } from './actor.ts';

const NAMES = Object.fromEntries(
  COLLECTIONS.map((collection) => {
    const dot = collection.indexOf('.');
    return [collection, { system: collection.slice(0, dot), task: collection.slice(dot + 1) }];
  }),
) as Readonly<Record<Collection, { readonly system: string; readonly task: string }>>;

/** Where the flag of an entity finds `count` records of a task; none if there are none. */
export function reference(collection: Collection, index: string, key: string, count: number): FlagReference | null {
  if (count <= 0) return null;
  const { system, task } = NAMES[collection];
  return { system, task, index, key, count, state: 'integrated' };
}

/** Those of tasks that have records. */
export function references(...all: readonly (FlagReference | null)[]): FlagReference[] {
  return all.filter((one) => one !== null);
}
