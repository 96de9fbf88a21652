import { isCollection, prefixOf, TASKS, type Collection } from '../../config/tasks.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import type { FlagReference } from '../actor.ts';
import { isOwn } from './crossing.ts';
import type { Findings } from './finding.ts';
import { countOf, OF_WORKERS, type EntityLook } from './look.ts';
import type { Truth, Untold } from './truth.ts';

interface FlagLike {
  readonly references?: readonly FlagReference[];
}

/** Where a flag says that records are: that there is such a place, and as many there as it says. */
export function judgeReferences(
  { key, records }: EntityLook,
  flag: StoredDocument,
  truth: Truth | Untold,
  found: Findings,
): void {
  const { collection, id } = flag;
  const mendedBy = truth.by;
  const body = bodyOf(flag);
  for (const { system, task, index, key: value, count } of body.references ?? []) {
    const target = `${system}.${task}`;
    const place = `${target} by ${index} ${value}`;
    if (!isCollection(target)) {
      const should = 'a collection that there is';
      found.add({ collection, id, wrong: 'reference', is: `refers to ${target}`, should, mendedBy });
    } else if (!isIndexed(target, index)) {
      const should = `an index of ${target}`;
      found.add({ collection, id, wrong: 'reference', is: `refers to ${place}`, should, mendedBy });
    } else if (isOwn(target, index, key, value)) {
      const there = countOf(records, target);
      const wrong = there === 0 ? 'reference' : 'count';
      if (there !== count) {
        found.add({
          collection,
          id,
          wrong,
          is: `refers to ${count} of ${place}`,
          should: `${there} are there`,
          mendedBy,
        });
      }
    }
  }
  for (const record of records) {
    if (OF_WORKERS.has(record.collection) || record.collection === 'master.places') continue;
    const known = (body.references ?? []).some(({ system, task }) => `${system}.${task}` === record.collection);
    if (known) continue;
    const ref = { collection: record.collection, id: record.id };
    found.add({ ...ref, wrong: 'unknown', is: 'its flag does not refer to it', should: 'referred to', mendedBy });
  }
}

function bodyOf({ json }: StoredDocument): FlagLike {
  try {
    const body = JSON.parse(json ?? '{}') as FlagLike;
    return Array.isArray(body.references) ? body : {};
  } catch {
    return {};
  }
}

function isIndexed(collection: Collection, index: string): boolean {
  const indexes: readonly string[] = TASKS[collection].indexes;
  return index === '_id' || index === prefixOf(collection) || indexes.includes(index);
}
