import { libraries } from './libraries.ts';
import { Memory } from './memory.ts';
import { DOUBT, type Rule } from './rule.ts';

/** A number of E.164 has 15 digits at most; the rest is punctuation and an extension. */
const LENGTH_LIMIT = 60;

/** Fewer digits are an extension, or a short number that many share. */
const LEAST_DIGITS = 7;

export const PHONE_RULES: readonly Rule[] = [
  {
    name: 'phoneE164',
    kinds: ['phone'],
    does: 'Phone numbers become E.164, with the extension as `;ext=` (RFC 3966). National numbers are read by the country of the record; without one they stay as they came.',
    why: 'One number is written in dozens of ways.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', phone: '010-1234-5678', country: 'KR' },
        gives: { id: '1', phone: '+821012345678', country: 'KR' },
      },
      {
        message: 'customer',
        given: { id: '1', phone: '+44 (0)20 7946-0018 ext. 12' },
        gives: { id: '1', phone: '+442079460018;ext=12' },
      },
      { message: 'customer', given: { id: '1', phone: '020 7946 0018' }, gives: { id: '1', phone: '020 7946 0018' } },
    ],
    apply: (text, { country }) => numberOf(text, country) ?? text,
  },
  {
    name: 'phoneImpossible',
    kinds: ['phone'],
    does: 'Tells of numbers that cannot be: too short or too long for their country, or no number at all. They stay as they came.',
    why: 'A typing error in a phone number is no reason to refuse an order; but nobody is found by it.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', phone: '010-123', country: 'KR' },
        gives: { id: '1', phone: '010-123', country: 'KR' },
      },
    ],
    apply: (text, { country }) => (isImpossible(text, country) ? DOUBT : text),
  },
];

const remembered = new Memory(parse);

/** E.164 and the extension; null if it is impossible, or national and of no known country. */
function numberOf(text: string, country: string | undefined): string | null {
  return text.length > LENGTH_LIMIT ? null : remembered.of(`${country ?? ''} ${text}`);
}

function parse(question: string): string | null {
  const space = question.indexOf(' ');
  const [country, text] = [question.slice(0, space), question.slice(space + 1).replace(/^tel:/i, '')];
  // 00 is how most of the world dials abroad, and typed elsewhere as well; 001 is how Korea does.
  const abroad = /^(?:\+|00)\s*(?=[1-9])/;
  return (abroad.test(text) ? parsed(text.replace(abroad, '+'), '') : null) ?? parsed(text, country);
}

function parsed(text: string, country: string): string | null {
  const { isSupportedCountry, parsePhoneNumberFromString } = libraries.phone();
  const known = isSupportedCountry(country) ? { defaultCountry: country } : {};
  const number = parsePhoneNumberFromString(text, { extract: false, ...known });
  if (number?.isPossible() !== true) return null;
  // Some countries have short numbers of services, whose length a cut one may have.
  if (number.nationalNumber.length < LEAST_DIGITS && !number.isValid()) return null;
  return number.ext === undefined ? number.number : `${number.number};ext=${number.ext}`;
}

function isImpossible(text: string, country: string | undefined): boolean {
  if (numberOf(text, country) !== null) return false;
  return country !== undefined || isInternational(text) || !isNational(text);
}

function isInternational(text: string): boolean {
  return /^(?:tel:)?(?:\+|00)/i.test(text);
}

/** The digits of a number that may be one of some country. */
function isNational(text: string): boolean {
  const digits = text.length > LENGTH_LIMIT ? '' : text.replace(/\D/g, '');
  return digits.length >= LEAST_DIGITS && digits.length <= 15 && !/^(\d)\1*$/.test(digits);
}

/** Of a cleansed number: E.164 and the extension; the digits alone of a national number whose country is not known. */
export function comparablePhone(value: string, country?: string): string | null {
  const number = numberOf(value, country);
  if (number !== null) return isRepeated(number) ? null : number;
  return country !== undefined || isInternational(value) || !isNational(value) ? null : value.replace(/\D/g, '');
}

/** +82 10 0000 0000 is typed for nothing. */
function isRepeated(number: string): boolean {
  return /^\+\d*?(\d)\1{7,}$/.test(number);
}
