import { CANONICAL } from '../../schemas/canonical/canonical.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import type { Scope } from './scope.ts';

/** The kinds of entities that records can be about. */
export const KINDS: readonly string[] = [...new Set(Object.values(CANONICAL).map(({ kind }) => kind))].sort();

export function knownKind(kind: string, scope: Scope): void {
  if (!KINDS.includes(kind)) scope.fail(`no entity is of kind ${kind}${didYouMean(kind, KINDS)}`);
}
