import { DATE_STEPS } from './transforms/dates.ts';
import { HEADS } from './transforms/heads.ts';
import { LIST_HEADS, LIST_STEPS } from './transforms/lists.ts';
import { LOGIC_HEADS, LOGIC_STEPS } from './transforms/logic.ts';
import { LOOKUP_STEPS } from './transforms/lookup.ts';
import { MONEY_STEPS } from './transforms/money.ts';
import { NUMBER_HEADS, NUMBER_STEPS } from './transforms/numbers.ts';
import { PARTY_STEPS } from './transforms/parties.ts';
import { TEXT_STEPS } from './transforms/text.ts';
import type { Head, StepTransform } from './transform.ts';

export const CATALOGUE_HEADS: ReadonlyMap<string, Head> = byName([
  ...HEADS,
  ...LIST_HEADS,
  ...NUMBER_HEADS,
  ...LOGIC_HEADS,
]);

export const CATALOGUE_STEPS: ReadonlyMap<string, StepTransform> = byName([
  ...TEXT_STEPS,
  ...NUMBER_STEPS,
  ...MONEY_STEPS,
  ...DATE_STEPS,
  ...PARTY_STEPS,
  ...LIST_STEPS,
  ...LOGIC_STEPS,
  ...LOOKUP_STEPS,
]);

function byName<T extends { readonly name: string }>(transforms: readonly T[]): ReadonlyMap<string, T> {
  return new Map(transforms.map((transform) => [transform.name, transform]));
}
