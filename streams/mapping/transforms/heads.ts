import { fingerprint } from '../../../schemas/key.ts';
import { compareDecimals } from '../decimal.ts';
import { knownKind } from '../kinds.ts';
import { textOf, type Raw, type Read, type Scope } from '../scope.ts';
import { head, type Head } from '../transform.ts';

export const HEADS: readonly Head[] = [
  head({
    name: 'path',
    means:
      'The value of a column, or of a property: `customer.email`. `[0]` is the first of a list and `[-1]` its last, ' +
      '`[*]` all of them; a lone value is a list of one. A name with dots or brackets stands in quotes.',
    takes:
      'A path. A text where an expression is expected is a path too. Null and empty text count as not there. Within ' +
      '`each`, `$item` is the element, `$index` its place from 0, `$parent.` leads to what the list stands in, and ' +
      '`$root.` to the record; elsewhere `$item` is the record.',
    options: { path: 'text' },
    short: 'path',
    examples: [
      { given: { Country: 'EIRE' }, expression: 'Country', gives: 'EIRE' },
      { given: { address: { city: 'Cork' } }, expression: { path: 'address.city' }, gives: 'Cork' },
      { given: { lines: [{ sku: 'A' }, { sku: 'B' }] }, expression: 'lines[0].sku', gives: 'A' },
      { given: { lines: [{ sku: 'A' }, { sku: 'B' }] }, expression: 'lines[*].sku', gives: ['A', 'B'] },
      { given: { lines: { sku: 'A' } }, expression: 'lines[-1].sku', gives: 'A' },
      { given: { 'unit.price': '2' }, expression: '"unit.price"', gives: '2' },
    ],
    compile: ({ path }, scope) => scope.input.path(path, scope.place),
  }),
  head({
    name: 'const',
    means: 'The same for every record.',
    takes: 'The value.',
    options: { value: 'any' },
    short: 'value',
    examples: [{ given: {}, expression: { const: 'GBP' }, gives: 'GBP' }],
    compile:
      ({ value }) =>
      () =>
        value ?? undefined,
  }),
  head({
    name: 'template',
    means: 'Text with the values of paths in braces. Not there if one of them is not.',
    takes: 'The text; two braces stand for one that is meant as such.',
    options: { text: 'text' },
    short: 'text',
    examples: [
      { given: { order: '17', item: '2' }, expression: { template: '{order}-{item}' }, gives: '17-2' },
      { given: { order: '17' }, expression: { template: '{order}-{item}' } },
      { given: { a: 'x' }, expression: { template: '{{{a}}}' }, gives: '{x}' },
    ],
    compile: ({ text }, scope) => template(text, scope),
  }),
  head({
    name: 'concat',
    means: 'Joins the values that are there.',
    takes: '`of`: expressions; `with`: what stands between them, nothing by default.',
    options: { of: 'expressions', with: 'text?' },
    short: 'of',
    examples: [
      {
        given: { first: 'Ada', last: 'Lovelace' },
        expression: { concat: { of: ['first', 'middle', 'last'], with: ' ' } },
        gives: 'Ada Lovelace',
      },
    ],
    compile: ({ of, with: between }) => {
      return (raw) => joined(of, raw, between ?? '', false);
    },
  }),
  head({
    name: 'first',
    means: 'The first of several that is there.',
    takes: 'Expressions.',
    options: { of: 'list' },
    short: 'of',
    examples: [{ given: { phone: '1' }, expression: { first: ['mobile', 'phone'] }, gives: '1' }],
    compile: ({ of }, scope) => {
      const reads = of.map((node, i) => scope.at(i).toward(scope.target).expression(node));
      return (raw) => {
        for (const read of reads) {
          const value = read(raw);
          if (value !== undefined) return value;
        }
        return undefined;
      };
    },
  }),
  head({
    name: 'greatest',
    means:
      'The greatest of those that are there: numbers by value, text by its characters (as ISO 8601 times need it).',
    takes: 'Expressions.',
    options: { of: 'expressions' },
    short: 'of',
    examples: [
      { given: { a: '2018-01-02', b: '2018-03-01' }, expression: { greatest: ['a', 'b', 'c'] }, gives: '2018-03-01' },
    ],
    compile: ({ of }) => {
      return (raw) => of.map((read) => read(raw)).reduce(greater, undefined);
    },
  }),
  head({
    name: 'least',
    means: 'The least of those that are there, compared as `greatest` does.',
    takes: 'Expressions.',
    options: { of: 'expressions' },
    short: 'of',
    examples: [{ given: { a: 3, b: 2.5 }, expression: { least: ['a', 'b'] }, gives: 2.5 }],
    compile: ({ of }) => {
      return (raw) => of.map((read) => read(raw)).reduce(lesser, undefined);
    },
  }),
  head({
    name: 'key',
    means: "The matching key of an entity: of a kind, by a source's own id. Not there if the id is not.",
    takes: "`kind`; `id`: an expression; `namespace`: the source's own by default.",
    options: { kind: 'text', id: 'expression', namespace: 'text?' },
    examples: [
      {
        given: { CustomerID: '17850' },
        expression: { key: { kind: 'customer', id: 'CustomerID', namespace: 'online-retail' } },
        gives: 'main.customer.Ux2-P_aXGvgNfoDNvZgmJy',
      },
    ],
    compile: ({ kind, id, namespace }, scope) => {
      scope.attempt(() => knownKind(kind, scope.at('kind')), undefined);
      const key = scope.key(kind, namespace ?? scope.namespace);
      return (raw) => {
        const value = id(raw);
        return value === undefined ? undefined : key(textOf(value, 'key'));
      };
    },
  }),
  head({
    name: 'hash',
    means: 'A fingerprint of several values: the same for the same values, and nothing of them can be read from it.',
    takes: 'Expressions.',
    options: { of: 'expressions' },
    short: 'of',
    examples: [{ given: { a: '1', b: '2' }, expression: { hash: ['a', 'b'] }, gives: 'zD8qH_1jxNsZ4BFLk6lLd0' }],
    compile: ({ of }) => {
      return (raw) => fingerprint(JSON.stringify(of.map((read) => read(raw) ?? null)));
    },
  }),
];

function template(text: string, scope: Scope): Read {
  const reads: Read[] = [];
  for (const [, open, close, path, plain] of text.matchAll(/(\{\{)|(\}\})|\{([^{}]+)\}|([^{}]+|[{}])/g)) {
    const piece = open === undefined ? (close === undefined ? plain : '}') : '{';
    reads.push(path === undefined ? () => piece : scope.input.path(path, scope.place));
  }
  return (raw) => joined(reads, raw, '', true);
}

function joined(reads: readonly Read[], raw: Raw, between: string, all: boolean): string | undefined {
  const texts: string[] = [];
  for (const read of reads) {
    const value = read(raw);
    if (value !== undefined) texts.push(textOf(value, 'concat'));
    else if (all) return undefined;
  }
  return texts.length === 0 ? undefined : texts.join(between);
}

/** Numbers by value, all else as text. */
export function compareValues(a: unknown, b: unknown, rule: string): number {
  if (typeof a === 'number' && typeof b === 'number') return compareDecimals(a, b, rule);
  const [x, y] = [textOf(a, rule), textOf(b, rule)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function greater(a: unknown, b: unknown): unknown {
  if (a === undefined || b === undefined) return a ?? b;
  return compareValues(a, b, 'greatest') >= 0 ? a : b;
}

function lesser(a: unknown, b: unknown): unknown {
  if (a === undefined || b === undefined) return a ?? b;
  return compareValues(a, b, 'least') <= 0 ? a : b;
}
