import { isAllCaps, placeCase } from './title-case.ts';
import type { Rule } from './rule.ts';

/** Shorter names in capitals are rather abbreviations: NYC, USA. */
const LEAST_LETTERS = 4;

/** Longer text is no name of a city. */
const LENGTH_LIMIT = 200;

/** Countries whose states and provinces have codes of two or three letters. */
const CODED_REGIONS = new Set(['US', 'CA', 'AU', 'BR', 'IT', 'MX']);

export const ADDRESS_RULES: readonly Rule[] = [
  {
    name: 'cityCase',
    kinds: ['city'],
    does: 'A city in capitals is written as names are, with small words in lower case. One of three letters at most stays, and so does one in lower case.',
    why: 'Old systems have capitals only, and the same city in two cases looks like two.',
    examples: [
      { message: 'customer', given: { id: '1', city: 'RIO DE JANEIRO' }, gives: { id: '1', city: 'Rio de Janeiro' } },
      { message: 'customer', given: { id: '1', city: 'STOKE-ON-TRENT' }, gives: { id: '1', city: 'Stoke-on-Trent' } },
      { message: 'customer', given: { id: '1', city: "L'AQUILA" }, gives: { id: '1', city: "L'Aquila" } },
      { message: 'customer', given: { id: '1', city: 'NYC' }, gives: { id: '1', city: 'NYC' } },
      { message: 'customer', given: { id: '1', city: 'sao paulo' }, gives: { id: '1', city: 'sao paulo' } },
    ],
    apply: (text, { country }) => {
      if (text.length > LENGTH_LIMIT || !isAllCaps(text) || lettersOf(text) < LEAST_LETTERS) return text;
      // Turkish has two letters I; where no dot is written at all, nobody can tell which is meant.
      return country === 'TR' && text.includes('I') && !text.includes('İ') ? text : placeCase(text);
    },
  },
  {
    name: 'regionCode',
    kinds: ['region'],
    does: 'Codes of states and provinces (of the US, Canada, Australia, Brazil, Italy and Mexico) are in upper case.',
    why: 'ISO 3166-2 writes them so.',
    examples: [
      {
        message: 'customer',
        given: { id: '1', region: 'nsw', country: 'AU' },
        gives: { id: '1', region: 'NSW', country: 'AU' },
      },
    ],
    apply: (text, { country }) =>
      country !== undefined && CODED_REGIONS.has(country) && /^[a-z]{2,3}$/.test(text) ? text.toUpperCase() : text,
  },
];

function lettersOf(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}
