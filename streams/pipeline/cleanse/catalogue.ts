import type { TextKind } from '../../../schemas/canonical/kinds.ts';
import { isCountry } from '../countries.ts';
import { ADDRESS_RULES } from './address.ts';
import { COMPANY_RULES } from './company.ts';
import { COUNTRY_RULES } from './country.ts';
import { CURRENCY_RULES } from './currency.ts';
import { EMAIL_RULES, isPlainEmail } from './email.ts';
import { isWordForNothing, NOTHING_RULES } from './nothing.ts';
import { isPlainName, PERSON_RULES } from './person.ts';
import { PHONE_RULES } from './phone.ts';
import { POSTCODE_RULES } from './postcode.ts';
import { REGISTRATION_NUMBER_RULES } from './registration-number.ts';
import type { Rule } from './rule.ts';
import { isClean, TEXT_RULES } from './text.ts';
import { isUtc, TIME_RULES } from './time.ts';

/** Every rule of cleansing, in the order in which they look at a text. */
export const RULES: readonly Rule[] = [
  ...TEXT_RULES,
  ...NOTHING_RULES,
  ...PERSON_RULES,
  ...COMPANY_RULES,
  ...ADDRESS_RULES,
  ...POSTCODE_RULES,
  ...COUNTRY_RULES,
  ...EMAIL_RULES,
  ...PHONE_RULES,
  ...REGISTRATION_NUMBER_RULES,
  ...CURRENCY_RULES,
  ...TIME_RULES,
];

/** What is done to one kind of field. */
export interface Treatment {
  readonly kind: TextKind;
  /** Text that every rule leaves as it is, whatever the rest of the body says; most is, and no rule looks at it. */
  readonly isPlain: (text: string) => boolean;
  /** Those of text.ts leave alone what is clean (`isClean`). */
  readonly textRules: readonly Rule[];
  readonly rules: readonly Rule[];
}

const PLAIN: { readonly [Kind in TextKind]: (text: string) => boolean } = {
  line: isClean,
  text: isClean,
  legalForm: isClean,
  personName: isPlainName,
  namePart: (text) => /^[A-Z][a-z]+$/.test(text),
  companyName: never,
  street: never,
  city: (text) => /^[A-Z][a-z]+$/.test(text) && !isWordForNothing(text),
  region: never,
  postcode: never,
  country: isCountry,
  email: isPlainEmail,
  phone: never,
  registrationNumber: never,
  currency: (text) => /^[A-Z]{3}$/.test(text),
  time: isUtc,
};

function never(): boolean {
  return false;
}

export const TREATMENTS = Object.fromEntries(
  (Object.keys(PLAIN) as TextKind[]).map((kind) => [kind, treatmentOf(kind)]),
) as Readonly<Record<TextKind, Treatment>>;

function treatmentOf(kind: TextKind): Treatment {
  const ofKind = RULES.filter(({ kinds }) => kinds.includes(kind));
  const textRules = ofKind.filter((rule) => TEXT_RULES.includes(rule));
  return { kind, isPlain: PLAIN[kind], textRules, rules: ofKind.filter((rule) => !TEXT_RULES.includes(rule)) };
}
