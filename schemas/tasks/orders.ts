import { Type, type Static } from 'typebox';
import { body, list, Reference, text, Time } from '../canonical/fields.ts';
import { FulfilmentBody } from '../canonical/fulfilment.ts';
import { OrderLineBody } from '../canonical/order-line.ts';
import { ORDER_STATUSES, OrderBody } from '../canonical/order.ts';
import { PaymentBody } from '../canonical/payment.ts';
import { ReviewBody } from '../canonical/review.ts';
import { Currency } from '../money.ts';
import { Sum } from '../totals.ts';

const v = Type.Literal(1);
const order = Reference;
const header = OrderBody.properties;

/**
 * Where an order stands, on axes that do not depend on one another.
 * - order: `placed`, `approved` (by `approvedAt` or the source's word), `cancelled`, `completed`.
 * - payment: `none` (no payment known), `pending`, `authorised`, `partlyPaid`, `paid` (captured at least what is due),
 *   `failed`, `voided`, `refunded`.
 * - fulfilment: `none` (nothing known), `pending`, `shipped` (a part at least), `partlyDelivered`, `delivered`,
 *   `failed`, `returned`.
 * - settlement: `none`, until the business core settles.
 */
export const OrderAxes = body({
  order: Type.Enum(ORDER_STATUSES),
  payment: Type.Enum(['none', 'pending', 'authorised', 'partlyPaid', 'paid', 'failed', 'voided', 'refunded']),
  fulfilment: Type.Enum(['none', 'pending', 'shipped', 'partlyDelivered', 'delivered', 'failed', 'returned']),
  settlement: Type.Enum(['none']),
});

/**
 * Facts that contradict one another, with the facts.
 * - cancelledButDelivered, deliveredBeforeShipped, shippedBeforeApproval: with the times.
 * - deliveredWithoutDate: the source says delivered, and not when.
 * - mixedCurrency: lines or payments in another currency than the order's; sums leave them out.
 * - paymentDiffers: `difference` is what was captured less what is due (the declared total, else goods + freight), in
 *   minor units; only where there are both lines and captured payments.
 */
export const Mark = body({
  code: Type.Enum([
    'cancelledButDelivered',
    'deliveredBeforeShipped',
    'deliveredWithoutDate',
    'mixedCurrency',
    'paymentDiffers',
    'shippedBeforeApproval',
  ]),
  approvedAt: Type.Optional(Time),
  shippedAt: Type.Optional(Time),
  deliveredAt: Type.Optional(Time),
  currencies: Type.Optional(list(Currency)),
  difference: Type.Optional(Sum),
});

/** mall.orders: `_id` is the order's matching key. */
export const OrderDocument = body({
  v,
  number: header.number,
  type: header.type,
  channel: header.channel,
  placedAt: header.placedAt,
  customer: header.customer,
  customerId: header.customerId,
  currency: header.currency,
  country: header.country,
  /** Sorted by number, then by the source's product id, then by statement. */
  lines: list(OrderLineBody),
  lineCount: Type.Integer({ minimum: 0 }),
  goods: Sum,
  freight: Sum,
  /** goods + freight; for an order without lines the declared total, or 0. */
  total: Sum,
  /** As the source declares it. */
  declared: header.total,
  sourceStatus: header.sourceStatus,
  status: OrderAxes,
  /** The sum of captured payments. */
  paid: Sum,
  approvedAt: header.approvedAt,
  shippedAt: header.shippedAt,
  deliveredAt: header.deliveredAt,
  estimatedAt: header.estimatedAt,
  marks: list(Mark),
  original: header.original,
});

/** 2 has the source's own ids. */
const v2 = Type.Literal(2);

/** mall.payments, mall.deliveries, mall.boards: `_id` is `<order>.<fingerprint of name, source and slot>`. */
export const PaymentDocument = body({ v: v2, order, source: text(), ...PaymentBody.properties });
export const DeliveryDocument = body({ v: v2, order, source: text(), ...FulfilmentBody.properties });
export const ReviewDocument = body({ v: v2, order, source: text(), ...ReviewBody.properties });

/** sales.revenues: what an order brings one enterprise. `_id` is `<order>.<fingerprint of the enterprise's key>`. */
export const RevenueDocument = body({
  v,
  order,
  number: header.number,
  /** Absent for lines of no enterprise: the mall's own goods. */
  enterprise: Type.Optional(Reference),
  customer: header.customer,
  type: header.type,
  placedAt: header.placedAt,
  currency: header.currency,
  goods: Sum,
  freight: Sum,
  total: Sum,
  lineCount: Type.Integer({ minimum: 1 }),
});

export type OrderAxes = Readonly<Static<typeof OrderAxes>>;
export type Mark = Readonly<Static<typeof Mark>>;
export type OrderDocument = Readonly<Static<typeof OrderDocument>>;
export type RevenueDocument = Readonly<Static<typeof RevenueDocument>>;
