import { Type, type Static } from 'typebox';
import { body, list, Reference } from './canonical/fields.ts';
import { CustomerBody } from './canonical/customer.ts';
import { EnterpriseBody } from './canonical/enterprise.ts';
import { CustomerSums, EnterpriseSums } from './effect.ts';
import { OrderBody } from './canonical/order.ts';
import { ProductBody } from './canonical/product.ts';
import { noted } from './events/noted.ts';
import { Claim, Claimant, partySaved } from './party.ts';
import { stamp, Stamp, statement } from './statement.ts';
import { Sum, Total } from './totals.ts';

/** What actors keep beside the bodies: working states in the flags' meta, and stamps in the records' meta. */
const v = Type.Literal(1);
const key = Reference;
const Remark = body({ text: noted.properties.text, at: noted.properties.at });
const notes = list(Remark);
const Tally = Type.Record(Type.String(), body({ count: Sum, amount: Sum }));

/** In the flag of an order; `document` when headers and lines stand in mall.orders. */
export const OrderSaved = body({
  v,
  key,
  document: Type.Boolean(),
  payments: Tally,
  deliveries: Tally,
  reviews: Sum,
  /** `_id` part and size of each waiting record. */
  waiting: list(Type.Unsafe<readonly [string, number]>(Type.Tuple([Type.String(), Type.Integer()]))),
  notes,
});

/** In mall.orders: the headers, and for each line of the body, in its order, where it came from. */
export const OrderMeta = body({
  v: Type.Literal(3),
  /** The stamp alone of an only header: the body of the document says what it says. */
  headers: list(Type.Union([statement(OrderBody), Stamp])),
  /** The header (by statement id) whose lines stand in the body and not here, if there is one. */
  whole: Type.Union([Type.String(), Type.Null()]),
  /** The stamp of a line that was stated alone; the place in its list of a line of `whole`. */
  lines: list(Type.Union([Stamp, Type.Integer({ minimum: 0 })])),
});

/** In mall.payments, mall.deliveries, mall.boards and master.waiting. */
export const StampMeta = body({ v: Type.Literal(2), ...stamp });

/** In mall.members and sales.members. */
export const MemberMeta = body({ v, ...stamp });

/** In the flag of a customer; `members` are the last parts of the `_id`s of its records in mall.members. */
export const CustomerSaved = body({
  v: Type.Literal(2),
  key,
  members: list(Type.String()),
  totals: list(Total),
  notes,
  party: Type.Optional(partySaved(CustomerBody, CustomerSums)),
});

/** In the flag of an enterprise. */
export const EnterpriseSaved = body({
  v: Type.Literal(2),
  key,
  /** The last parts of the `_id`s of its records in sales.members. */
  members: list(Type.String()),
  /** The statements stand in customer.enterprises: nothing was heard since they have records of their own. */
  document: Type.Boolean(),
  totals: list(Total),
  orders: Sum,
  items: Sum,
  notes,
  party: Type.Optional(partySaved(EnterpriseBody, EnterpriseSums)),
});

const { version: _version, ...stampOfBefore } = stamp;

/** In customer.enterprises, before what a source says of an enterprise had a record of its own; not written any more. */
export const EnterpriseMeta = body({
  v: Type.Literal(2),
  statements: list(body({ ...stampOfBefore, body: EnterpriseBody })),
});

/** In sales.items: quantities in thousandths, where the body has them as they are spoken of. */
export const ItemMeta = body({ v, totals: list(Total) });

/** In the flag of an identifier's match actor. */
export const MatchSaved = body({
  v,
  key,
  /** '' while nobody claims it. */
  type: Type.String({ maxLength: 50 }),
  /** All claimants while there are few; none when they stand in documents. */
  claimants: list(Claimant),
  count: Type.Integer({ minimum: 0 }),
  named: Claim.properties.named,
});

/** In master.claims: in which place of master.places the claimant stands. */
export const ClaimMeta = body({ v, place: Type.Integer({ minimum: 0 }) });

/** In master.places: who stands there. */
export const PlaceMeta = body({ v, ...Claimant.properties });

/** In the flag of a product. */
export const ProductSaved = body({ v, key, document: Type.Boolean(), notes });

/** In mall.products. */
export const ProductMeta = body({ v: Type.Literal(2), statements: list(statement(ProductBody)) });

export type OrderSaved = Readonly<Static<typeof OrderSaved>>;
export type OrderMeta = Readonly<Static<typeof OrderMeta>>;
export type StampMeta = Readonly<Static<typeof StampMeta>>;
export type MemberMeta = Readonly<Static<typeof MemberMeta>>;
export type MatchSaved = Readonly<Static<typeof MatchSaved>>;
export type ClaimMeta = Readonly<Static<typeof ClaimMeta>>;
export type PlaceMeta = Readonly<Static<typeof PlaceMeta>>;
export type CustomerSaved = Readonly<Static<typeof CustomerSaved>>;
export type EnterpriseSaved = Readonly<Static<typeof EnterpriseSaved>>;
export type EnterpriseMeta = Readonly<Static<typeof EnterpriseMeta>>;
export type ItemMeta = Readonly<Static<typeof ItemMeta>>;
export type ProductSaved = Readonly<Static<typeof ProductSaved>>;
export type ProductMeta = Readonly<Static<typeof ProductMeta>>;
