import { Type, type Static } from 'typebox';
import { body, Country, list, PERSONAL, PersonalOriginal, personalText, text } from './fields.ts';

/** An id by which other sources may know the same party: `{type: 'email', value: ...}`. */
export const Identifier = body({ type: text(50), value: personalText(320) });

/** A customer, as one source states it. `id` is the source's own. */
export const CustomerBody = body({
  id: personalText(200),
  name: Type.Optional(personalText(300)),
  email: Type.Optional(personalText(320)),
  /** E.164. */
  phone: Type.Optional(personalText(40)),
  street: Type.Optional(personalText(500)),
  city: Type.Optional(personalText(200)),
  region: Type.Optional(personalText(200)),
  postcode: Type.Optional(personalText(40)),
  country: Type.Optional(Country),
  identifiers: Type.Optional(list(Identifier, { maxItems: 20, ...PERSONAL })),
  original: Type.Optional(PersonalOriginal),
});

export type CustomerBody = Static<typeof CustomerBody>;
export type Identifier = Static<typeof Identifier>;
