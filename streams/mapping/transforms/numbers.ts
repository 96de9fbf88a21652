import { plainDecimal, toUnits } from '../decimal.ts';
import { readOptions } from '../options.ts';
import type { Scope } from '../scope.ts';
import type { StepTransform } from '../transform.ts';

/** Decimals of a currency's minor unit by ISO 4217, as the ICU data of Node has them. */
const minorUnits = new Map<string, number>();

export function decimalsOf(currency: string): number {
  let decimals = minorUnits.get(currency);
  if (decimals === undefined) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
    minorUnits.set(currency, decimals);
  }
  return decimals;
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

function knownCurrency(currency: string, scope: Scope): string {
  return CURRENCIES.has(currency) ? currency : scope.fail(`${currency} is no currency of ISO 4217`);
}

export const NUMBER_STEPS: readonly StepTransform[] = [
  {
    name: 'integer',
    means: 'A whole number; zeros after the point are none.',
    takes: 'Nothing.',
    examples: [
      { given: { a: '6' }, expression: ['a', 'integer'], gives: 6 },
      { given: { a: '-80995.0' }, expression: ['a', 'integer'], gives: -80995 },
      { given: { a: '1.5' }, expression: ['a', 'integer'], fails: 'no decimals' },
    ],
    compile: () => (value) => toUnits(value, 0, 'integer'),
  },
  {
    name: 'decimal',
    means: 'A decimal number, exactly, as text without needless zeros.',
    takes: 'Nothing.',
    examples: [{ given: { a: '002.50' }, expression: ['a', 'decimal'], gives: '2.5' }],
    compile: () => (value) => plainDecimal(value, 'decimal').replace(/^(-?)0+(?=\d)/, '$1'),
  },
  {
    name: 'number',
    means: 'A number with at most so many decimals, for quantities and measures. Never for money.',
    takes: '`decimals`: 3 by default.',
    examples: [
      { given: { a: '1.5' }, expression: ['a', 'number'], gives: 1.5 },
      { given: { a: '0.00012' }, expression: ['a', 'number'], fails: '3 decimals at most' },
    ],
    compile: (arg, scope) => {
      const decimals = readOptions(arg, scope, { decimals: 'whole?' }, 'decimals').decimals ?? 3;
      if (decimals < 0 || decimals > 9) scope.fail('number takes 0 to 9 decimals');
      return (value) => toUnits(value, decimals, 'number') / 10 ** decimals;
    },
  },
  {
    name: 'money',
    means:
      "An amount in the currency's minor unit (ISO 4217), exactly. More decimals than the currency has are a fault.",
    takes: 'The currency.',
    examples: [
      { given: { a: '2.55' }, expression: ['a', { money: 'GBP' }], gives: 255 },
      { given: { a: '1500' }, expression: ['a', { money: 'KRW' }], gives: 1500 },
      { given: { a: '1.234' }, expression: ['a', { money: 'KWD' }], gives: 1234 },
      { given: { a: '2.5500' }, expression: ['a', { money: 'GBP' }], gives: 255 },
      { given: { a: '2.555' }, expression: ['a', { money: 'GBP' }], fails: '2 decimals at most' },
    ],
    compile: (arg, scope) => {
      const currency = knownCurrency(readOptions(arg, scope, { currency: 'text' }, 'currency').currency, scope);
      const decimals = decimalsOf(currency);
      return (value) => toUnits(value, decimals, `money in ${currency}`);
    },
  },
];
