import type { Identifier } from '../schemas/canonical/customer.ts';
import { compareText, type Statements } from './facts.ts';

const NONE: readonly Identifier[] = [];

/** The identifiers that any source gave, each once, sorted by type and value. */
export function identifiersOf(
  statements: Statements<{ readonly identifiers?: readonly Identifier[] }>,
): readonly Identifier[] {
  let all: Map<string, Identifier> | null = null;
  for (const { body } of statements.values()) {
    if (body.identifiers === undefined) continue;
    all ??= new Map<string, Identifier>();
    for (const { type, value } of body.identifiers) all.set(`${type}:${value}`, { type, value });
  }
  if (all === null) return NONE;
  return [...all].sort(([a], [b]) => compareText(a, b)).map(([, identifier]) => identifier);
}
