import type { TextKind } from '../../../schemas/canonical/kinds.ts';
import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { comparableCompany } from './company.ts';
import { comparableEmail } from './email.ts';
import { cleanseText } from './field.ts';
import { saysNothing } from './nothing.ts';
import { comparablePerson } from './person.ts';
import { comparablePhone } from './phone.ts';
import { comparableRegistrationNumber } from './registration-number.ts';

interface Comparison {
  /** As which the value is cleansed first. */
  readonly kind: TextKind;
  readonly form: (text: string, policy: CleansingPolicy, country: string | undefined) => string | null;
}

const registrationNumber: Comparison = {
  kind: 'registrationNumber',
  form: (text, _policy, country) => comparableRegistrationNumber(text, country),
};

/** Types of values that can be written in several ways. */
const COMPARISONS: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['email', { kind: 'email', form: comparableEmail }],
  ['phone', { kind: 'phone', form: (text, _policy, country) => comparablePhone(text, country) }],
  ['registrationNumber', registrationNumber],
  ['vat', registrationNumber],
  ['personName', { kind: 'personName', form: comparablePerson }],
  ['companyName', { kind: 'companyName', form: comparableCompany }],
]);

/** Of another source's id, for one: what stands there, if anything does. */
const AS_IT_STANDS: Comparison = { kind: 'line', form: (text) => (saysNothing(text) ? null : text) };

/**
 * The form in which an identifier is compared: two values of one type mean the same if and only if (as far as can be
 * told) their forms are equal. It is no value to show or keep. Null: the value identifies nobody, as it is empty, a
 * word for nothing (`n/a`), or cannot be (an e-mail address without a domain, a phone number of a wrong length, a
 * registration number with wrong check digits).
 *
 * `type` is that of an identifier (schemas/canonical/customer.ts): `email`, `phone`, `registrationNumber` (or `vat`),
 * and, of what is compared without being an identifier, `personName` and `companyName`. Any other type, such as another
 * source's id, is compared as it stands, but for white space and the Unicode form.
 *
 * `value` may be cleansed or as it came: both give the same form. `country` (ISO 3166-1 alpha-2) is where the party
 * lives: national phone and registration numbers mean little without it. Never throws; takes linear time.
 */
export function comparable(type: string, value: string, policy: CleansingPolicy, country?: string): string | null {
  const { kind, form } = COMPARISONS.get(type) ?? AS_IT_STANDS;
  const { text } = cleanseText(kind, value, { policy, country });
  return text === undefined ? null : form(text, policy, country);
}

/** Addresses follow none. */
const NO_POLICY: CleansingPolicy = { emailCase: 'lower', emailTags: 'keep', emailDots: 'keep' };

/** Where a party lives, as far as it is known; fields of canonical bodies have these names. */
export interface Address {
  readonly street?: string;
  readonly city?: string;
  readonly postcode?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
}

/**
 * The same of an address: country, postal code (or else city) and street, without case, accents and punctuation. Null
 * without a street, or with neither postal code nor city: too many live there.
 */
export function comparableAddress(address: Address): string | null {
  const { country } = address;
  const plain = (kind: 'street' | 'city' | 'postcode'): string =>
    plainText(cleanseText(kind, address[kind] ?? '', { policy: NO_POLICY, country }).text ?? '');
  const [street, place] = [plain('street'), plain('postcode') || plain('city')];
  return street === '' || place === '' ? null : `${country ?? ''}|${place}|${street}`;
}

function plainText(text: string): string {
  const plain = text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
  return (plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).join(' ');
}
