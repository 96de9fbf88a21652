import type { CleansingPolicy } from '../../../schemas/settings.ts';
import { comparableAddress, type Address } from './compare-address.ts';
import { comparableCompany } from './compare-company.ts';
import { comparableEmail } from './compare-email.ts';
import { comparablePerson } from './compare-person.ts';
import { comparablePhone } from './compare-phone.ts';
import { comparableRegistrationNumber } from './compare-registration-number.ts';
import { plainText } from './plain-text.ts';

export { comparableAddress, type Address };

type Comparison = (value: string, policy: CleansingPolicy, country: string | undefined) => string | null;

/** Types of identifiers whose value can be written in several ways. */
const COMPARISONS: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['email', (value, policy) => comparableEmail(value, policy)],
  ['phone', (value, _policy, country) => comparablePhone(value, country)],
  ['registrationNumber', (value, _policy, country) => comparableRegistrationNumber(value, country)],
  ['vat', (value, _policy, country) => comparableRegistrationNumber(value, country)],
  ['personName', (value) => comparablePerson(value)],
  ['companyName', (value) => comparableCompany(value)],
]);

/**
 * The form in which an identifier is compared: two values of one type mean the same if and only if (as far as can be
 * told) their forms are equal. It is no value to show or keep. Null: the value identifies nobody, as it is empty, a
 * word for nothing (`n/a`), or impossible (an e-mail address without `@`, a phone number of a wrong length).
 *
 * `type` is that of an identifier (schemas/canonical/customer.ts): `email`, `phone`, `registrationNumber` (or `vat`),
 * and for what is compared without being an identifier `personName` and `companyName`. Any other type, such as another
 * source's id, is compared as it stands, but for white space around it and the Unicode form.
 *
 * `value` may be cleansed or as it came; both give the same form. `country` (ISO 3166-1 alpha-2) is where the party
 * lives: national phone and registration numbers mean nothing without it. Never throws; takes linear time.
 */
export function comparable(type: string, value: string, policy: CleansingPolicy, country?: string): string | null {
  const comparison = COMPARISONS.get(type);
  return comparison === undefined ? plainText(value) : comparison(value, policy, country);
}
