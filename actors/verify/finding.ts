import { refName } from '../../schemas/document.ts';

/**
 * What is the matter with a document.
 * - `missing`: it is not there, and what is known of its entity says that it must be;
 * - `unknown`: no flag, or no event, knows of it;
 * - `changed`: it says something else than what its entity's events, or state, say;
 * - `reference`: a flag points to nothing, or into a collection or an index that does not exist;
 * - `count`: a count or a sum is not that of the records;
 * - `version`: its version, or its commit, is out of step with its entity's events, its flag or the checkpoint;
 * - `partition`: a partition wrote it that does not own its key;
 * - `index`: the store finds it by other values than its fields have;
 * - `shape`: it is not what the schema of its collection says;
 * - `parked`: its entity is parked without a message that parks it, or the other way round.
 */
export type Wrong =
  'missing' | 'unknown' | 'changed' | 'reference' | 'count' | 'version' | 'partition' | 'index' | 'shape' | 'parked';

/**
 * By what `--repair` can tell what it should be: all events of the entity, or, where older ones are gone, the state that
 * its flag keeps; null where nothing tells.
 */
export type MendedBy = 'events' | 'state' | null;

export interface Finding {
  readonly collection: string;
  readonly id: string;
  readonly wrong: Wrong;
  /** What it is. */
  readonly is: string;
  /** What it should be, as far as anything tells. */
  readonly should: string;
  readonly mendedBy: MendedBy;
  /** What a person can do, where `--repair` cannot. */
  readonly advice?: string;
  /** It depends on other entities, which may be about to say so. */
  readonly crossing?: true;
}

/** Longest value in a finding, in characters. */
const VALUE_LENGTH = 120;

/** A value as people read it. */
export function shortened(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}...` : text;
}

/** Gathers; of one document and one kind of wrong, the first counts. */
export class Findings {
  readonly all: Finding[] = [];
  private readonly names = new Set<string>();

  constructor(first: readonly Finding[]) {
    for (const finding of first) this.add(finding);
  }

  add(finding: Finding): void {
    const name = `${finding.wrong} ${refName(finding)}`;
    if (this.names.has(name) && finding.wrong !== 'reference' && finding.wrong !== 'count') return;
    this.names.add(name);
    this.all.push(finding);
  }

  has(wrong: Wrong, ref: { readonly collection: string; readonly id: string }): boolean {
    return this.names.has(`${wrong} ${refName(ref)}`);
  }
}
