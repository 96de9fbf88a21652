import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readSettings } from '../../../config/settings.ts';
import { FIELD_KINDS, type TextKind } from '../../../schemas/canonical/kinds.ts';
import { cleanseBody } from '../../../streams/pipeline/cleanse/body.ts';
import { RULES, TREATMENTS } from '../../../streams/pipeline/cleanse/catalogue.ts';
import { comparable, comparableAddress } from '../../../streams/pipeline/cleanse/comparable.ts';
import { cleanseText } from '../../../streams/pipeline/cleanse/field.ts';
import type { Body } from '../../../streams/pipeline/cleanse/rule.ts';

const settings = readSettings({});
const KINDS = Object.keys(TREATMENTS) as TextKind[];
const MESSAGES = Object.keys(FIELD_KINDS) as (keyof typeof FIELD_KINDS)[];

/** What the examples of the rules are made of, and what is hard on them. */
const given = RULES.flatMap(({ examples }) => examples.flatMap(({ given }) => textsIn(given)));
const piece = fc.oneof(
  fc.constantFrom(...given),
  fc.constantFrom(...given.flatMap((text) => text.split(/(?<=[\s,.@()-])|(?=[\s,.@()-])/))),
  fc.constantFrom(
    ' ',
    '  ',
    ',',
    '.',
    '-',
    "'",
    '(',
    ')',
    '@',
    '+',
    '\n',
    '\u00a0',
    '\u200b',
    '\u200d',
    '\u0301',
    '\u3164',
  ),
  fc.constantFrom(
    'KIM',
    'VAN',
    'de',
    'Jr',
    'Dr.',
    '님',
    '김',
    '민준',
    'GmbH',
    '㈜',
    '0',
    '00',
    '12345',
    '한',
    'ß',
    'İ',
    'ǆ',
  ),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const text = fc.oneof(
  piece,
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
);
const country = fc.constantFrom('KR', 'US', 'DE', 'BR', 'GB', 'JP', 'TR', 'IT', 'Korea', 'nowhere', 'GR', 'CH');
const policy = fc.record({
  emailCase: fc.constantFrom('lower' as const, 'keep' as const),
  emailTags: fc.constantFrom('keep' as const, 'drop' as const),
  emailDots: fc.constantFrom('keep' as const, 'drop' as const),
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Bodies of a message: texts in its fields, and now and then anything. */
function bodyOf(message: keyof typeof FIELD_KINDS): fc.Arbitrary<Body> {
  const value = fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue() });
  const fields = Object.entries(FIELD_KINDS[message]).map(([name, kind]) => [
    name,
    kind === 'country' ? country : value,
  ]);
  const nested = {
    identifiers: fc.array(fc.record({ type: fc.constantFrom('email', 'phone', 'vat', 'shop'), value }), {
      maxLength: 3,
    }),
    nameParts: fc.dictionary(fc.constantFrom('family', 'given', 'suffix'), value),
    lines: fc.array(fc.oneof(fc.record({ description: text, currency: text }), fc.jsonValue()), { maxLength: 3 }),
    tags: fc.array(text, { maxLength: 3 }),
  };
  const own = Object.entries(nested).filter(([name]) => Object.hasOwn(FIELD_KINDS[message], name));
  return fc.record(
    { ...Object.fromEntries(fields), ...Object.fromEntries(own) } as Record<string, fc.Arbitrary<unknown>>,
    {
      requiredKeys: [],
    },
  );
}

const messages = fc.constantFrom(...MESSAGES).chain((message) => fc.tuple(fc.constant(message), bodyOf(message)));

test('to cleanse twice is to cleanse once, whatever a body holds', () => {
  fc.assert(
    fc.property(messages, policy, ([message, body], policy) => {
      const before = structuredClone(body);
      const once = cleanseBody(message, body, policy);
      expect(body).toEqual(before);
      expect(cleanseBody(message, once, policy)).toBe(once);
      expect(cleanseBody(message, structuredClone(body), policy)).toEqual(once);
    }),
    { numRuns: 800 },
  );
});

test('any JSON value instead of a body or of a field is left for the schema to refuse', () => {
  fc.assert(
    fc.property(fc.constantFrom(...MESSAGES), fc.jsonValue(), (message, value) => {
      expect(() => cleanseBody(message, value as Body, settings)).not.toThrow();
      const everywhere = Object.fromEntries(Object.keys(FIELD_KINDS[message]).map((name) => [name, value]));
      expect(() => cleanseBody(message, everywhere, settings)).not.toThrow();
    }),
  );
});

test('what passes for plain, every rule leaves alone', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), text, country, policy, (kind, text, country, policy) => {
      fc.pre(TREATMENTS[kind].isPlain(text));
      expect(cleanseText(kind, text, { policy, country })).toMatchObject({ text, rules: [], stated: [] });
    }),
    { numRuns: 800 },
  );
});

describe('a hundred thousand characters take no more than a hundred times a thousand', () => {
  const size = 100_000;
  const hostile = [
    ...[
      ' ',
      ',',
      '.',
      '@',
      '-',
      '+',
      '(',
      '<',
      '"',
      "'",
      'a',
      'A',
      'Z ',
      '0',
      '0 ',
      '/',
      '㈜',
      '주식회사',
      '김',
      '가 ',
    ],
    ...[
      '\n',
      ' \n',
      ', ',
      '\u200d',
      '\u0301',
      '\u{1f3f4}\u{e0067}',
      '\u{e0067}',
      'Ã',
      'ÃÃ©',
      'á',
      '\ud800',
      '\uff21',
      '°È',
    ],
    ...[
      'a.',
      'a@',
      '@a.',
      'Jr ',
      'Dr. ',
      'GmbH ',
      'van ',
      '님',
      '고객님',
      'A-',
      "A'",
      'mailto:',
      'tel:+',
      '00',
      '민준 ',
    ],
  ].map((unit) => unit.repeat(Math.ceil(size / unit.length)));

  /** Of the processor: other work on the machine does not count. What takes quadratic time takes ten and more. */
  const SECONDS = 2;

  function isQuick(work: (text: string) => void): void {
    for (const text of hostile.flatMap((text) => [`x${text}x`, `KIM, ${text}@x`])) {
      const begun = process.cpuUsage();
      work(text);
      const { user } = process.cpuUsage(begun);
      expect({ text: text.slice(0, 20), slow: user > SECONDS * 1e6 }).toMatchObject({ slow: false });
    }
  }

  test.each(KINDS)('in a field of kind %s', (kind) => {
    isQuick((text) => void cleanseText(kind, text, { policy: settings, country: 'KR' }));
  });

  test.each(['email', 'phone', 'vat', 'personName', 'companyName', 'shop'])('compared as %s', (type) => {
    isQuick((text) => void comparable(type, text, settings, 'KR'));
  });

  test('compared as an address', () => {
    isQuick((text) => void comparableAddress({ street: text, city: text, postcode: text, country: 'KR' }));
  });
});

test('forms of comparison are the same of what came and of what it became', () => {
  const types = fc.constantFrom('email', 'phone', 'vat', 'personName', 'companyName', 'shop' as const);
  fc.assert(
    fc.property(types, text, fc.constantFrom('KR', 'DE', undefined), policy, (type, came, country, policy) => {
      const kind = type === 'vat' ? 'registrationNumber' : type === 'shop' ? 'line' : type;
      const { text } = cleanseText(kind, came, { policy, country });
      const form = comparable(type, came, policy, country);
      expect(form).toBe(text === undefined ? null : comparable(type, text, policy, country));
    }),
    { numRuns: 800 },
  );
});
