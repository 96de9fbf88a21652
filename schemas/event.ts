import { Type, type Static } from 'typebox';
import { Time } from './canonical/fields.ts';
import { customerEvents } from './events/customer.ts';
import { enterpriseEvents } from './events/enterprise.ts';
import { orderEvents } from './events/order.ts';
import { productEvents } from './events/product.ts';

/**
 * A domain event on its way to taps: CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2). `source` +
 * `id` is unique, `subject` is the entity's matching key, and `entityversion` (an extension attribute, so lower case)
 * counts the events of the entity from 1, without gaps.
 */
export const EventEnvelope = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ minLength: 1 }),
  source: Type.String({ minLength: 1 }),
  type: Type.String({ minLength: 1 }),
  subject: Type.String({ minLength: 1 }),
  time: Time,
  datacontenttype: Type.Literal('application/json'),
  entityversion: Type.Integer({ minimum: 1 }),
  data: Type.Object({ v: Type.Integer({ minimum: 1 }) }),
});

export type EventEnvelope = Readonly<Static<typeof EventEnvelope>>;

/** Every domain event, with the schema of its data. */
export const EVENTS = { ...orderEvents, ...customerEvents, ...enterpriseEvents, ...productEvents };

export type EventName = keyof typeof EVENTS;

/** What happened to one entity, as text of one line in the events log. */
export interface Happening {
  readonly key: string;
  /** Counts the events of the entity from 1. */
  readonly version: number;
  /** Append time of the message that caused it, in ms since the epoch. */
  readonly at: number;
  readonly event: { readonly type: string; readonly data: object };
}

export function envelope({ key, version, at, event }: Happening): EventEnvelope {
  return {
    specversion: '1.0',
    id: `${key}/${version}`,
    source: 'masterflag',
    type: event.type,
    subject: key,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    entityversion: version,
    data: event.data as EventEnvelope['data'],
  };
}
