import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cataloguePage } from '../../../streams/mapping/catalogue-page.ts';
import { CATALOGUE_HEADS, CATALOGUE_STEPS } from '../../../streams/mapping/catalogue.ts';
import { scopeOf } from '../../../streams/mapping/expression.ts';
import { ObjectInput } from '../../../streams/mapping/input.ts';

const scope = scopeOf({ input: new ObjectInput(), tenant: 'main', namespace: 'shop' });

describe('every example of the catalogue gives what the page says', () => {
  const transforms = [...CATALOGUE_HEADS.values(), ...CATALOGUE_STEPS.values()];
  const examples = transforms.flatMap(({ name, examples }) => examples.map((example) => ({ name, ...example })));
  test.each(examples)('$name: $expression', ({ given, expression, beside = {}, gives, fails }) => {
    const files = scopeOf({
      input: new ObjectInput(),
      tenant: 'main',
      namespace: 'shop',
      beside: (file) => beside[file] ?? '',
    });
    const run = () => files.expression(expression)(given);
    if (fails === undefined) expect(run()).toEqual(gives);
    else expect(run).toThrow(fails);
  });
});

test('docs/transforms.md says what the catalogue says (UPDATE_DOCS=1 writes it)', () => {
  const file = new URL('../../../docs/transforms.md', import.meta.url);
  const page = cataloguePage();
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});

describe('a wrong expression is refused with the nearest right name', () => {
  test.each([
    [{ pth: 'a' }, 'no head is called pth; did you mean "path"?'],
    [['a', 'trimm'], 'no step is called trimm; did you mean "trim"?'],
    [['a', { date: { formt: 'iso' } }], 'no option formt; did you mean "format"?'],
    [['a', { money: 'GPB' }], 'GPB is no currency'],
    [['a', { money: {} }], 'needs currency'],
    [['a', { date: { zone: 'Europe/Londn' } }], 'Europe/Londn is no time zone'],
    [['a', { date: 'yyyy-MM-dd QQ' }], 'a format of a date has no Q'],
    [['a', { slice: { from: 'x' } }], 'from is not of type whole'],
    [[], 'an empty list is no expression'],
    [{ path: 'a', const: 1 }, 'expected a path'],
    [7, 'expected a path'],
    [['s', { lookup: { file: 'x.csv' } }], 'x.csv cannot be read: the source is in no file'],
    [['s', { lookup: { table: { a: 1, A: 2 }, ignoreCase: true } }], 'the table has A twice'],
    [['s', { lookup: {} }], 'needs table, or file'],
  ])('%j', (expression, message) => {
    expect(() => scope.expression(expression)).toThrow(message);
  });
});
