import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scopeOf } from '../../../streams/mapping/expression.ts';
import { ObjectInput } from '../../../streams/mapping/input.ts';
import { Machine } from '../../../streams/mapping/pattern/machine.ts';
import { parsePattern, PatternRefused } from '../../../streams/mapping/pattern/syntax.ts';

const scope = scopeOf({ input: new ObjectInput(), tenant: 'main', namespace: 'shop' });
const compile = (step: unknown) => scope.expression(['a', step]);
const matching = (pattern: string) => compile({ matches: pattern });

describe('what cannot be matched in linear time, or not as JavaScript does, is refused', () => {
  test.each([
    ['(.)\\1', 'refers back to a group'],
    ['(?=a)b', 'looks around'],
    ['(?<!a)b', 'looks around'],
    ['(?<n>a)', 'names a group'],
    ['a\\B', 'asks where no word ends'],
    ['(a*)*', 'repeats what may be empty'],
    ['(a|b?)+', 'repeats what may be empty'],
    ['((a{50}){50}){50}', 'too long'],
    ['[', 'Invalid regular expression'],
    ['a{2,1}', 'Invalid regular expression'],
  ])('%s', (pattern, message) => {
    expect(() => matching(pattern)).toThrow(message);
  });

  test('a pattern of more than 500 characters', () => {
    expect(() => matching('a'.repeat(501))).toThrow('more than 500 characters');
  });

  test('a replacement that names a group that is not there is', () => {
    expect(() => compile({ replace: { pattern: '(a)', with: '$2' } })).toThrow('$2 names a group');
  });
});

/** Patterns that are known to run away, with texts that make them: OWASP, and what brought down sites. */
const RUNAWAYS: readonly (readonly [string, (n: number) => string])[] = [
  ['^(a+)+$', (n) => `${'a'.repeat(n)}!`],
  ['^([a-zA-Z]+)*$', (n) => `${'a'.repeat(n)}!`],
  ['^(a|aa)+$', (n) => `${'a'.repeat(n)}!`],
  ['^(a|a)+$', (n) => `${'a'.repeat(n)}!`],
  ['(.*a){20}', (n) => 'b'.repeat(n)],
  ['(x+x+)+y', (n) => 'x'.repeat(n)],
  [
    '(?:(?:"|\'|\\]|\\}|\\\\|\\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|`|-|\\+)+[)]*;?(?:(?:\\s|-|~|!|\\{\\}|\\|\\||\\+)*.*(?:.*=.*)))',
    (n) => `x=${'x'.repeat(n)}`,
  ],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', (n) => 'a'.repeat(n)],
  [
    '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
    (n) => `${'a'.repeat(n)}!`,
  ],
  ['^\\s+|\\s+$', (n) => `x${' '.repeat(n)}x`],
  ['.*.*.*=.*', (n) => 'x'.repeat(n)],
  ['a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaaaaaa', (n) => 'a'.repeat(Math.min(n, 20))],
];

describe('patterns that are known to run away do not', () => {
  test.each(RUNAWAYS)('%s', (pattern, attack) => {
    const steps = [{ matches: pattern }, { extract: pattern }, { replace: { pattern } }].map(compile);
    const before = process.cpuUsage();
    for (const length of [30, 30_000, 200_000]) {
      for (const step of steps) {
        try {
          step({ a: attack(length) });
        } catch (error) {
          expect(error).toMatchObject({ rule: 'pattern', fix: expect.stringContaining('shorten') as unknown });
        }
      }
    }
    // Nine texts; one that ran away would not end within anybody's life.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(20);
  });

  test('a text of 30,000 characters takes milliseconds, and no fault', () => {
    const before = process.cpuUsage();
    expect(matching('^(a+)+$')({ a: `${'a'.repeat(30_000)}!` })).toBe(false);
    expect(matching('^(a+)+$')({ a: 'a'.repeat(30_000) })).toBe(true);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
  });
});

/** Patterns of all that the machine knows, over letters that texts have as well. */
const pattern = fc.letrec<{ node: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\s', '^', '$', '\\b', '\\p{L}', '\\u{1F600}', 'é'),
    tie('node').map((node) => `(${node})`),
    tie('node').map((node) => `(?:${node})`),
  ),
  node: fc
    .array(
      fc.tuple(
        tie('atom'),
        fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{1,}', '|'),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((pieces) => pieces.map(([atom, sign]) => atom + sign).join('')),
})).node;

const text = fc
  .array(fc.constantFrom('a', 'b', ' ', 'é', '😀', 'A', '_'), { maxLength: 12 })
  .map((letters) => letters.join(''));

function machineOf(source: string, flags: string): Machine | null {
  try {
    new RegExp(source, flags);
    return new Machine(parsePattern(source), flags);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof PatternRefused) return null;
    throw error;
  }
}

test('the machine finds what JavaScript finds, groups included', () => {
  let compared = 0;
  fc.assert(
    fc.property(pattern, text, fc.constantFrom('u', 'iu'), (source, subject, flags) => {
      const machine = machineOf(source, flags);
      if (machine === null) return;
      compared++;
      const places = machine.find(subject, 0, { left: 1_000_000 });
      const expected = new RegExp(source, `d${flags}`).exec(subject);
      const indices = expected?.indices?.flatMap((pair) => pair ?? [-1, -1]);
      expect(places).toEqual(indices ?? null);
    }),
    { numRuns: 6000 },
  );
  expect(compared).toBeGreaterThan(500);
});

/** Chance seldom meets these. */
test.each([
  ['(?:(a)|b)*', 'ab'],
  ['(?:(a)|(b))+', 'aba'],
  ['(?:(a)?b)+', 'abb'],
  ['(?:(a)|(b)|c){3}', 'abc'],
  ['(?:(a)|b)+?$', 'aab'],
])('a group that the last turn of %s leaves out is empty in %s', (source, subject) => {
  const indices = new RegExp(source, 'du').exec(subject)?.indices?.flatMap((pair) => pair ?? [-1, -1]);
  expect(machineOf(source, 'u')?.find(subject, 0, { left: 1_000_000 })).toEqual(indices);
  expect(indices).toContain(-1);
});

test('short and long texts are replaced alike', () => {
  fc.assert(
    fc.property(pattern, text, (source, subject) => {
      // Empty text is not there.
      if (machineOf(source, 'u') === null || subject === '') return;
      const replace = compile({ replace: { pattern: source, with: '<$&>' } });
      const expected = subject.replace(new RegExp(source, 'gu'), '<$&>');
      expect(replace({ a: subject }) ?? '').toBe(expected);
    }),
  );
});

test('quantifiers within classes and behind escapes are none', () => {
  expect(matching('^[*+?]\\+\\(a\\)$')({ a: '*+(a)' })).toBe(true);
});

test('upper and lower case are the same where that is asked for', () => {
  expect(compile({ matches: { pattern: '^(straße)+$', ignoreCase: true } })({ a: 'STRAßEstraße' })).toBe(true);
});
