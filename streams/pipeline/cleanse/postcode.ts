import type { Rule } from './rule.ts';

/** How a country writes its postal codes. */
interface Form {
  /** What has lost zeros at its beginning, and how long it is with them. */
  readonly lost?: readonly (readonly [RegExp, number])[];
  /** What is written, and what between its groups. */
  readonly groups?: readonly [RegExp, string];
}

const british: Form = { groups: [/^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$/, '$1 $2'] };
const threeTwo: Form = { groups: [/^(\d{3})(\d{2})$/, '$1 $2'] };

/** Universal Postal Union, addressing systems (https://www.upu.int/en/postal-solutions/programmes-services/addressing-solutions). */
const FORMS: Readonly<Record<string, Form>> = {
  AU: { lost: [[/^[289]\d{2}$/, 4]] },
  BR: { lost: [[/^\d{7}$/, 8]], groups: [/^(\d{5})(\d{3})$/, '$1-$2'] },
  CA: { groups: [/^([A-Z]\d[A-Z])(\d[A-Z]\d)$/, '$1 $2'] },
  CN: { lost: [[/^\d{5}$/, 6]] },
  CZ: threeTwo,
  DE: { lost: [[/^\d{4}$/, 5]] },
  DK: { lost: [[/^[89]\d{2}$/, 4]] },
  ES: { lost: [[/^\d{4}$/, 5]] },
  FI: { lost: [[/^\d{3,4}$/, 5]] },
  FR: { lost: [[/^\d{4}$/, 5]] },
  GB: british,
  GG: british,
  GR: threeTwo,
  IE: { groups: [/^([A-Z]\d[\dW])([\dA-Z]{4})$/, '$1 $2'] },
  IM: british,
  // Rome has two zeros.
  IT: { lost: [[/^(?:\d{4}|1\d{2})$/, 5]] },
  JE: british,
  JP: { lost: [[/^\d{6}$/, 7]], groups: [/^(\d{3})(\d{4})$/, '$1-$2'] },
  // Codes had six digits until 2015.
  KR: { lost: [[/^\d{4}$/, 5]], groups: [/^(\d{3})(\d{3})$/, '$1-$2'] },
  KZ: { lost: [[/^\d{5}$/, 6]] },
  MX: { lost: [[/^\d{4}$/, 5]] },
  MY: { lost: [[/^\d{4}$/, 5]] },
  NL: { groups: [/^(\d{4})([A-Z]{2})$/, '$1 $2'] },
  NO: { lost: [[/^\d{3}$/, 4]] },
  NZ: { lost: [[/^\d{3}$/, 4]] },
  PL: { lost: [[/^\d{3,4}$/, 5]], groups: [/^(\d{2})(\d{3})$/, '$1-$2'] },
  PT: { groups: [/^(\d{4})(\d{3})$/, '$1-$2'] },
  RO: { lost: [[/^\d{5}$/, 6]] },
  SE: threeTwo,
  SG: { lost: [[/^\d{5}$/, 6]] },
  SK: threeTwo,
  TR: { lost: [[/^\d{4}$/, 5]] },
  UA: { lost: [[/^\d{4}$/, 5]] },
  // Puerto Rico and Holtsville have two zeros; nine digits are ZIP+4.
  US: {
    lost: [
      [/^(?:\d{4}|[5-9]\d{2})$/, 5],
      [/^\d{8}$/, 9],
      [/^\d{4}-\d{4}$/, 10],
    ],
    groups: [/^(\d{5})(\d{4})$/, '$1-$2'],
  },
  ZA: { lost: [[/^\d{1,3}$/, 4]] },
};

/** What is written before a code abroad (`D-10115`), beside the alpha-2 of the country, which stands in its own field. */
const LETTERS: Readonly<Record<string, string>> = {
  AT: 'A',
  BE: 'B',
  DE: 'D',
  ES: 'E',
  FI: 'FIN',
  FR: 'F',
  IT: 'I',
  LU: 'L',
  NO: 'N',
  SE: 'S',
};

/** Whose codes are written with them at home as well. */
const LETTERED = new Set(['LT', 'LV', 'MD', 'AZ', 'BB', 'KY', 'VC', 'WS']);

const LENGTH_LIMIT = 20;

export const POSTCODE_RULES: readonly Rule[] = [
  {
    name: 'postcodeCase',
    kinds: ['postcode'],
    does: 'Postal codes are in upper case.',
    why: 'Their letters know no case.',
    examples: [
      { message: 'customer', given: { id: '1', postcode: 'sw1a 1aa' }, gives: { id: '1', postcode: 'SW1A 1AA' } },
    ],
    apply: (text) => text.toUpperCase().normalize('NFC'),
  },
  {
    name: 'postcodeNumber',
    kinds: ['postcode'],
    does: 'Decimals of zero are removed.',
    why: 'Spreadsheets take a code of digits for a number.',
    examples: [{ message: 'customer', given: { id: '1', postcode: '10115.0' }, gives: { id: '1', postcode: '10115' } }],
    apply: (text) => text.replace(/^(\d{1,10})\.0{1,2}$/, '$1'),
  },
  {
    name: 'postcodeForm',
    kinds: ['postcode'],
    does: 'Codes are written as their country writes them: hyphens and spaces between the groups, no letters of the country before them. What does not look like a code of the country stays.',
    why: 'A code is compared, and found in registers, in this form.',
    examples: [
      ...(
        [
          ['GB', 'SW1A1AA', 'SW1A 1AA'],
          ['NL', '1012ab', '1012 AB'],
          ['CA', 'K1A-0B1', 'K1A 0B1'],
          ['PL', '00950', '00-950'],
          ['PT', '1000 001', '1000-001'],
          ['BR', '01409000', '01409-000'],
          ['JP', '〒100-0001', '100-0001'],
          ['KR', '135080', '135-080'],
          ['US', '123456789', '12345-6789'],
          ['DE', 'D-10115', '10115'],
        ] as const
      ).map(([country, came, becomes]) => example(country, came, becomes)),
    ] as [ReturnType<typeof example>],
    apply: (text, { country }) => (country === undefined || text.length > LENGTH_LIMIT ? text : formOf(text, country)),
  },
  {
    name: 'postcodeZeros',
    kinds: ['postcode'],
    does: 'Zeros that were lost at the beginning are put back, where the country has codes that begin with a zero.',
    why: 'Spreadsheets take a code of digits for a number. What came is kept, and the country must be known.',
    examples: [
      example('US', '1234', '01234'),
      example('DE', '1067', '01067'),
      example('KR', '6236', '06236'),
      example('JP', '600001', '060-0001'),
      example('BR', '1409000', '01409-000'),
      example('AU', '800', '0800'),
    ],
    apply: (text, { country }) => (country === undefined || text.length > LENGTH_LIMIT ? text : padded(text, country)),
  },
];

function example(country: string, came: string, becomes: string) {
  const given = { id: '1', postcode: came, country };
  return { message: 'customer', given, gives: { ...given, postcode: becomes } } as const;
}

function formOf(text: string, country: string): string {
  const own = withoutLetters(text, country).replace(/^〒 ?/, '');
  return grouped(own, country) ?? own;
}

function withoutLetters(text: string, country: string): string {
  const [letters = '', code = ''] = text.split('-', 2);
  const isOurs = letters === country || letters === LETTERS[country];
  return isOurs && !LETTERED.has(country) && /^\d{4,5}$/.test(code) && text.length === letters.length + code.length + 1
    ? code
    : text;
}

/** Null if it is no code of the country. */
function grouped(text: string, country: string): string | null {
  const { groups } = FORMS[country] ?? {};
  if (groups === undefined) return null;
  const compact = text.replace(/[ .‐‑–-]/g, '');
  return groups[0].test(compact) ? compact.replace(...groups) : null;
}

function padded(text: string, country: string): string {
  for (const [pattern, length] of FORMS[country]?.lost ?? []) {
    if (!pattern.test(text)) continue;
    const code = text.padStart(length, '0');
    return grouped(code, country) ?? code;
  }
  return text;
}
