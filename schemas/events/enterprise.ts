import { Type, type Static } from 'typebox';
import { EnterpriseBody } from '../canonical/enterprise.ts';
import { body, list, Reference } from '../canonical/fields.ts';
import { EnterpriseContributed, ItemChange } from '../effect.ts';
import { claimed, joinDecided, matched, partyChanged, splitDecided, told } from '../party.ts';
import { stamp } from '../statement.ts';
import { Total } from '../totals.ts';
import { noted } from './noted.ts';

/** A change of what was sold of a product, with what has been sold of it in all since (none: the item is gone). */
export const ItemSold = body({ ...ItemChange.properties, id: Type.String(), totals: list(Total) });

export type ItemSold = Readonly<Static<typeof ItemSold>>;

export const enterpriseEvents = {
  /** `id` is the last part of the `_id` of what the source says, in sales.members. */
  'enterprise.described': body({ v: Type.Literal(2), id: Type.String(), ...stamp, body: EnterpriseBody }),
  /** `opened` is by how many the products of which something is sold became more (or fewer). */
  'enterprise.orderChanged': body({
    v: Type.Literal(1),
    order: Reference,
    orders: Type.Integer(),
    opened: Type.Integer(),
    items: list(ItemSold),
  }),
  'enterprise.noted': noted,
  'enterprise.claimed': claimed,
  'enterprise.matched': matched,
  'enterprise.told': told,
  'enterprise.joinDecided': joinDecided,
  'enterprise.splitDecided': splitDecided,
  'enterprise.contributed': EnterpriseContributed,
  'enterprise.partyChanged': partyChanged,
} as const;

type Events = typeof enterpriseEvents;
export type EnterpriseEventName = keyof Events;
export type EnterpriseEventData<Name extends EnterpriseEventName> = Readonly<Static<Events[Name]>>;
export type EnterpriseEvent = {
  [Name in EnterpriseEventName]: { readonly type: Name; readonly data: EnterpriseEventData<Name> };
}[EnterpriseEventName];
