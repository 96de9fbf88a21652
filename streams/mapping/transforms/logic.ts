import { didYouMean } from '../../../schemas/nearest.ts';
import { isMap, readOptions } from '../options.ts';
import { compilePattern } from '../pattern.ts';
import { textOf, ValueFault, type Read, type Scope } from '../scope.ts';
import type { Head, StepTransform } from '../transform.ts';

const holds = (value: unknown): boolean => value !== undefined && value !== false;

export const LOGIC_HEADS: readonly Head[] = [
  {
    name: 'when',
    means: 'The first case whose condition holds (is there, and not false). Not there if none does.',
    takes: 'Cases: `if` and `then`; a last one may be `else` alone.',
    examples: [
      {
        given: { InvoiceNo: 'C536379' },
        expression: {
          when: [{ if: ['InvoiceNo', { matches: '^C' }], then: { const: 'return' } }, { else: { const: 'sale' } }],
        },
        gives: 'return',
      },
      {
        given: { InvoiceNo: '536365' },
        expression: {
          when: [{ if: ['InvoiceNo', { matches: '^C' }], then: { const: 'return' } }, { else: { const: 'sale' } }],
        },
        gives: 'sale',
      },
    ],
    compile: (arg, scope) => {
      const { cases } = readOptions(arg, scope, { cases: 'list' }, 'cases');
      const compiled = cases.map((node, i) => compileCase(node, scope.at(i), i === cases.length - 1));
      return (raw) => compiled.find(({ condition }) => holds(condition(raw)))?.then(raw);
    },
  },
  {
    name: 'all',
    means: 'True if all conditions hold.',
    takes: 'Expressions.',
    examples: [{ given: { a: '1' }, expression: { all: ['a', 'b'] }, gives: false }],
    compile: (arg, scope) => {
      const reads = conditions(arg, scope);
      return (raw) => reads.every((read) => holds(read(raw)));
    },
  },
  {
    name: 'any',
    means: 'True if one condition holds.',
    takes: 'Expressions.',
    examples: [{ given: { a: '1' }, expression: { any: ['a', 'b'] }, gives: true }],
    compile: (arg, scope) => {
      const reads = conditions(arg, scope);
      return (raw) => reads.some((read) => holds(read(raw)));
    },
  },
  {
    name: 'not',
    means: 'True if the condition does not hold.',
    takes: 'An expression.',
    examples: [{ given: {}, expression: { not: 'a' }, gives: true }],
    compile: (arg, scope) => {
      const read = scope.expression(arg);
      return (raw) => !holds(read(raw));
    },
  },
];

export const LOGIC_STEPS: readonly StepTransform[] = [
  {
    name: 'matches',
    means: 'True if a regular expression finds something. Patterns that can run away are refused (see Patterns).',
    takes: 'The pattern.',
    examples: [{ given: { a: 'found' }, expression: ['a', { matches: '[A-Z][A-Z]' }], gives: false }],
    compile: (arg, scope) => {
      const pattern = compilePattern(readOptions(arg, scope, { pattern: 'text' }, 'pattern').pattern, 'u', scope);
      return (value) => pattern.expression.test(pattern.on(textOf(value, 'matches')));
    },
  },
  {
    name: 'equals',
    means: 'True if it is this value.',
    takes: 'The value.',
    examples: [{ given: { a: 'sale' }, expression: ['a', { equals: 'sale' }], gives: true }],
    compile: (arg) => (value) => value === arg,
  },
  {
    name: 'oneOf',
    means: 'True if it is one of these values.',
    takes: 'The values.',
    examples: [{ given: { a: 'x' }, expression: ['a', { oneOf: ['y', 'z'] }], gives: false }],
    compile: (arg, scope) => {
      const values = new Set(readOptions(arg, scope, { values: 'list' }, 'values').values);
      return (value) => values.has(value);
    },
  },
  {
    name: 'present',
    means: 'True if there is a value, false if there is none.',
    takes: 'Nothing.',
    absent: true,
    examples: [{ given: {}, expression: ['a', 'present'], gives: false }],
    compile: () => (value) => value !== undefined,
  },
  {
    name: 'default',
    means: 'This value, if there is none.',
    takes: 'The value.',
    absent: true,
    examples: [{ given: {}, expression: ['a', { default: 'web' }], gives: 'web' }],
    compile: (arg) => (value) => value ?? arg,
  },
  {
    name: 'lookup',
    means: 'What a table says for the value.',
    takes: '`table`; `otherwise`: what becomes of values that it lacks: `fault` (the default), `keep`, or `absent`.',
    examples: [
      {
        given: { s: 'canceled' },
        expression: ['s', { lookup: { table: { canceled: 'cancelled' } } }],
        gives: 'cancelled',
      },
      { given: { s: 'new' }, expression: ['s', { lookup: { table: {}, otherwise: 'absent' } }] },
      {
        given: { s: 'shiped' },
        expression: ['s', { lookup: { table: { shipped: 1 } } }],
        fails: 'did you mean "shipped"',
      },
    ],
    compile: (arg, scope) => {
      const { table, otherwise = 'fault' } = readOptions(arg, scope, { table: 'map', otherwise: 'text?' }, 'table');
      if (!['fault', 'keep', 'absent'].includes(otherwise)) scope.fail('otherwise is fault, keep or absent');
      const entries = new Map(Object.entries(table).map(([name, value]) => [name, value ?? undefined]));
      return (value) => {
        const name = textOf(value, 'lookup');
        const found = entries.get(name);
        if (found !== undefined || otherwise === 'absent' || entries.has(name)) return found;
        if (otherwise === 'keep') return value;
        const message = `the table has no ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, [...entries.keys()])}`;
        throw new ValueFault('lookup', value, message, 'mend the value, or add it to the table in the source');
      };
    },
  },
];

function conditions(arg: unknown, scope: Scope): Read[] {
  return readOptions(arg, scope, { of: 'list' }, 'of').of.map((node, i) => scope.at(i).expression(node));
}

function compileCase(node: unknown, scope: Scope, last: boolean): { condition: Read; then: Read } {
  if (last && isMap(node) && 'else' in node) {
    const options = readOptions(node, scope, { else: 'any' });
    return { condition: () => true, then: scope.at('else').expression(options.else) };
  }
  const options = readOptions(node, scope, { if: 'any', then: 'any' });
  return { condition: scope.at('if').expression(options.if), then: scope.at('then').expression(options.then) };
}
