import { Type, type Static } from 'typebox';
import { body } from '../canonical/fields.ts';
import { ProductBody } from '../canonical/product.ts';
import { stamp } from '../statement.ts';
import { noted } from './noted.ts';

export const productEvents = {
  'product.described': body({ v: Type.Literal(2), ...stamp, body: ProductBody }),
  'product.noted': noted,
} as const;

type Events = typeof productEvents;
export type ProductEventName = keyof Events;
export type ProductEventData<Name extends ProductEventName> = Readonly<Static<Events[Name]>>;
export type ProductEvent = {
  [Name in ProductEventName]: { readonly type: Name; readonly data: ProductEventData<Name> };
}[ProductEventName];
