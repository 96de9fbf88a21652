import type { FulfilmentBody } from '../../schemas/canonical/fulfilment.ts';
import type { Part } from '../../schemas/canonical/part.ts';
import type { PaymentBody } from '../../schemas/canonical/payment.ts';
import type { ReviewBody } from '../../schemas/canonical/review.ts';
import type { OrderEvent } from '../../schemas/events/order.ts';
import type { StampMeta } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { TaskRecord } from '../actor.ts';
import { hear, ordered, stampOf, type Statement } from '../facts.ts';
import { DELIVERY_FIELDS, PAYMENT_FIELDS, REVIEW_FIELDS } from './fields.ts';
import type { OwnRecordName } from './records.ts';

/** What a payment, a delivery or a review adds to its own record, or why it adds nothing. */
export function ownEvent(
  name: OwnRecordName,
  id: string,
  part: Part,
  record: TaskRecord | undefined,
): OrderEvent | 'duplicate' | 'stale' {
  switch (name) {
    case 'payment':
      return paymentEvent(
        id,
        part as Part<PaymentBody>,
        statementOf('mall.payments', record, PAYMENT_FIELDS) as Statement<PaymentBody> | undefined,
      );
    case 'fulfilment':
      return deliveryEvent(
        id,
        part as Part<FulfilmentBody>,
        statementOf('mall.deliveries', record, DELIVERY_FIELDS) as Statement<FulfilmentBody> | undefined,
      );
    case 'review':
      return reviewEvent(
        id,
        part as Part<ReviewBody>,
        statementOf('mall.boards', record, REVIEW_FIELDS) as Statement<ReviewBody> | undefined,
      );
  }
}

/** The statement that a record shows: its stamp is the record's meta. */
function statementOf(shape: string, record: TaskRecord | undefined, fields: readonly string[]): Statement | undefined {
  if (record === undefined) return undefined;
  const stamp = stampOf(upcast<StampMeta>('meta/stamp', record.meta));
  return { ...stamp, body: ordered(upcast<object>(shape, record.body), fields) };
}

function paymentEvent(id: string, part: Part<PaymentBody>, known: Statement<PaymentBody> | undefined) {
  const heard = hear(known, part, PAYMENT_FIELDS);
  if (typeof heard === 'string') return heard;
  const { status, amount, currency } = known?.body ?? heard.body;
  const replaced = known === undefined ? {} : { replaced: { status, amount, currency } };
  const data = { v: 2, id, ...stampOf(heard), body: heard.body, ...replaced } as const;
  return { type: 'order.paymentRecorded', data } as const;
}

function deliveryEvent(id: string, part: Part<FulfilmentBody>, known: Statement<FulfilmentBody> | undefined) {
  const heard = hear(known, part, DELIVERY_FIELDS);
  if (typeof heard === 'string') return heard;
  const replaced = known === undefined ? {} : { replaced: { status: known.body.status } };
  const data = { v: 2, id, ...stampOf(heard), body: heard.body, ...replaced } as const;
  return { type: 'order.deliveryRecorded', data } as const;
}

function reviewEvent(id: string, part: Part<ReviewBody>, known: Statement<ReviewBody> | undefined) {
  const heard = hear(known, part, REVIEW_FIELDS);
  if (typeof heard === 'string') return heard;
  const data = { v: 2, id, ...stampOf(heard), body: heard.body, ...(known && { replaced: true as const }) } as const;
  return { type: 'order.reviewRecorded', data } as const;
}
