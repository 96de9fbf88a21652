import { Type, type Static } from 'typebox';
import { Time } from './canonical/fields.ts';
import { customerEvents } from './events/customer.ts';
import { enterpriseEvents } from './events/enterprise.ts';
import { matchEvents } from './events/match.ts';
import { orderEvents } from './events/order.ts';
import { productEvents } from './events/product.ts';

/**
 * A domain event on its way to taps: CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2). `subject` is
 * the entity's matching key, and `sequence` (an extension of CloudEvents) the number of the event among the entity's
 * events: from 1, without gaps. `id` is both, and unique.
 */
export const EventEnvelope = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ minLength: 1 }),
  source: Type.String({ minLength: 1 }),
  type: Type.String({ minLength: 1 }),
  subject: Type.String({ minLength: 1 }),
  time: Time,
  sequence: Type.String({ pattern: '^[1-9][0-9]*$' }),
  data: Type.Object({ v: Type.Integer({ minimum: 1 }) }),
});

export type EventEnvelope = Readonly<Static<typeof EventEnvelope>>;

/** Every domain event, with the schema of its data. */
export const EVENTS = { ...orderEvents, ...customerEvents, ...enterpriseEvents, ...matchEvents, ...productEvents };
