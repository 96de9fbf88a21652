import { isCollection, prefixOf, type Collection } from '../../config/tasks.ts';
import type { StoredDocument } from '../../schemas/document.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { FlagReference } from '../actor.ts';
import type { Finding } from './finding.ts';

/** What other entities' documents say of one. */
export interface Crossing {
  /** How many records there are, by `placeOf` of a reference to records of others. */
  readonly counts: ReadonlyMap<string, number>;
  /** The flags of those whom its flag names as one with it, by key. */
  readonly ties: ReadonlyMap<MatchingKey, StoredDocument>;
}

interface FlagBody {
  readonly status?: string;
  readonly references?: readonly FlagReference[];
}

/** Whether the records are the entity's own: those that its ids lead to. */
export function isOwn(collection: Collection, index: string, key: MatchingKey, value: string): boolean {
  if (value !== key || collection === 'master.flags') return false;
  return index === '_id' || index === prefixOf(collection);
}

/** A reference to records that others write. */
export function placeOf({ system, task, index, key }: FlagReference): string {
  return `${system}.${task} by ${index} ${key}`;
}

/** The references of a flag that lead to what others write, as far as there are such places. */
export function crossingReferences(flag: StoredDocument): FlagReference[] {
  return referencesOf(flag).filter(({ system, task, index, key }) => {
    const collection = `${system}.${task}`;
    return isCollection(collection) && !isOwn(collection, index, flag.id, key);
  });
}

function bodyOf({ json }: StoredDocument): FlagBody {
  try {
    return JSON.parse(json ?? '{}') as FlagBody;
  } catch {
    return {};
  }
}

function referencesOf(flag: StoredDocument): readonly FlagReference[] {
  const { references } = bodyOf(flag);
  return Array.isArray(references) ? (references as readonly FlagReference[]) : [];
}

function isTie({ system, task }: FlagReference): boolean {
  return `${system}.${task}` === 'master.flags';
}

const ADVICE =
  'It follows from documents of others: mend those first. If nothing else is found, what one of them was told is not what it says; report it with both stories (`masterflag show`).';

/** Counts that other entities' records make up, and ties: those who are one say so of one another. */
export function judgeCrossing(flag: StoredDocument, { counts, ties }: Crossing): Finding[] {
  const { collection, id } = flag;
  const findings: Finding[] = [];
  const add = (wrong: 'count' | 'reference', is: string, should: string): void => {
    findings.push({ collection, id, wrong, is, should, mendedBy: null, advice: ADVICE, crossing: true });
  };
  const status = bodyOf(flag).status;
  for (const reference of crossingReferences(flag)) {
    const place = placeOf(reference);
    if (isTie(reference)) {
      const other = ties.get(reference.key);
      if (other === undefined) add('reference', `names ${reference.key}`, 'a flag that is there');
      else if (!namesBack(other, id, status)) add('reference', `is one with ${reference.key}`, 'named there as well');
      continue;
    }
    const there = counts.get(place);
    if (there !== undefined && there !== reference.count) {
      add(there === 0 ? 'reference' : 'count', `refers to ${reference.count} of ${place}`, `${there} are there`);
    }
  }
  return findings;
}

/** A member names its head, and the head all members. */
function namesBack(other: StoredDocument, key: MatchingKey, status: string | undefined): boolean {
  const isHead = bodyOf(other).status !== 'member';
  if (status === 'member' && !isHead) return false;
  return referencesOf(other).some((reference) => isTie(reference) && reference.key === key);
}
