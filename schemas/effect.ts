import { Type, type Static } from 'typebox';
import { CustomerBody } from './canonical/customer.ts';
import { EnterpriseBody } from './canonical/enterprise.ts';
import { body, list, Reference } from './canonical/fields.ts';
import { Claim, contributed, joinDecided, matched, told } from './party.ts';
import { Sum, Total } from './totals.ts';

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

/** A member claims an identifier, or claims it under other names. */
export const MatchClaim = body({
  v: Type.Literal(1),
  member: Reference,
  type: Claim.properties.type,
  generation: Claim.properties.generation,
  names: Claim.properties.names,
  named: Claim.properties.named,
});

export const MatchRelease = body({ v: Type.Literal(1), member: Reference });

/** What the orders of a customer come to, by currency and type. */
export const CustomerSums = body({ totals: list(Total) });

/** What an enterprise sold: its order lines by currency and type, its orders, its records in sales.items. */
export const EnterpriseSums = body({ totals: list(Total), orders: Sum, items: Sum });

export const CustomerContributed = contributed(CustomerBody, CustomerSums);
export const EnterpriseContributed = contributed(EnterpriseBody, EnterpriseSums);

export type MatchClaim = Readonly<Static<typeof MatchClaim>>;
export type MatchRelease = Readonly<Static<typeof MatchRelease>>;
export type CustomerSums = Readonly<Static<typeof CustomerSums>>;
export type EnterpriseSums = Readonly<Static<typeof EnterpriseSums>>;
export type CustomerOrderChange = Readonly<Static<typeof CustomerOrderChange>>;
export type EnterpriseOrderChange = Readonly<Static<typeof EnterpriseOrderChange>>;
export type ItemChange = Readonly<Static<typeof ItemChange>>;

/** Every effect that one actor has on another: the kind that hears it, and the schema of its data. */
export const EFFECTS = {
  'customer.orderChanged': { kind: 'customer', data: CustomerOrderChange },
  'customer.matched': { kind: 'customer', data: matched },
  'customer.told': { kind: 'customer', data: told },
  'customer.joinDecided': { kind: 'customer', data: joinDecided },
  'customer.contributed': { kind: 'customer', data: CustomerContributed },
  'enterprise.orderChanged': { kind: 'enterprise', data: EnterpriseOrderChange },
  'enterprise.matched': { kind: 'enterprise', data: matched },
  'enterprise.told': { kind: 'enterprise', data: told },
  'enterprise.joinDecided': { kind: 'enterprise', data: joinDecided },
  'enterprise.contributed': { kind: 'enterprise', data: EnterpriseContributed },
  'match.claimed': { kind: 'match', data: MatchClaim },
  'match.released': { kind: 'match', data: MatchRelease },
} as const;
