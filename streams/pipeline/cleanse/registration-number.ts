import { libraries } from './libraries.ts';
import { DOUBT, type Rule } from './rule.ts';

/** Longer text is no registration number, whatever it is. */
const LENGTH_LIMIT = 60;

/** What stands before the number on letterheads. */
const LABEL =
  /^(?:(?:VAT(?: ?(?:REG(?:ISTRATION)?|ID|NO|NUMBER|NR))*|UST-?ID(?:-?NR)?|MWST-?NR|TVA|P\.? ?IVA|PARTITA IVA|BTW(?:-?NR)?|CNPJ|사업자 ?(?:등록)? ?번호)[ .:#]+)+(?=.*\d)/i;

/** What stands after it in Switzerland. */
const SWISS_TAIL = /(?:MWST|TVA|IVA)$/;

export const REGISTRATION_NUMBER_RULES: readonly Rule[] = [
  {
    name: 'registrationNumberForm',
    kinds: ['registrationNumber'],
    does: 'VAT numbers of Europe become prefix and number, and Korean (10 digits, or 13 of a corporation) and Brazilian numbers their digits, without separators and labels. All others are put in upper case.',
    why: 'They are written with dots, hyphens and spaces, as each country likes it. In numbers of other countries these may tell one from another.',
    examples: [
      {
        message: 'enterprise',
        given: { id: '1', registrationNumber: '116-82-00276', country: 'KR' },
        gives: { id: '1', registrationNumber: '1168200276', country: 'KR' },
      },
      {
        message: 'enterprise',
        given: { id: '1', registrationNumber: 'VAT: de 136.695.976' },
        gives: { id: '1', registrationNumber: 'DE136695976' },
      },
      {
        message: 'enterprise',
        given: { id: '1', registrationNumber: 'GR 094259216' },
        gives: { id: '1', registrationNumber: 'EL094259216' },
      },
      {
        message: 'enterprise',
        given: { id: '1', registrationNumber: 'hrb 7122' },
        gives: { id: '1', registrationNumber: 'HRB 7122' },
      },
    ],
    apply: (text, { country }) => (text.length > LENGTH_LIMIT ? text : formOf(text, country)),
  },
  {
    name: 'registrationNumberChecksum',
    kinds: ['registrationNumber'],
    does: 'Tells of VAT numbers of Europe, and of Korean and Brazilian numbers, whose check digits are wrong, or whose length is. They stay as they are.',
    why: 'Somebody has mistyped it; nobody is found by it.',
    examples: [
      {
        message: 'enterprise',
        given: { id: '1', registrationNumber: '1168200277', country: 'KR' },
        gives: { id: '1', registrationNumber: '1168200277', country: 'KR' },
      },
      {
        message: 'enterprise',
        given: { id: '1', registrationNumber: 'DE136695977' },
        gives: { id: '1', registrationNumber: 'DE136695977' },
      },
    ],
    apply: (text, { country }) => (isWrong(text, country) ? DOUBT : text),
  },
];

function formOf(text: string, country: string | undefined): string {
  const upper = text.replace(LABEL, '').toUpperCase().normalize('NFC');
  const compact = upper.replace(/[^\p{L}\p{N}]/gu, '');
  const digits = compact.replace(country === 'KR' ? /^KR(?=\d{10}$)/ : '', '');
  if (country === 'KR' && /^(?:\d{10}|\d{13})$/.test(digits)) return digits;
  if (country === 'BR' && /^\d{14}$/.test(compact)) return compact;
  const vat = compact.replace(/^GR(?=\d{9}$)/, 'EL').replace(compact.startsWith('CHE') ? SWISS_TAIL : '', '');
  return checked(vat)?.known === true ? vat : upper;
}

interface Checked {
  /** It has the prefix and the length of a VAT number. */
  readonly known: boolean;
  /** ... and its check digits are right. */
  readonly right: boolean;
}

/** Null without the prefix of a country that has VAT numbers. */
function checked(number: string): Checked | null {
  if (!/^[A-Z]{2}[A-Z0-9+*]{2,13}$/.test(number)) return null;
  const { checkVAT, countries } = libraries.vat();
  const prefixed = countries.filter(({ codes }) => prefixOf(codes[0] ?? '') === number.slice(0, 2));
  if (prefixed.length === 0) return null;
  const { isValidFormat, isValid } = checkVAT(number, prefixed);
  return { known: isValidFormat, right: isValid };
}

/** Greece writes EL. Brazil has a number without a prefix. */
function prefixOf(code: string): string {
  return code === 'GR' ? 'EL' : code === 'BR' ? '' : code;
}

function isWrong(number: string, country: string | undefined): boolean {
  if (country === 'KR' && /^\d{10}$/.test(number)) return !isKorean(number);
  if (country === 'BR' && /^\d{14}$/.test(number)) return !isBrazilian(number);
  const prefix = number.slice(0, 2).replace('EL', 'GR');
  if (country !== undefined && country !== prefix) return false;
  const found = checked(number);
  if (found === null || found.right) return false;
  return found.known || /^[A-Z]{2}\d/.test(number);
}

/** National Tax Service: weights 1 3 7 1 3 7 1 3 5, and the tens of the last product count as well. */
function isKorean(number: string): boolean {
  const digits = Array.from(number, Number);
  const sum = [1, 3, 7, 1, 3, 7, 1, 3, 5].reduce((sum, weight, i) => sum + weight * (digits[i] ?? 0), 0);
  return (10 - ((sum + Math.floor(((digits[8] ?? 0) * 5) / 10)) % 10)) % 10 === digits[9];
}

function isBrazilian(number: string): boolean {
  const { brazil, checkVAT } = libraries.vat();
  return checkVAT(number, [brazil]).isValid;
}

/**
 * Of a cleansed number: letters and digits, with the prefix of the country where the number has none and its check
 * digits say that it is a VAT number of it. Null if these are wrong.
 */
export function comparableRegistrationNumber(value: string, country?: string): string | null {
  if (value.length > LENGTH_LIMIT || isWrong(value, country)) return null;
  const compact = value.replace(/[^\p{L}\p{N}]/gu, '');
  if (!/\d{3}/.test(compact)) return null;
  if (/^\d{10}$/.test(compact)) {
    // Of no known country, ten digits are a Korean number if they are written like one, or their check digit says so.
    const isWrittenKorean = country === undefined ? /^\d{3}-\d{2}-\d{5}$/.test(value) : country === 'KR';
    if (isWrittenKorean || country === undefined) {
      if (isKorean(compact)) return `KR${compact}`;
      if (isWrittenKorean) return null;
    }
  }
  if (country === undefined || /^[A-Z]{2}/.test(compact)) return compact;
  const prefixed = `${country === 'GR' ? 'EL' : country}${compact}`;
  return checked(prefixed)?.right === true ? prefixed : compact;
}
