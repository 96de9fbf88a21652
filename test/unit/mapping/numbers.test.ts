import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { multiplyDecimals, plainDecimal, toUnits } from '../../../streams/mapping/decimal.ts';
import { decimalsOf } from '../../../streams/mapping/currency.ts';

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 10 }))
  .map(([units, scale]) => ({ units, scale, text: write(units, scale) }));

function write(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}

describe('arithmetic is exact', () => {
  test('products', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const exact = write(a.units * b.units, a.scale + b.scale);
        expect(multiplyDecimals(a.text, b.text)).toBe(plainDecimal(exact, 'test'));
      }),
    );
  });

  test('amounts in minor units, or a fault, never something near', () => {
    fc.assert(
      fc.property(decimal, ({ units, scale, text }) => {
        const divisor = 10n ** BigInt(Math.max(0, scale - 2));
        const exact = (units * 10n ** BigInt(Math.max(0, 2 - scale))) / divisor;
        const fits = units % divisor === 0n && Number.isSafeInteger(Number(exact));
        if (fits) expect(BigInt(toUnits(text, 2, { rule: 'money' }))).toBe(exact);
        else expect(() => toUnits(text, 2, { rule: 'money' })).toThrow(/decimals at most|too large/);
      }),
    );
  });

  test.each([
    ['1.005', '100', '100.5'],
    ['0.1', '3', '0.3'],
    ['-4.95', '80995', '-400925.25'],
    ['0', '-5', '0'],
    ['1.10', '1.10', '1.21'],
    ['999999999999999', '999999999999999', '999999999999998000000000000001'],
  ])('%s x %s = %s', (a, b, product) => {
    expect(multiplyDecimals(a, b)).toBe(product);
  });
});

test.each(['', ' ', '1e5', '1,5', '0x10', 'NaN', '--1', '1.2.3', '٣', '9'.repeat(41), null, {}])(
  '%j is no number',
  (value) => {
    expect(() => toUnits(value, 2, { rule: 'money' })).toThrow('decimal number');
  },
);

test('zero has no sign', () => {
  expect(toUnits('-0.00', 2, { rule: 'money' })).toBe(0);
  expect(plainDecimal('-0.0', 'decimal')).toBe('0');
});

test.each([
  ['JPY', 0],
  ['KRW', 0],
  ['GBP', 2],
  ['BRL', 2],
  ['KWD', 3],
  ['CLF', 4],
])('%s has %d decimals', (currency, decimals) => {
  expect(decimalsOf(currency)).toBe(decimals);
});
