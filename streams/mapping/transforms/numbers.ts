import {
  addDecimals,
  divideDecimals,
  multiplyDecimals,
  plainDecimal,
  roundDecimal,
  ROUNDINGS,
  subtractDecimals,
  toUnits,
} from '../decimal.ts';
import { bare, NumeralReader } from '../numeral.ts';
import { choice } from '../options.ts';
import type { Read, Scope, Step, Value } from '../scope.ts';
import { head, step, type Head, type StepTransform } from '../transform.ts';

const LOCALE =
  '`locale`: the language whose writing the number is in (BCP 47: `de`, `fr`, `de-CH`, `en-IN`); without it, a point ' +
  'for the decimals and no groups. A minus on either side, or parentheses, make it negative.';

const ROUND =
  '`round`: `half-up`, `half-even`, `up` (away from zero) or `down`; without it, further digits are a fault.';

type Plain = (value: Value, rule: string) => Value;

/** What a number of a locale is in plain digits; without a locale it is left to whoever reads it. */
export function plainOf(locale: string | undefined, scope: Scope): Plain {
  if (locale === undefined) return (value) => value;
  const reader = numeral(locale, scope);
  return (value, rule) => bare(reader.read(value, rule), value, rule);
}

export function numeral(locale: string | undefined, scope: Scope): NumeralReader {
  try {
    return new NumeralReader(locale);
  } catch {
    return scope.at('locale').fail(`${String(locale)} is no locale of BCP 47, such as de or en-GB`);
  }
}

/** How digits that there is no place for are rounded. */
export const ROUND_OPTION = choice(ROUNDINGS);

function decimalsIn(decimals: number, most: number, scope: Scope): number {
  return decimals >= 0 && decimals <= most ? decimals : scope.fail(`decimals are 0 to ${most}`);
}

const trimZeros = (text: string): string => text.replace(/^(-?)0+(?=\d)/, '$1');

export const NUMBER_STEPS: readonly StepTransform[] = [
  step({
    name: 'integer',
    means: 'A whole number; zeros after the point are none.',
    takes: `${LOCALE} ${ROUND}`,
    options: { locale: 'text?', round: ROUND_OPTION },
    short: 'locale',
    examples: [
      { given: { a: '6' }, expression: ['a', 'integer'], gives: 6 },
      { given: { a: '-80995.0' }, expression: ['a', 'integer'], gives: -80995 },
      { given: { a: '1.234' }, expression: ['a', { integer: 'de' }], gives: 1234 },
      { given: { a: '1.5' }, expression: ['a', 'integer'], fails: 'no decimals' },
    ],
    compile: ({ locale, round }, scope) => {
      const plain = plainOf(locale, scope);
      const reading = { rule: 'integer', rounding: round };
      return (value) => toUnits(plain(value, 'integer'), 0, reading);
    },
  }),
  step({
    name: 'decimal',
    means: 'A decimal number, exactly, as text without needless zeros.',
    takes: LOCALE,
    options: { locale: 'text?' },
    short: 'locale',
    examples: [
      { given: { a: '002.50' }, expression: ['a', 'decimal'], gives: '2.5' },
      { given: { a: '1.234.567,80' }, expression: ['a', { decimal: { locale: 'de' } }], gives: '1234567.8' },
      { given: { a: '1 234,5' }, expression: ['a', { decimal: { locale: 'fr' } }], gives: '1234.5' },
      { given: { a: "1'234.50" }, expression: ['a', { decimal: { locale: 'de-CH' } }], gives: '1234.5' },
      { given: { a: '12,34,567' }, expression: ['a', { decimal: { locale: 'en-IN' } }], gives: '1234567' },
      { given: { a: '(1,234.50)' }, expression: ['a', { decimal: { locale: 'en' } }], gives: '-1234.5' },
      { given: { a: '1.23' }, expression: ['a', { decimal: { locale: 'de' } }], fails: 'such as -1.234,5 (de)' },
    ],
    compile: ({ locale }, scope) => {
      const plain = plainOf(locale, scope);
      return (value) => trimZeros(plainDecimal(plain(value, 'decimal'), 'decimal'));
    },
  }),
  step({
    name: 'number',
    means: 'A number with at most so many decimals, for quantities and measures. Never for money.',
    takes: `\`decimals\`: 3 by default. ${LOCALE} ${ROUND}`,
    options: { decimals: 'whole?', locale: 'text?', round: ROUND_OPTION },
    short: 'decimals',
    examples: [
      { given: { a: '1.5' }, expression: ['a', 'number'], gives: 1.5 },
      { given: { a: '1.250,5' }, expression: ['a', { number: { locale: 'de' } }], gives: 1250.5 },
      { given: { a: '0.00012' }, expression: ['a', 'number'], fails: '3 decimals at most' },
      { given: { a: '0.0875' }, expression: ['a', { number: { decimals: 2, round: 'half-up' } }], gives: 0.09 },
    ],
    compile: ({ decimals: wanted = 3, locale, round }, scope) => {
      const decimals = decimalsIn(wanted, 9, scope);
      const [plain, power] = [plainOf(locale, scope), 10 ** decimals];
      const reading = { rule: 'number', rounding: round };
      return (value) => toUnits(plain(value, 'number'), decimals, reading) / power;
    },
  }),
  step({
    name: 'percent',
    means: 'A percentage as a decimal fraction, exactly, as text. The percent sign may stand beside it or not.',
    takes: LOCALE,
    options: { locale: 'text?' },
    short: 'locale',
    examples: [
      { given: { a: '12.5%' }, expression: ['a', 'percent'], gives: '0.125' },
      { given: { a: '19,00 %' }, expression: ['a', { percent: 'de' }], gives: '0.19' },
      { given: { a: 6 }, expression: ['a', 'percent'], gives: '0.06' },
    ],
    compile: ({ locale }, scope) => percent(locale, scope),
  }),
  step({
    name: 'round',
    means: 'A decimal number with at most so many decimals, as text.',
    takes: '`decimals`: 0 by default. `mode`: `half-up` (the default), `half-even`, `up` (away from zero) or `down`.',
    options: { decimals: 'whole?', mode: ROUND_OPTION },
    short: 'decimals',
    examples: [
      { given: { a: '2.345' }, expression: ['a', { round: 2 }], gives: '2.35' },
      { given: { a: '-2.345' }, expression: ['a', { round: { decimals: 2, mode: 'half-even' } }], gives: '-2.34' },
    ],
    compile: ({ decimals: wanted = 0, mode = 'half-up' }, scope) => {
      const decimals = decimalsIn(wanted, 20, scope);
      return (value) => roundDecimal(value, decimals, mode);
    },
  }),
  step({
    name: 'negate',
    means: 'The number with the other sign, as decimal text: what is given back is written without a minus by many.',
    takes: 'Nothing.',
    options: {},
    examples: [
      { given: { a: '12.50' }, expression: ['a', 'negate'], gives: '-12.5' },
      { given: { a: '0' }, expression: ['a', 'negate'], gives: '0' },
    ],
    compile: () => (value) => multiplyDecimals(value, -1),
  }),
  step({
    name: 'absolute',
    means: 'The number without its sign, as decimal text.',
    takes: 'Nothing.',
    options: {},
    examples: [{ given: { a: '-12.50' }, expression: ['a', 'absolute'], gives: '12.5' }],
    compile: () => (value) => plainDecimal(value, 'absolute').replace('-', ''),
  }),
];

function percent(locale: string | undefined, scope: Scope): Step {
  const reader = numeral(locale, scope);
  return (value) => {
    const found = reader.read(value, 'percent');
    const beside = found.beside === '%' ? '' : found.beside;
    return multiplyDecimals(bare({ ...found, beside }, value, 'percent'), '0.01');
  };
}

export const NUMBER_HEADS: readonly Head[] = [
  head({
    name: 'add',
    means: 'The exact sum of those that are there, as decimal text. Not there if none is.',
    takes: 'Expressions.',
    options: { of: 'expressions' },
    short: 'of',
    examples: [{ given: { price: '0.1', tax: '0.2' }, expression: { add: ['price', 'tax', 'tip'] }, gives: '0.3' }],
    compile: ({ of: reads }) => {
      return (raw) => {
        const values = reads.map((read) => read(raw)).filter((value) => value !== undefined);
        return values.length === 0 ? undefined : values.reduce<Value>((sum, value) => addDecimals(sum, value), '0');
      };
    },
  }),
  head({
    name: 'subtract',
    means: 'The exact difference, as decimal text. Not there if the first is not; others that are not there are 0.',
    takes: 'Expressions: the first, and what is taken from it.',
    options: { of: 'expressions' },
    short: 'of',
    examples: [
      { given: { total: '10.00', off: '0.99' }, expression: { subtract: ['total', 'off', 'tip'] }, gives: '9.01' },
    ],
    compile: ({ of }, scope) => {
      const [first, ...rest] = of;
      if (first === undefined || rest.length === 0) return scope.fail('subtract takes two expressions or more');
      return (raw) => {
        const from = first(raw);
        return from === undefined
          ? undefined
          : rest.reduce<Value>((left, read) => subtractDecimals(left, read(raw) ?? 0), from);
      };
    },
  }),
  head({
    name: 'multiply',
    means: 'The exact product of decimal numbers, as decimal text. Not there if one of them is not.',
    takes: 'Two expressions or more.',
    options: { of: 'expressions' },
    short: 'of',
    examples: [
      { given: { price: '2.55', quantity: '-6' }, expression: { multiply: ['price', 'quantity'] }, gives: '-15.3' },
      { given: { price: '0.1', quantity: '0.2' }, expression: { multiply: ['price', 'quantity'] }, gives: '0.02' },
    ],
    compile: ({ of }, scope) => {
      const [a, b, ...rest] = of;
      if (a === undefined || b === undefined) return scope.fail('multiply takes two expressions or more');
      return rest.reduce<Read>(product, product(a, b));
    },
  }),
  head({
    name: 'divide',
    means: 'The quotient of two decimal numbers, as decimal text. Not there if one of them is not.',
    takes:
      '`of`: two expressions; `decimals`: 4 by default; `round`: `half-up` (the default), `half-even`, `up` or `down`.',
    options: { of: 'expressions', decimals: 'whole?', round: ROUND_OPTION },
    short: 'of',
    examples: [
      { given: { total: '10', count: 3 }, expression: { divide: ['total', 'count'] }, gives: '3.3333' },
      { given: { cents: 1999 }, expression: { divide: ['cents', { const: 100 }] }, gives: '19.99' },
      { given: { total: '10', count: 0 }, expression: { divide: ['total', 'count'] }, fails: 'division by zero' },
    ],
    compile: ({ of, decimals: wanted = 4, round = 'half-up' }, scope) => {
      const [a, b, ...rest] = of;
      if (a === undefined || b === undefined || rest.length > 0) return scope.fail('divide takes two expressions');
      const decimals = decimalsIn(wanted, 20, scope);
      return (raw) => {
        const [x, y] = [a(raw), b(raw)];
        return x === undefined || y === undefined ? undefined : divideDecimals(x, y, decimals, round);
      };
    },
  }),
];

function product(a: Read, b: Read): Read {
  return (raw) => {
    const [x, y] = [a(raw), b(raw)];
    return x === undefined || y === undefined ? undefined : multiplyDecimals(x, y);
  };
}
