import { describe, expect, test } from '@jest/globals';
import { scopeOf } from '../../../streams/mapping/expression.ts';
import { ObjectInput } from '../../../streams/mapping/input.ts';

const scope = scopeOf({ input: new ObjectInput(), tenant: 'main', namespace: 'shop' });
const compile = (pattern: string) => scope.expression(['a', { matches: pattern }]);

test.each([
  '(a+)+$',
  '(a|a)*b',
  '(?:x*)*y',
  '(ab){2,}',
  '(.)\\1',
  '(?=a)b',
  '(?<n>a)\\k<n>',
  '.*.*.*.*x',
  'a?a?a?a?a?a?a?a?a?a?a?a?a?b',
  '(a|b|c|d|e|f|g|h|i|j|k|l|m|n)',
  '[',
])('%s is refused, since it may run away or is none', (pattern) => {
  expect(() => compile(pattern)).toThrow();
});

describe('what is allowed ends soon on the worst text that it takes', () => {
  test.each([
    ['.*x', 'y'],
    ['a*a*b', 'a'],
    ['^\\s+|\\s+$', ' '],
    ['[a-z]+[0-9]?[0-9]?', 'a'],
    ['x{0,20}x{0,20}y', 'x'],
  ])('%s', (pattern, letter) => {
    const matches = compile(pattern);
    const before = process.cpuUsage();
    for (const length of [64, 500, 10_000, 100_000]) {
      try {
        matches({ a: letter.repeat(length) });
      } catch (error) {
        expect(String(error)).toContain('this pattern takes');
      }
    }
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(3);
  });
});

test('quantifiers within classes and behind escapes are none', () => {
  expect(compile('^[*+?]\\+\\(a\\)$')({ a: '*+(a)' })).toBe(true);
});
