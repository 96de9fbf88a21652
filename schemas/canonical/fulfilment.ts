import { Type, type Static } from 'typebox';
import { body, Original, personalText, text, Time } from './fields.ts';
import { FULFILMENT_STATUSES } from './order.ts';

/** A delivery of (a part of) an order, as one source states it. */
export const FulfilmentBody = body({
  /** The source's own id of the delivery. */
  id: Type.Optional(text(200)),
  status: Type.Enum(FULFILMENT_STATUSES),
  carrier: Type.Optional(text(200)),
  tracking: Type.Optional(personalText(200)),
  shippedAt: Type.Optional(Time),
  deliveredAt: Type.Optional(Time),
  original: Type.Optional(Original),
});

export type FulfilmentBody = Static<typeof FulfilmentBody>;
