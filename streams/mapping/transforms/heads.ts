import { fingerprint } from '../../../schemas/key.ts';
import { multiplyDecimals } from '../decimal.ts';
import { readOptions, isMap } from '../options.ts';
import { textOf, type Raw, type Read, type Scope } from '../scope.ts';
import type { Head } from '../transform.ts';

export const HEADS: readonly Head[] = [
  {
    name: 'path',
    means: 'The value of a column, or of a property of a JSON record; dots go into it, numbers into its lists.',
    takes: 'A path. A text where an expression is expected is a path too. Empty text counts as not there.',
    examples: [
      { given: { Country: 'EIRE' }, expression: 'Country', gives: 'EIRE' },
      { given: { address: { city: 'Cork' } }, expression: { path: 'address.city' }, gives: 'Cork' },
      { given: { lines: [{ sku: 'A' }] }, expression: 'lines.0.sku', gives: 'A' },
    ],
    compile: (arg, scope) => scope.input.path(readOptions(arg, scope, { path: 'text' }, 'path').path, scope.place),
  },
  {
    name: 'const',
    means: 'The same for every record.',
    takes: 'The value.',
    examples: [{ given: {}, expression: { const: 'GBP' }, gives: 'GBP' }],
    compile: (arg) => () => arg ?? undefined,
  },
  {
    name: 'template',
    means: 'Text with the values of paths in braces. Not there if one of them is not.',
    takes: 'The text.',
    examples: [
      { given: { order: '17', item: '2' }, expression: { template: '{order}-{item}' }, gives: '17-2' },
      { given: { order: '17' }, expression: { template: '{order}-{item}' } },
    ],
    compile: (arg, scope) => {
      const { text } = readOptions(arg, scope, { text: 'text' }, 'text');
      const pieces = text.split(/\{([^{}]+)\}/);
      const reads = pieces.map((piece, i): Read => (i % 2 === 0 ? () => piece : scope.input.path(piece, scope.place)));
      return (raw) => join(reads, raw, '', true);
    },
  },
  {
    name: 'concat',
    means: 'Joins the values that are there.',
    takes: '`of`: expressions; `with`: what stands between them, nothing by default.',
    examples: [
      {
        given: { first: 'Ada', last: 'Lovelace' },
        expression: { concat: { of: ['first', 'middle', 'last'], with: ' ' } },
        gives: 'Ada Lovelace',
      },
    ],
    compile: (arg, scope) => {
      const { of, with: between } = readOptions(arg, scope, { of: 'list', with: 'text?' }, 'of');
      const reads = expressions(of, scope, 'of');
      return (raw) => join(reads, raw, between ?? '', false);
    },
  },
  {
    name: 'first',
    means: 'The first of several that is there.',
    takes: 'Expressions.',
    examples: [{ given: { phone: '1' }, expression: { first: ['mobile', 'phone'] }, gives: '1' }],
    compile: (arg, scope) => {
      const reads = expressions(readOptions(arg, scope, { of: 'list' }, 'of').of, scope);
      return (raw) => {
        for (const read of reads) {
          const value = read(raw);
          if (value !== undefined) return value;
        }
        return undefined;
      };
    },
  },
  {
    name: 'greatest',
    means:
      'The greatest of those that are there: numbers by value, text by its characters (as ISO 8601 times need it).',
    takes: 'Expressions.',
    examples: [
      { given: { a: '2018-01-02', b: '2018-03-01' }, expression: { greatest: ['a', 'b', 'c'] }, gives: '2018-03-01' },
    ],
    compile: (arg, scope) => {
      const reads = expressions(readOptions(arg, scope, { of: 'list' }, 'of').of, scope);
      return (raw) => reads.map((read) => read(raw)).reduce(greater, undefined);
    },
  },
  {
    name: 'multiply',
    means: 'The exact product of two decimal numbers, as decimal text.',
    takes: 'Two expressions.',
    examples: [
      { given: { price: '2.55', quantity: '-6' }, expression: { multiply: ['price', 'quantity'] }, gives: '-15.3' },
      { given: { price: '0.1', quantity: '0.2' }, expression: { multiply: ['price', 'quantity'] }, gives: '0.02' },
    ],
    compile: (arg, scope) => {
      const [a, b, ...rest] = expressions(readOptions(arg, scope, { of: 'list' }, 'of').of, scope);
      if (a === undefined || b === undefined || rest.length > 0) return scope.fail('multiply takes two expressions');
      return (raw) => {
        const [x, y] = [a(raw), b(raw)];
        return x === undefined || y === undefined ? undefined : multiplyDecimals(x, y);
      };
    },
  },
  {
    name: 'key',
    means: "The matching key of an entity: of a kind, by a source's own id. Not there if the id is not.",
    takes: "`kind`; `id`: an expression; `namespace`: the source's own by default.",
    examples: [
      {
        given: { CustomerID: '17850' },
        expression: { key: { kind: 'customer', id: 'CustomerID', namespace: 'online-retail' } },
        gives: 'main.customer.Ux2-P_aXGvgNfoDNvZgmJy',
      },
    ],
    compile: (arg, scope) => {
      const options = readOptions(arg, scope, { kind: 'text', id: 'any', namespace: 'text?' });
      const id = scope.at('id').expression(options.id);
      const key = scope.key(options.kind, options.namespace ?? scope.namespace);
      return (raw) => {
        const value = id(raw);
        return value === undefined ? undefined : key(textOf(value, 'key'));
      };
    },
  },
  {
    name: 'hash',
    means: 'A fingerprint of several values: the same for the same values, and nothing of them can be read from it.',
    takes: 'Expressions.',
    examples: [{ given: { a: '1', b: '2' }, expression: { hash: ['a', 'b'] }, gives: 'zD8qH_1jxNsZ4BFLk6lLd0' }],
    compile: (arg, scope) => {
      const reads = expressions(readOptions(arg, scope, { of: 'list' }, 'of').of, scope);
      return (raw) => fingerprint(JSON.stringify(reads.map((read) => read(raw) ?? null)));
    },
  },
  {
    name: 'list',
    means: 'A list of the values that are there. Not there if it is empty.',
    takes: 'Expressions.',
    examples: [{ given: { a: '1' }, expression: { list: ['a', 'b'] }, gives: ['1'] }],
    compile: (arg, scope) => {
      const reads = expressions(readOptions(arg, scope, { of: 'list' }, 'of').of, scope);
      return (raw) => {
        const values = reads.map((read) => read(raw)).filter((value) => value !== undefined);
        return values.length === 0 ? undefined : values;
      };
    },
  },
  {
    name: 'object',
    means: 'An object of fields. Not there if one of them is not.',
    takes: 'An expression for each field.',
    examples: [
      {
        given: { mail: 'a@b.c' },
        expression: { object: { type: { const: 'email' }, value: 'mail' } },
        gives: { type: 'email', value: 'a@b.c' },
      },
      { given: {}, expression: { object: { type: { const: 'email' }, value: 'mail' } } },
    ],
    compile: (arg, scope) => {
      if (!isMap(arg)) return scope.fail('object takes an expression for each field');
      const names = Object.keys(arg).sort();
      const reads = names.map((name) => scope.at(name).expression(arg[name]));
      return (raw) => {
        const values = reads.map((read) => read(raw));
        if (values.includes(undefined)) return undefined;
        return Object.fromEntries(names.map((name, i) => [name, values[i]]));
      };
    },
  },
];

function expressions(nodes: readonly unknown[], scope: Scope, option?: string): Read[] {
  return nodes.map((node, i) => (option === undefined ? scope.at(i) : scope.at(option, i)).expression(node));
}

function join(reads: readonly Read[], raw: Raw, between: string, all: boolean): string | undefined {
  const texts: string[] = [];
  for (const read of reads) {
    const value = read(raw);
    if (value !== undefined) texts.push(textOf(value, 'concat'));
    else if (all) return undefined;
  }
  return texts.length === 0 ? undefined : texts.join(between);
}

function greater(a: unknown, b: unknown): unknown {
  if (a === undefined || b === undefined) return a ?? b;
  if (typeof a === 'number' && typeof b === 'number') return Math.max(a, b);
  return textOf(a, 'greatest') >= textOf(b, 'greatest') ? a : b;
}
