import { Type, type Static } from 'typebox';
import { CustomerBody, Identifier } from '../canonical/customer.ts';
import { EnterpriseBody } from '../canonical/enterprise.ts';
import { body, list, PERSONAL, PersonalOriginal, Reference, text } from '../canonical/fields.ts';
import { ORDER_TYPES } from '../canonical/order.ts';
import { ProductBody } from '../canonical/product.ts';
import { Currency } from '../money.ts';
import { Sum } from '../totals.ts';

const v = Type.Literal(1);
const { original: _customerOriginal, identifiers: _identifiers, ...customer } = CustomerBody.properties;
const { original: _enterpriseOriginal, identifiers: _enterpriseIdentifiers, ...enterprise } = EnterpriseBody.properties;

/** Orders of one currency and type. */
const CustomerTotal = body({
  currency: Currency,
  type: Type.Enum(ORDER_TYPES),
  orders: Sum,
  goods: Sum,
  freight: Sum,
  total: Sum,
});

/** Order lines of one currency and type. */
const LineTotal = body({
  currency: Currency,
  type: Type.Enum(ORDER_TYPES),
  lines: Sum,
  quantity: Type.Number(),
  revenue: Sum,
  freight: Sum,
});

/** mall.members: what one source says of a customer. `_id` is `<customer>.<fingerprint of source and slot>`. */
export const MemberDocument = body({
  v: Type.Literal(2),
  customer: Reference,
  source: text(),
  slot: text(),
  ...CustomerBody.properties,
});

/** sales.members: what one source says of an enterprise. `_id` is `<enterprise>.<fingerprint of source and slot>`. */
export const EnterpriseMemberDocument = body({
  v,
  enterprise: Reference,
  source: text(),
  slot: text(),
  ...EnterpriseBody.properties,
});

/** customer.customers: the integrated record of a party, under the key of its head. Totals are sorted by currency and type. */
export const CustomerDocument = body({
  v: Type.Literal(2),
  ...customer,
  /** Of all members and sources, sorted. */
  identifiers: list(Identifier, PERSONAL),
  /** What sources say of it: records in mall.members, of all its members. */
  members: Sum,
  sales: Sum,
  returns: Sum,
  adjustments: Sum,
  totals: list(CustomerTotal),
});

/** customer.enterprises: the integrated record of a party, under the key of its head; sums are those of all members. */
export const EnterpriseDocument = body({
  v: Type.Literal(2),
  ...enterprise,
  identifiers: list(Identifier, PERSONAL),
  /** Products of which something was sold (records in sales.items). */
  items: Sum,
  /** Orders with lines of the enterprise (records in sales.revenues). */
  orders: Sum,
  lines: Sum,
  totals: list(LineTotal),
  original: Type.Optional(PersonalOriginal),
});

/** sales.items: what an enterprise sold of a product. `_id` is `<enterprise>.<fingerprint of the product's key>`. */
export const ItemDocument = body({
  v,
  enterprise: Reference,
  /** Absent for lines that name no product. */
  product: Type.Optional(Reference),
  lines: Sum,
  totals: list(LineTotal),
});

/** mall.products: the integrated record. */
export const ProductDocument = body({ v, ...ProductBody.properties });

export type CustomerTotal = Readonly<Static<typeof CustomerTotal>>;
export type LineTotal = Readonly<Static<typeof LineTotal>>;
