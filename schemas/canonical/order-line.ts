import { Type, type Static } from 'typebox';
import { Amount, Currency, Quantity } from '../money.ts';
import { body, Original, Reference, text, Time } from './fields.ts';

/** A line of an order, as one source states it. `amount` is for the whole quantity, without freight. */
export const OrderLineBody = body({
  number: Type.Optional(Type.Integer({ minimum: 0 })),
  product: Type.Optional(Reference),
  /** The source's own id of the product. */
  code: Type.Optional(text(200)),
  description: Type.Optional(text(500)),
  quantity: Quantity,
  unitPrice: Type.Optional(Amount),
  amount: Amount,
  freight: Type.Optional(Amount),
  currency: Currency,
  enterprise: Type.Optional(Reference),
  /** The source's own id of the enterprise. */
  enterpriseId: Type.Optional(text(200)),
  /** Until when it is to be handed to the carrier. */
  shipBy: Type.Optional(Time),
  original: Type.Optional(Original),
});

export type OrderLineBody = Static<typeof OrderLineBody>;
