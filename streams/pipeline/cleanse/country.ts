import { countryOf } from '../countries.ts';
import type { Rule } from './rule.ts';

export const COUNTRY_RULES: readonly Rule[] = [
  {
    name: 'countryCode',
    kinds: ['country'],
    does: 'Names of countries in 78 languages, alpha-2 and alpha-3 codes become the ISO 3166-1 alpha-2 code. Words for no country are removed; what is not known stays, and is refused later.',
    why: 'A country is compared, and phone numbers and postal codes are read by it.',
    examples: [
      { message: 'customer', given: { id: '1', country: 'EIRE' }, gives: { id: '1', country: 'IE' } },
      { message: 'customer', given: { id: '1', country: '대한민국' }, gives: { id: '1', country: 'KR' } },
      { message: 'customer', given: { id: '1', country: 'deu' }, gives: { id: '1', country: 'DE' } },
      { message: 'customer', given: { id: '1', country: 'Unspecified' }, gives: { id: '1' } },
    ],
    apply: countryOf,
  },
];
