import { Type, type Static } from 'typebox';
import { body } from './canonical/fields.ts';
import { ORDER_TYPES } from './canonical/order.ts';
import { Currency } from './money.ts';

/** A sum of amounts; wider than one amount may be. */
export const Sum = Type.Integer();

/** Sums of orders or lines of one currency and type. Quantities in thousandths, money in minor units. */
export const Total = body({
  currency: Currency,
  type: Type.Enum(ORDER_TYPES),
  /** How many orders or lines; a total of none is no total, so that a correction leaves no trace in it. */
  count: Sum,
  quantity: Sum,
  goods: Sum,
  freight: Sum,
  /** Differs from goods + freight only for orders without lines, whose declared total counts. */
  total: Sum,
});

export type Total = Readonly<Static<typeof Total>>;
