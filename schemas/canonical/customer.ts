import { Type, type Static } from 'typebox';
import { body, Country, list, PERSONAL, PersonalOriginal, personalText, text } from './fields.ts';

/** An id by which other sources may know the same party: `{type: 'email', value: ...}`. */
export const Identifier = body({ type: text(50), value: personalText(320) });

/**
 * A person's name taken apart, as far as that is sure. `prefix` and `suffix` as they are written before and after it
 * (`Dr`, `Jr.`); `alternate` is the same name in another script. Together they are `name`, so they travel as one.
 */
export const NameParts = Type.Object(
  {
    family: Type.Optional(text(300)),
    given: Type.Optional(text(300)),
    prefix: Type.Optional(text(100)),
    suffix: Type.Optional(text(100)),
    alternate: Type.Optional(text(300)),
  },
  { additionalProperties: false, ...PERSONAL },
);

/** A customer, as one source states it. `id` is the source's own. */
export const CustomerBody = body({
  id: personalText(200),
  name: Type.Optional(personalText(300)),
  nameParts: Type.Optional(NameParts),
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
export type NameParts = Readonly<Static<typeof NameParts>>;
export type Identifier = Static<typeof Identifier>;
