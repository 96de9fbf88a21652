import { Type, type Static } from 'typebox';
import { Identifier } from './customer.ts';
import { body, Country, list, PersonalOriginal, personalText, text } from './fields.ts';

/** An enterprise, as one source states it. A seller may be an individual, so its name and contacts are personal. */
export const EnterpriseBody = body({
  id: text(200),
  name: Type.Optional(personalText(300)),
  /** In one spelling (`GmbH`, `주식회사`); the name keeps it as its bearer writes it. */
  legalForm: Type.Optional(text(50)),
  registrationNumber: Type.Optional(personalText(50)),
  email: Type.Optional(personalText(320)),
  phone: Type.Optional(personalText(40)),
  street: Type.Optional(personalText(500)),
  city: Type.Optional(text(200)),
  region: Type.Optional(text(200)),
  postcode: Type.Optional(text(40)),
  country: Type.Optional(Country),
  identifiers: Type.Optional(list(Identifier, { maxItems: 20 })),
  original: Type.Optional(PersonalOriginal),
});

export type EnterpriseBody = Static<typeof EnterpriseBody>;
