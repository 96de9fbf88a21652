import { DATE_STEPS } from './transforms/dates.ts';
import { HEADS } from './transforms/heads.ts';
import { LOGIC_HEADS, LOGIC_STEPS } from './transforms/logic.ts';
import { NUMBER_STEPS } from './transforms/numbers.ts';
import { TEXT_STEPS } from './transforms/text.ts';
import type { Head, StepTransform } from './transform.ts';

export const CATALOGUE_HEADS: ReadonlyMap<string, Head> = byName([...HEADS, ...LOGIC_HEADS]);

export const CATALOGUE_STEPS: ReadonlyMap<string, StepTransform> = byName([
  ...TEXT_STEPS,
  ...NUMBER_STEPS,
  ...DATE_STEPS,
  ...LOGIC_STEPS,
]);

function byName<T extends { readonly name: string }>(transforms: readonly T[]): ReadonlyMap<string, T> {
  return new Map(transforms.map((transform) => [transform.name, transform]));
}
