import type { OrderType } from '../schemas/canonical/order.ts';
import type { Total } from '../schemas/totals.ts';
import { compareText } from './facts.ts';

/** At most one per currency and type, sorted by both. */
export type Totals = readonly Total[];

export function addTotal(totals: Totals, delta: Total): Totals {
  const at = totals.findIndex((total) => compareTotals(total, delta) >= 0);
  const found = at === -1 ? undefined : totals[at];
  if (found === undefined) return isNone(delta) ? totals : [...totals, delta];
  if (compareTotals(found, delta) > 0) return isNone(delta) ? totals : totals.toSpliced(at, 0, delta);
  const sum = plus(found, delta);
  return isNone(sum) ? totals.toSpliced(at, 1) : totals.with(at, sum);
}

export function addTotals(totals: Totals, deltas: Totals): Totals {
  return deltas.reduce(addTotal, totals);
}

export function negative(total: Total): Total {
  const { currency, type, count, quantity, goods, freight } = total;
  return {
    currency,
    type,
    count: 0 - count,
    quantity: 0 - quantity,
    goods: 0 - goods,
    freight: 0 - freight,
    total: 0 - total.total,
  };
}

export function countOf(totals: Totals, type?: OrderType): number {
  return totals.reduce((sum, total) => (type === undefined || total.type === type ? sum + total.count : sum), 0);
}

/** While sums pass through negative counts (a correction that overtakes what it corrects), they are kept. */
export function isNone(total: Total): boolean {
  const { count, quantity, goods, freight } = total;
  return count === 0 && quantity === 0 && goods === 0 && freight === 0 && total.total === 0;
}

function plus(a: Total, b: Total): Total {
  return {
    currency: a.currency,
    type: a.type,
    count: a.count + b.count,
    quantity: a.quantity + b.quantity,
    goods: a.goods + b.goods,
    freight: a.freight + b.freight,
    total: a.total + b.total,
  };
}

function compareTotals(a: Total, b: Total): number {
  return compareText(a.currency, b.currency) || compareText(a.type, b.type);
}
