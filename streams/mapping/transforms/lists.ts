import { didYouMean } from '../../../schemas/nearest.ts';
import { canonicalJson } from '../canonical-json.ts';
import { addDecimals } from '../decimal.ts';
import { compileElements, noElements } from '../elements.ts';
import { isMap } from '../options.ts';
import { elementsOf, follow, parsePath, PathError, there } from '../path.ts';
import { asText, holds, textOf, ValueFault, type Read, type Scope, type Value } from '../scope.ts';
import { head, step, type Head, type StepTransform } from '../transform.ts';
import { compareValues } from './heads.ts';

export const LIST_HEADS: readonly Head[] = [
  head({
    name: 'each',
    means:
      'A list made of the elements of another. What an element gives is read from the element: see `path` for the ' +
      'names of its place and of what is around it. Not there if nothing is left.',
    takes:
      '`in`: an expression that gives the list, or a path through several (`orders[*].lines`); `where`: a condition on ' +
      'an element; `give`: an expression, the element itself by default.',
    options: { in: 'node', where: 'node?', give: 'node?' },
    examples: [
      {
        given: {
          currency: 'EUR',
          lines: [
            { sku: 'A', n: 2 },
            { sku: 'B', n: 0 },
          ],
        },
        expression: {
          each: {
            in: 'lines',
            where: ['n', { above: 0 }],
            give: { fields: { code: 'sku', quantity: 'n', currency: '$parent.currency', number: '$index' } },
          },
        },
        gives: [{ code: 'A', currency: 'EUR', number: 0, quantity: 2 }],
      },
      {
        given: {
          boxes: [
            { id: 1, items: ['x', 'y'] },
            { id: 2, items: 'z' },
          ],
        },
        expression: { each: { in: 'boxes[*].items', give: { template: '{$parent.id}{$item}' } } },
        gives: ['1x', '1y', '2z'],
      },
      { given: { lines: [] }, expression: { each: { in: 'lines', give: 'sku' } } },
    ],
    compile: (options, scope) => {
      const { of, input } = scope.attempt(() => compileElements(options.in, scope.at('in')), noElements(scope));
      const where = options.where === undefined ? null : scope.at('where').within(input).expression(options.where);
      const give = scope.at('give').within(input).toward(scope.target?.items);
      const read = give.expression(options.give ?? '$item');
      return (raw) => {
        const given: Value[] = [];
        for (const element of of(raw)) {
          const value = atPlace(element.index, () =>
            where === null || holds(where(element)) ? read(element) : undefined,
          );
          if (value !== undefined) given.push(value);
        }
        return given.length === 0 ? undefined : given;
      };
    },
  }),
  head({
    name: 'list',
    means: 'A list of the values that are there. Not there if it is empty.',
    takes: 'Expressions.',
    options: { of: 'list' },
    short: 'of',
    examples: [{ given: { a: '1' }, expression: { list: ['a', 'b'] }, gives: ['1'] }],
    compile: ({ of }, scope) => {
      const reads = of.map((node, i) => scope.at(i).toward(scope.target?.items).expression(node));
      return (raw) => {
        const values = reads.map((read) => read(raw)).filter((value) => value !== undefined);
        return values.length === 0 ? undefined : values;
      };
    },
  }),
  {
    name: 'object',
    means: 'An object of fields. Not there if one of them is not.',
    takes: 'An expression for each field.',
    options: {},
    named: true,
    examples: [
      {
        given: { mail: 'a@b.c' },
        expression: { object: { type: { const: 'email' }, value: 'mail' } },
        gives: { type: 'email', value: 'a@b.c' },
      },
      { given: {}, expression: { object: { type: { const: 'email' }, value: 'mail' } } },
    ],
    compile: (arg, scope) => {
      const fields = compileFields(arg, scope);
      return (raw) => {
        const entries = fields.map(([name, read]) => [name, read(raw)] as const);
        return entries.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(entries);
      };
    },
  },
  {
    name: 'fields',
    means: 'An object of the fields that are there, as the fields of a part are. Not there if none is.',
    takes: 'An expression for each field.',
    options: {},
    named: true,
    examples: [
      {
        given: { sku: 'A', note: '' },
        expression: { fields: { code: 'sku', description: 'note' } },
        gives: { code: 'A' },
      },
    ],
    compile: (arg, scope) => {
      const fields = compileFields(arg, scope);
      return (raw) => {
        const entries = fields
          .map(([name, read]) => [name, read(raw)] as const)
          .filter(([, value]) => value !== undefined);
        return entries.length === 0 ? undefined : Object.fromEntries(entries);
      };
    },
  },
];

/** Sorted by name, so that equal objects are equal text. Faults say in which field they are. */
function compileFields(arg: unknown, scope: Scope): (readonly [string, Read])[] {
  if (!isMap(arg)) return scope.fail('takes an expression for each field');
  const names = Object.keys(arg).sort();
  const known = scope.target?.properties;
  return names.map((name) => {
    if (known !== undefined && !Object.hasOwn(known, name))
      scope.attempt(() => unknownField(name, scope, known), undefined);
    const target = known?.[name];
    const read = scope.at(name).toward(target).expression(arg[name]);
    const isText = target?.type === 'string';
    return [name, (raw) => within(name, () => asText(read(raw), isText))];
  });
}

function unknownField(name: string, scope: Scope, known: object): never {
  return scope.at(name).failName(`no field is called ${name}${didYouMean(name, Object.keys(known))}`);
}

function within(name: string, run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    throw error instanceof ValueFault ? error.within(name) : error;
  }
}

function atPlace(index: number, run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    throw error instanceof ValueFault ? error.within(index) : error;
  }
}

/** A step over a list; a lone value is a list of one. */
function onList(change: (list: readonly unknown[]) => Value): (value: Value) => Value {
  return (value) => change(elementsOf(value) ?? []);
}

const orAbsent = (list: readonly unknown[]): Value => (list.length === 0 ? undefined : list);

export const LIST_STEPS: readonly StepTransform[] = [
  step({
    name: 'get',
    means: 'What a path leads to within the value.',
    takes: 'The path.',
    options: { path: 'text' },
    short: 'path',
    examples: [
      { given: { a: '{"id":7}' }, expression: ['a', 'json', { get: 'id' }], gives: 7 },
      { given: { a: 'x|y' }, expression: ['a', { split: '|' }, { get: '[1]' }], gives: 'y' },
    ],
    compile: ({ path }, scope) => {
      try {
        return follow(parsePath(path));
      } catch (error) {
        if (error instanceof PathError) return scope.fail(`${JSON.stringify(path)} is no path: ${error.message}`);
        throw error;
      }
    },
  }),
  step({
    name: 'first',
    means: 'The first element of a list.',
    takes: 'Nothing.',
    options: {},
    examples: [{ given: { a: ['x', 'y'] }, expression: ['a', 'first'], gives: 'x' }],
    compile: () => onList((list) => there(list[0])),
  }),
  step({
    name: 'last',
    means: 'The last element of a list.',
    takes: 'Nothing.',
    options: {},
    examples: [{ given: { a: ['x', 'y'] }, expression: ['a', 'last'], gives: 'y' }],
    compile: () => onList((list) => there(list.at(-1))),
  }),
  step({
    name: 'count',
    means: 'How many elements a list has.',
    takes: 'Nothing.',
    options: {},
    examples: [
      { given: { a: ['x', 'y'] }, expression: ['a', 'count'], gives: 2 },
      { given: { a: [] }, expression: ['a', 'count'], gives: 0 },
    ],
    compile: () => onList((list) => list.length),
  }),
  step({
    name: 'sum',
    means: 'The exact sum of the numbers of a list, as decimal text; of an empty list, 0.',
    takes: 'Nothing.',
    options: {},
    examples: [
      { given: { lines: [{ tax: '0.1' }, { tax: '0.2' }, {}] }, expression: ['lines[*].tax', 'sum'], gives: '0.3' },
    ],
    compile: () => onList((list) => list.reduce<Value>((sum, value) => addDecimals(sum, value, 'sum'), '0')),
  }),
  step({
    name: 'min',
    means: 'The least element of a list, compared as `greatest` does.',
    takes: 'Nothing.',
    options: {},
    examples: [{ given: { a: [3, 2] }, expression: ['a', 'min'], gives: 2 }],
    compile: () => onList((list) => list.reduce((a, b) => (compareValues(a, b, 'min') <= 0 ? a : b), list[0])),
  }),
  step({
    name: 'max',
    means: 'The greatest element of a list, compared as `greatest` does.',
    takes: 'Nothing.',
    options: {},
    examples: [{ given: { a: ['2018-01-02', '2018-03-01'] }, expression: ['a', 'max'], gives: '2018-03-01' }],
    compile: () => onList((list) => list.reduce((a, b) => (compareValues(a, b, 'max') >= 0 ? a : b), list[0])),
  }),
  step({
    name: 'unique',
    means: 'The elements of a list, each once, in the order in which they come first.',
    takes: 'Nothing.',
    options: {},
    examples: [{ given: { a: ['x', 'y', 'x'] }, expression: ['a', 'unique'], gives: ['x', 'y'] }],
    compile: () =>
      onList((list) => {
        const seen = new Set<string>();
        // Adding tells by its size whether the value is new.
        return list.filter((value) => seen.size < seen.add(canonicalJson(value)).size);
      }),
  }),
  step({
    name: 'join',
    means: 'The elements of a list as one text. Not there if the list is empty.',
    takes: 'What stands between them; nothing by default.',
    options: { with: 'text?' },
    short: 'with',
    examples: [
      {
        given: { street: ['Main St 1', '', 'Floor 2'] },
        expression: ['street', { join: ', ' }],
        gives: 'Main St 1, Floor 2',
      },
    ],
    compile: ({ with: between = '' }) =>
      onList((list) => {
        const texts = list.filter((value) => there(value) !== undefined).map((value) => textOf(value, 'join'));
        return texts.length === 0 ? undefined : texts.join(between);
      }),
  }),
  step({
    name: 'split',
    means: 'The pieces of a text, without white space around them and without empty ones.',
    takes: 'What stands between them; `limit`: how many at most, the last of them with all that is left.',
    options: { by: 'text', limit: 'whole?' },
    short: 'by',
    examples: [
      { given: { tags: 'new, sale,,' }, expression: ['tags', { split: ',' }], gives: ['new', 'sale'] },
      {
        given: { name: 'Lee Ji Eun' },
        expression: ['name', { split: { by: ' ', limit: 2 } }],
        gives: ['Lee', 'Ji Eun'],
      },
    ],
    compile: ({ by, limit }, scope) => {
      if (by === '') return scope.fail('split needs something to split by');
      return (value) => orAbsent(pieces(textOf(value, 'split'), by, limit));
    },
  }),
  step({
    name: 'entries',
    means: 'The properties of an object as a list of `{name, value}`, for objects that are keyed by an id.',
    takes: 'Nothing.',
    options: {},
    examples: [
      {
        given: { lines: { A1: { n: 2 }, B2: { n: 1 } } },
        expression: { each: { in: ['lines', 'entries'], give: { template: '{name} x {value.n}' } } },
        gives: ['A1 x 2', 'B2 x 1'],
      },
    ],
    compile: () => (value) => {
      if (isMap(value)) return orAbsent(Object.entries(value).map(([name, below]) => ({ name, value: below })));
      throw new ValueFault('entries', value, 'entries takes an object', 'map a field that holds one');
    },
  }),
];

function pieces(text: string, by: string, limit: number | undefined): string[] {
  const all = text.split(by);
  const last = limit === undefined || all.length <= limit ? [] : [all.splice(limit - 1).join(by)];
  return [...all, ...last].map((piece) => piece.trim()).filter((piece) => piece !== '');
}
