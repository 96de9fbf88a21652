import type { Identifier } from '../schemas/canonical/customer.ts';
import { compareText, type Statements } from './facts.ts';

/** The identifiers that any source gave, each once, sorted by type and value. */
export function identifiersOf(
  statements: Statements<{ readonly identifiers?: readonly Identifier[] }>,
): readonly Identifier[] {
  const all = new Map<string, Identifier>();
  for (const { body } of statements.values()) {
    for (const { type, value } of body.identifiers ?? []) all.set(`${type}:${value}`, { type, value });
  }
  return [...all].sort(([a], [b]) => compareText(a, b)).map(([, identifier]) => identifier);
}
