import { Type, type Static } from 'typebox';
import { CustomerBody } from '../canonical/customer.ts';
import { body } from '../canonical/fields.ts';
import { CustomerContributed, CustomerOrderChange } from '../effect.ts';
import { claimed, joinDecided, matched, partyChanged, splitDecided, told } from '../party.ts';
import { stamp } from '../statement.ts';
import { noted } from './noted.ts';

export const customerEvents = {
  /** `id` is the last part of the `_id` of the member's record. */
  'customer.described': body({ v: Type.Literal(2), id: Type.String(), ...stamp, body: CustomerBody }),
  'customer.orderChanged': CustomerOrderChange,
  'customer.noted': noted,
  'customer.claimed': claimed,
  'customer.matched': matched,
  'customer.told': told,
  'customer.joinDecided': joinDecided,
  'customer.splitDecided': splitDecided,
  'customer.contributed': CustomerContributed,
  'customer.partyChanged': partyChanged,
} as const;

type Events = typeof customerEvents;
export type CustomerEventName = keyof Events;
export type CustomerEventData<Name extends CustomerEventName> = Readonly<Static<Events[Name]>>;
export type CustomerEvent = {
  [Name in CustomerEventName]: { readonly type: Name; readonly data: CustomerEventData<Name> };
}[CustomerEventName];
