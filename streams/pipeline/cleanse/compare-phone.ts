import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** The longest number of E.164 has 15 digits; the rest is punctuation and an extension. */
const LENGTH_LIMIT = 60;

/** Fewer digits are an extension, or a short number that many share. */
const LEAST_DIGITS = 7;

/** E.164 with its extension; the digits alone of a national number whose country is not known. */
export function comparablePhone(value: string, country?: string): string | null {
  const text = value.normalize('NFKC').trim();
  if (text.length > LENGTH_LIMIT) return null;
  const known = country !== undefined && isSupportedCountry(country) ? country : undefined;
  if (known === undefined && !text.startsWith('+')) {
    const digits = text.replace(/\D/g, '');
    return digits.length < LEAST_DIGITS || /^(\d)\1*$/.test(digits) ? null : digits;
  }
  const parsed = parsePhoneNumberFromString(text, known === undefined ? {} : { defaultCountry: known });
  if (parsed?.isPossible() !== true) return null;
  return parsed.ext === undefined ? parsed.number : `${parsed.number};ext=${parsed.ext}`;
}
