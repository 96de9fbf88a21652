import {
  collapsed,
  currencyExpression,
  moneyExpression,
  numberExpression,
  trimmed,
  type Assumptions,
} from './expressions.ts';
import { field } from './fields.ts';
import { pick } from './parties.ts';
import type { Field } from './proposal.ts';
import type { Role } from './roles.ts';
import type { Concept } from './words.ts';

const SIZES: readonly (readonly [string, Concept, Concept])[] = [
  ['weightGrams', 'weight', 'grams'],
  ['lengthCm', 'length', 'centimetres'],
  ['heightCm', 'height', 'centimetres'],
  ['widthCm', 'width', 'centimetres'],
];

/** What is said of a product beside its id, in a file about products. */
export function productFields(roles: readonly Role[], assumptions: Assumptions): Field[] {
  const own = roles.filter((role) => role.isFilled && role.isOf('product'));
  const text = (name: string, fits: (role: Role) => boolean, expression: (role: Role) => unknown): Field[] => {
    const found = pick(own, (role) => !role.isNumber && fits(role));
    return found === undefined ? [] : [field(name, expression(found), [found])];
  };
  const number = (name: string, step: 'number' | 'integer', fits: (role: Role) => boolean): Field[] => {
    const found = pick(own, (role) => role.isNumber && fits(role));
    return found === undefined ? [] : [field(name, numberExpression(found, step), [found])];
  };
  return [
    ...text('name', (role) => role.hasAny('name', 'title') && !role.hasAny('category', 'brand', 'id'), collapsed),
    ...text('category', (role) => role.has('category'), trimmed),
    ...text('description', (role) => role.has('description') && !role.has('length'), trimmed),
    ...text('brand', (role) => role.has('brand'), trimmed),
    ...barcode(own),
    ...price(own, assumptions),
    ...number('nameLength', 'integer', (role) => role.has('name', 'length')),
    ...number('descriptionLength', 'integer', (role) => role.has('description', 'length')),
    ...number('photos', 'integer', (role) => role.has('photos')),
    ...SIZES.flatMap(([name, size, unit]) => number(name, 'number', (role) => role.has(size, unit))),
  ];
}

/** Digits, whose zeros in front count. */
function barcode(own: readonly Role[]): Field[] {
  const found = pick(own, (role) => role.has('barcode'));
  return found === undefined ? [] : [field('barcode', trimmed(found), [found])];
}

function price(own: readonly Role[], assumptions: Assumptions): Field[] {
  const found = pick(own, (role) => role.has('price') && role.isNumber && !role.hasAny('tax', 'discount'));
  if (found === undefined) return [];
  const currency = field('currency', currencyExpression(assumptions), []);
  return [field('price', moneyExpression(found, assumptions), [found]), currency];
}
