import { Type, type Static } from 'typebox';
import { body } from '../canonical/fields.ts';
import { FulfilmentBody } from '../canonical/fulfilment.ts';
import { OrderLineBody } from '../canonical/order-line.ts';
import { OrderBody } from '../canonical/order.ts';
import { PaymentBody } from '../canonical/payment.ts';
import { ReviewBody } from '../canonical/review.ts';
import { Amount, Currency } from '../money.ts';
import { stamp } from '../statement.ts';
import { noted } from './noted.ts';

/** 2 tells the version of the source in the stamp. */
const v = Type.Literal(2);

/** Fingerprint of name, source and slot: the last part of the `_id` of the statement's own record. */
const id = Type.String();

/** The `_id` part of the waiting record that this statement ceased to be. */
const waited = Type.Optional(id);

/** What the statement said before, as far as sums were made of it. */
const ReplacedPayment = body({ status: PaymentBody.properties.status, amount: Amount, currency: Currency });
const ReplacedLine = body({ enterprise: OrderLineBody.properties.enterprise });
const ReplacedDelivery = body({ status: FulfilmentBody.properties.status });

export const PART_NAMES = ['orderLine', 'payment', 'fulfilment', 'review'] as const;

export const orderEvents = {
  'order.headerRecorded': body({ v, ...stamp, body: OrderBody }),
  'order.lineRecorded': body({ v, ...stamp, body: OrderLineBody, replaced: Type.Optional(ReplacedLine), waited }),
  'order.paymentRecorded': body({
    v,
    id,
    ...stamp,
    body: PaymentBody,
    replaced: Type.Optional(ReplacedPayment),
    waited,
  }),
  'order.deliveryRecorded': body({
    v,
    id,
    ...stamp,
    body: FulfilmentBody,
    replaced: Type.Optional(ReplacedDelivery),
    waited,
  }),
  /** `replaced` when this statement is a newer state of one that was counted already. */
  'order.reviewRecorded': body({
    v,
    id,
    ...stamp,
    body: ReviewBody,
    replaced: Type.Optional(Type.Literal(true)),
    waited,
  }),
  /** Nobody has spoken of the order itself yet: the statement waits for it. `weight` is its size in characters. */
  'order.partAwaited': body({
    v,
    id,
    name: Type.Enum(PART_NAMES),
    weight: Type.Integer({ minimum: 0 }),
    ...stamp,
    body: Type.Union([OrderLineBody, PaymentBody, FulfilmentBody, ReviewBody]),
  }),
  'order.noted': noted,
} as const;

type Events = typeof orderEvents;
export type OrderEventName = keyof Events;
export type OrderEventData<Name extends OrderEventName> = Readonly<Static<Events[Name]>>;
export type OrderEvent = {
  [Name in OrderEventName]: { readonly type: Name; readonly data: OrderEventData<Name> };
}[OrderEventName];
export type PartName = (typeof PART_NAMES)[number];
