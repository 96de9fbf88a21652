import type { Rule } from './rule.ts';

/** Signs and names that mean one currency only; `$` and `kr` are of many. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ...(['€', 'EURO', 'EUROS'] as const).map((sign) => [sign, 'EUR'] as const),
  ...(['₩', '원'] as const).map((sign) => [sign, 'KRW'] as const),
  ...(['US$', '$US'] as const).map((sign) => [sign, 'USD'] as const),
  ...(['R$'] as const).map((sign) => [sign, 'BRL'] as const),
  ...(['RMB', '人民币'] as const).map((sign) => [sign, 'CNY'] as const),
  ['円', 'JPY'],
  ['₹', 'INR'],
  ['₽', 'RUB'],
  ['₺', 'TRY'],
  ['₴', 'UAH'],
  ['₫', 'VND'],
  ['฿', 'THB'],
  ['₪', 'ILS'],
  ['ZŁ', 'PLN'],
  ['KČ', 'CZK'],
]);

export const CURRENCY_RULES: readonly Rule[] = [
  {
    name: 'currencyCode',
    kinds: ['currency'],
    does: 'Currencies become their ISO 4217 code, in upper case. Signs of several currencies (`$`, `£`, `¥`, `kr`) stay, and are refused later.',
    why: 'Amounts are integers in the minor unit of the currency that stands beside them.',
    examples: [
      {
        message: 'payment',
        given: { method: 'card', amount: 5, currency: 'gbp', status: 'captured' },
        gives: { method: 'card', amount: 5, currency: 'GBP', status: 'captured' },
      },
      {
        message: 'payment',
        given: { method: 'card', amount: 5, currency: '€', status: 'captured' },
        gives: { method: 'card', amount: 5, currency: 'EUR', status: 'captured' },
      },
    ],
    apply: (text) => {
      const upper = text.toUpperCase().normalize('NFC');
      return SIGNS.get(upper) ?? upper;
    },
  },
];
