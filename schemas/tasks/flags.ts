import { Type, type Static } from 'typebox';
import { body, list, PERSONAL, Reference, text } from '../canonical/fields.ts';
import { FulfilmentBody } from '../canonical/fulfilment.ts';
import { OrderLineBody } from '../canonical/order-line.ts';
import { PaymentBody } from '../canonical/payment.ts';
import { ReviewBody } from '../canonical/review.ts';
import { PART_NAMES } from '../events/order.ts';

const v = Type.Literal(1);

const FlagReference = body({
  system: text(),
  task: text(),
  index: text(),
  key: text(),
  count: Type.Integer({ minimum: 1 }),
  state: Type.Enum(['integrated', 'verified', 'inconsistent']),
});

/** master.flags: `_id` is the entity's matching key. Facts are marks of contradictions, and the newest notes. */
export const FlagDocument = body({
  v,
  kind: text(),
  status: text(),
  references: list(FlagReference),
  facts: Type.Optional(
    body({
      marks: Type.Optional(list(text())),
      notes: Type.Optional(list(body({ text: Type.String(PERSONAL), at: text() }))),
    }),
  ),
});

/** master.waiting: what was said of an order before anybody spoke of the order itself. */
export const WaitingDocument = body({
  /** 2 has the source's own ids. */
  v: Type.Literal(2),
  entity: Reference,
  name: Type.Enum(PART_NAMES),
  source: text(),
  slot: text(),
  said: Type.Union([OrderLineBody, PaymentBody, FulfilmentBody, ReviewBody]),
});

/**
 * master.claims: who claims an identifier that too many claim. `_id` is `<identifier>.<fingerprint of the member>`.
 * Few claimants stand in the identifier's flag.
 */
export const ClaimDocument = body({ v, entity: Reference, member: Reference });

/** master.places: claims by number, so that those who are left can be found. `_id` is `<identifier>.<place>`. */
export const PlaceDocument = body({ v, entity: Reference, place: Type.Integer({ minimum: 0 }) });

export type FlagDocument = Readonly<Static<typeof FlagDocument>>;
export type WaitingDocument = Readonly<Static<typeof WaitingDocument>>;
