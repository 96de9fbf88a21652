import { currencyOf, decimalsOf, isCurrency, knownCurrencies, namesOfCurrency, plainName } from '../currency.ts';
import { multiplyDecimals, toUnits, type Rounding } from '../decimal.ts';
import { didYouMean } from '../../../schemas/nearest.ts';
import type { NumeralReader } from '../numeral.ts';
import { choice } from '../options.ts';
import { textOf, ValueFault, type Scope, type Value } from '../scope.ts';
import { step, type StepTransform } from '../transform.ts';
import { numeral, ROUND_OPTION } from './numbers.ts';

export const MONEY_STEPS: readonly StepTransform[] = [
  step({
    name: 'money',
    means:
      "An amount in the currency's minor unit (ISO 4217: cents, won, fils), exactly. Signs, codes and words of the " +
      'currency beside it are left out; those of another currency are a fault, as are more decimals than it has.',
    takes:
      '`currency`: its code; or `from`: an expression that gives it. `unit`: what the amount counts: `major` (the ' +
      'default), `minor` for amounts in cents already, `micro` for millionths. `locale`: the language whose writing ' +
      'it is in, as for `decimal`. `round`: `half-up`, `half-even`, `up` or `down`, instead of the fault.',
    options: {
      currency: 'text?',
      from: 'expression?',
      unit: choice(['major', 'minor', 'micro']),
      locale: 'text?',
      round: ROUND_OPTION,
    },
    short: 'currency',
    examples: [
      { given: { a: '2.55' }, expression: ['a', { money: 'GBP' }], gives: 255 },
      { given: { a: '1500' }, expression: ['a', { money: 'KRW' }], gives: 1500 },
      { given: { a: '1.234' }, expression: ['a', { money: 'KWD' }], gives: 1234 },
      { given: { a: '2.5500' }, expression: ['a', { money: 'GBP' }], gives: 255 },
      { given: { a: '2.555' }, expression: ['a', { money: 'GBP' }], fails: '2 decimals at most' },
      { given: { a: '2.555' }, expression: ['a', { money: { currency: 'GBP', round: 'half-even' } }], gives: 256 },
      { given: { a: '9.90', c: 'usd' }, expression: ['a', { money: { from: 'c' } }], gives: 990 },
      { given: { a: 1099, c: 'eur' }, expression: ['a', { money: { from: 'c', unit: 'minor' } }], gives: 1099 },
      { given: { a: '1.234,50 €' }, expression: ['a', { money: { currency: 'EUR', locale: 'de' } }], gives: 123450 },
      { given: { a: '($1,234.50)' }, expression: ['a', { money: { currency: 'USD', locale: 'en' } }], gives: -123450 },
      { given: { a: '£ 5.00' }, expression: ['a', { money: 'EUR' }], fails: 'the amount is in "£", and not in EUR' },
    ],
    compile: ({ currency, from, unit = 'major', locale, round }, scope) => {
      if ((currency === undefined) === (from === undefined)) scope.fail('needs currency, or from for where it stands');
      const amounts = new Amounts(numeral(locale, scope), { unit, locale, round });
      if (from !== undefined) return (value, raw) => amounts.of(codeOf(from(raw)))(value);
      return amounts.of(knownCurrency(currency ?? '', scope));
    },
  }),
  step({
    name: 'currency',
    means: 'The ISO 4217 code of a currency, from a code in any case, a sign, or an amount with one of both beside it.',
    takes: '`signs`: what signs mean that several currencies share, such as `$`, `¥` and `kr`.',
    options: { signs: 'map?' },
    examples: [
      { given: { c: 'usd' }, expression: ['c', 'currency'], gives: 'USD' },
      { given: { c: '12,00 €' }, expression: ['c', 'currency'], gives: 'EUR' },
      { given: { c: '$' }, expression: ['c', { currency: { signs: { $: 'CAD' } } }], gives: 'CAD' },
      { given: { c: '$ 5' }, expression: ['c', 'currency'], fails: 'no currency of its own' },
    ],
    compile: ({ signs = {} }, scope) => {
      const meant = new Map(
        Object.entries(signs).map(([sign, code]) => [plainName(sign), signCode(code, sign, scope)]),
      );
      return (value) => {
        const text = textOf(value, 'currency');
        const name = text.replace(/[\d\s.,'’+()\-\u2212]+/g, ' ').trim();
        const code = meant.get(plainName(name)) ?? currencyOf(name);
        if (code !== undefined) return code;
        const message = `${JSON.stringify(name.slice(0, 20))} is no currency of its own`;
        throw new ValueFault('currency', value, message, 'say in signs what it means, or use const');
      };
    },
  }),
];

function knownCurrency(currency: string, scope: Scope): string {
  const code = currency.toUpperCase();
  if (isCurrency(code)) return code;
  return scope.fail(`${currency} is no currency of ISO 4217${didYouMean(currency, knownCurrencies())}`);
}

function signCode(code: unknown, sign: string, scope: Scope): string {
  return typeof code === 'string' ? knownCurrency(code, scope.at('signs', sign)) : scope.fail('signs map to codes');
}

/** Most records of a feed are in few currencies. */
const codes = new Map<string, string>();

function codeOf(value: Value): string {
  if (value === undefined) {
    throw new ValueFault(
      'money',
      value,
      'the currency of the amount is missing',
      'add it, or name another field in from',
    );
  }
  const text = textOf(value, 'money');
  const known = codes.get(text);
  if (known !== undefined) return known;
  const code = currencyOf(text);
  if (code === undefined) {
    const message = `${JSON.stringify(text.slice(0, 20))} is no currency of ISO 4217`;
    throw new ValueFault('money', value, message, 'mend the currency, or make a code of it with currency or lookup');
  }
  if (codes.size < 1000 && text.length < 10) codes.set(text, code);
  return code;
}

interface AmountOptions {
  readonly unit: 'major' | 'minor' | 'micro';
  readonly locale: string | undefined;
  readonly round: Rounding | undefined;
}

/** How amounts are read, by currency. */
class Amounts {
  private readonly reader: NumeralReader;
  private readonly options: AmountOptions;
  private readonly readers = new Map<string, (value: Value) => number>();

  constructor(reader: NumeralReader, options: AmountOptions) {
    this.reader = reader;
    this.options = options;
  }

  of(currency: string): (value: Value) => number {
    let reader = this.readers.get(currency);
    if (reader === undefined) {
      reader = this.readerOf(currency);
      this.readers.set(currency, reader);
    }
    return reader;
  }

  private readerOf(currency: string): (value: Value) => number {
    const { unit, locale, round } = this.options;
    const plain = this.plainOf(currency);
    const reading = { rule: `money in ${currency}`, rounding: round, plain };
    const decimals = unit === 'minor' ? 0 : decimalsOf(currency);
    if (unit === 'micro')
      return (value) => toUnits(multiplyDecimals(plain(value, reading.rule), MICRO), decimals, reading);
    if (locale === undefined) return (value) => toUnits(value, decimals, reading);
    return (value) => toUnits(plain(value, reading.rule), decimals, reading);
  }

  /** Without the name of the currency, which has to be this one. */
  private plainOf(currency: string): (value: Value, rule: string) => string {
    let names: ReadonlySet<string> | undefined;
    return (value, rule) => {
      const { decimal, beside } = this.reader.read(value, rule);
      if (beside === '') return decimal;
      names ??= namesOfCurrency(currency, this.options.locale);
      if (names.has(plainName(beside))) return decimal;
      const message = `the amount is in ${JSON.stringify(beside)}, and not in ${currency}`;
      throw new ValueFault(rule, value, message, 'mend the amount, or the currency in the source');
    };
  }
}

const MICRO = '0.000001';
