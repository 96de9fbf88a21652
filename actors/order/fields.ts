import { FulfilmentBody } from '../../schemas/canonical/fulfilment.ts';
import { OrderLineBody } from '../../schemas/canonical/order-line.ts';
import { OrderBody } from '../../schemas/canonical/order.ts';
import { PaymentBody } from '../../schemas/canonical/payment.ts';
import { ReviewBody } from '../../schemas/canonical/review.ts';

/** The fields of each body, in the order in which documents show them. */
export const HEADER_FIELDS: readonly string[] = Object.keys(OrderBody.properties);
export const LINE_FIELDS: readonly string[] = Object.keys(OrderLineBody.properties);
export const PAYMENT_FIELDS: readonly string[] = Object.keys(PaymentBody.properties);
export const DELIVERY_FIELDS: readonly string[] = Object.keys(FulfilmentBody.properties);
export const REVIEW_FIELDS: readonly string[] = Object.keys(ReviewBody.properties);
