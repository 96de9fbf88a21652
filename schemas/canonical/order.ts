import { Type, type Static } from 'typebox';
import { Amount, Currency } from '../money.ts';
import { body, Country, list, Original, Reference, text, Time } from './fields.ts';
import { OrderLineBody } from './order-line.ts';

export const ORDER_TYPES = ['sale', 'return', 'adjustment'] as const;

/** What a source says that was decided of an order; without it, `approvedAt` decides between placed and approved. */
export const ORDER_STATUSES = ['placed', 'approved', 'cancelled', 'completed'] as const;

export const FULFILMENT_STATUSES = ['pending', 'shipped', 'delivered', 'failed', 'returned'] as const;

/** One record cannot hold more (512 KiB of raw record), and one order may not (actors/order/lines.ts). */
export const LINES_LIMIT = 5000;

/** An order's header, as one source states it; with `lines` when the record is a whole order. */
export const OrderBody = body({
  number: text(200),
  type: Type.Enum(ORDER_TYPES),
  channel: Type.Optional(text(100)),
  placedAt: Type.Optional(Time),
  customer: Type.Optional(Reference),
  /** The source's own id of the customer. */
  customerId: Type.Optional(text(200)),
  currency: Currency,
  country: Type.Optional(Country),
  /** The source's own word, as it came; `status` and `fulfilment` are what it means. */
  sourceStatus: Type.Optional(text(100)),
  status: Type.Optional(Type.Enum(ORDER_STATUSES)),
  fulfilment: Type.Optional(Type.Enum(FULFILMENT_STATUSES)),
  approvedAt: Type.Optional(Time),
  /** Handed to the carrier. */
  shippedAt: Type.Optional(Time),
  deliveredAt: Type.Optional(Time),
  estimatedAt: Type.Optional(Time),
  /** As the source declares it, with whatever the source counts into it. */
  total: Type.Optional(Amount),
  /** The complete list: a newer state of the same statement replaces it as a whole. */
  lines: Type.Optional(list(OrderLineBody, { maxItems: LINES_LIMIT })),
  original: Type.Optional(Original),
});

export type OrderBody = Static<typeof OrderBody>;
export type OrderType = OrderBody['type'];
