import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addTotals, negative } from '../../../actors/totals.ts';
import type { Total } from '../../../schemas/totals.ts';

const sum = fc.integer({ min: -5, max: 5 });
const total: fc.Arbitrary<Total> = fc.record({
  currency: fc.constantFrom('EUR', 'KRW'),
  type: fc.constantFrom('sale', 'return'),
  count: sum,
  quantity: sum,
  goods: sum,
  freight: sum,
  total: sum,
});

describe('totals', () => {
  test('do not depend on the order in which they are added up', () => {
    fc.assert(
      fc.property(fc.array(total), (totals) => {
        expect(addTotals([], totals)).toEqual(addTotals([], totals.toReversed()));
      }),
    );
  });

  test('leave nothing behind when all is taken back', () => {
    fc.assert(
      fc.property(fc.array(total), (totals) => {
        expect(addTotals(addTotals([], totals), totals.map(negative))).toEqual([]);
      }),
    );
  });
});
