import { Type, type Static } from 'typebox';
import { Amount, Currency } from '../money.ts';
import { body, Original, text, Time } from './fields.ts';

/**
 * Only `captured` money counts as paid. `refunded` says that this payment was given back as a whole; money given back
 * in part is a statement of its own: `captured`, with a negative amount.
 */
export const PAYMENT_STATUSES = ['pending', 'authorised', 'captured', 'failed', 'voided', 'refunded'] as const;

/** A payment of an order, as one source states it. */
export const PaymentBody = body({
  /** The source's own id of the payment. */
  id: Type.Optional(text(200)),
  /** Another id that it is known by: of the charge, of the provider's transaction. */
  reference: Type.Optional(text(200)),
  sequence: Type.Optional(Type.Integer({ minimum: 0 })),
  method: text(100),
  installments: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  amount: Amount,
  currency: Currency,
  paidAt: Type.Optional(Time),
  status: Type.Enum(PAYMENT_STATUSES),
  original: Type.Optional(Original),
});

export type PaymentBody = Static<typeof PaymentBody>;
