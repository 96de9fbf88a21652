import { Type, type Static } from 'typebox';
import { body, list, Reference } from './canonical/fields.ts';
import { Total } from './totals.ts';

/** An order that a customer has changed by this much. */
export const CustomerOrderChange = body({
  v: Type.Literal(1),
  order: Reference,
  /** At most one per currency and type; `count` counts orders. */
  deltas: list(Total),
});

/** By how much an order changed what an enterprise sold of one product; `count` counts lines. */
export const ItemChange = body({ product: Type.Optional(Reference), delta: Total });

/** An order with lines of an enterprise has changed by this much. */
export const EnterpriseOrderChange = body({
  v: Type.Literal(1),
  order: Reference,
  /** 1 when the order began to have lines of the enterprise, -1 when it ceased to, else 0. */
  orders: Type.Integer({ minimum: -1, maximum: 1 }),
  items: list(ItemChange),
});

export type CustomerOrderChange = Readonly<Static<typeof CustomerOrderChange>>;
export type EnterpriseOrderChange = Readonly<Static<typeof EnterpriseOrderChange>>;
export type ItemChange = Readonly<Static<typeof ItemChange>>;

/** Every effect that one actor has on another: the kind that hears it, and the schema of its data. */
export const EFFECTS = {
  'customer.orderChanged': { kind: 'customer', data: CustomerOrderChange },
  'enterprise.orderChanged': { kind: 'enterprise', data: EnterpriseOrderChange },
} as const;
