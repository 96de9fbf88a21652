import { Type } from 'typebox';

/**
 * An amount in the minor unit of its currency (ISO 4217: pence, cents, won). Always with a `currency` beside it.
 * Bounded so that the sum of 9,000 of the largest still is an exact integer of JavaScript.
 */
export const AMOUNT_LIMIT = 1_000_000_000_000;

export const Amount = Type.Integer({ minimum: -AMOUNT_LIMIT, maximum: AMOUNT_LIMIT });

/** ISO 4217 alphabetic code. */
export const Currency = Type.String({ pattern: '^[A-Z]{3}$' });

/**
 * A quantity with at most three decimals. It is summed in thousandths, as integers: a sum of fractions would depend
 * on the order in which they came.
 */
export const Quantity = Type.Number({ minimum: -1_000_000_000, maximum: 1_000_000_000 });

export const QUANTITY_UNITS = 1000;

export function toThousandths(quantity: number): number {
  return Math.round(quantity * QUANTITY_UNITS);
}

export function fromThousandths(thousandths: number): number {
  return thousandths / QUANTITY_UNITS;
}
