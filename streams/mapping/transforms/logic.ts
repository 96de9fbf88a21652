import { didYouMean } from '../../../schemas/nearest.ts';
import { compareDecimals } from '../decimal.ts';
import { isMap, needed } from '../options.ts';
import { compilePattern } from '../pattern/pattern.ts';
import { holds, textOf, type Read, type Scope, type Value } from '../scope.ts';
import { head, step, type Head, type StepTransform } from '../transform.ts';

const SALE_OR_RETURN = {
  when: [{ if: ['InvoiceNo', { matches: '^C' }], then: { const: 'return' } }, { else: { const: 'sale' } }],
};

export const LOGIC_HEADS: readonly Head[] = [
  head({
    name: 'when',
    means: 'The first case whose condition holds (is there, and not false). Not there if none does.',
    takes: 'Cases: `if` and `then`; a last one may be `else` alone.',
    options: { cases: 'list' },
    short: 'cases',
    examples: [
      { given: { InvoiceNo: 'C536379' }, expression: SALE_OR_RETURN, gives: 'return' },
      { given: { InvoiceNo: '536365' }, expression: SALE_OR_RETURN, gives: 'sale' },
    ],
    compile: ({ cases }, scope) => {
      const compiled = cases.map((node, i) => {
        const place = scope.at(i).toward(scope.target);
        return scope.attempt(() => compileCase(node, place, i === cases.length - 1), NO_CASE);
      });
      return (raw) => compiled.find(({ condition }) => holds(condition(raw)))?.then(raw);
    },
  }),
  head({
    name: 'all',
    means: 'True if all conditions hold.',
    takes: 'Expressions.',
    options: { of: 'expressions' },
    short: 'of',
    examples: [{ given: { a: '1' }, expression: { all: ['a', 'b'] }, gives: false }],
    compile: ({ of }) => {
      return (raw) => of.every((read) => holds(read(raw)));
    },
  }),
  head({
    name: 'any',
    means: 'True if one condition holds.',
    takes: 'Expressions.',
    options: { of: 'expressions' },
    short: 'of',
    examples: [{ given: { a: '1' }, expression: { any: ['a', 'b'] }, gives: true }],
    compile: ({ of }) => {
      return (raw) => of.some((read) => holds(read(raw)));
    },
  }),
  head({
    name: 'not',
    means: 'True if the condition does not hold.',
    takes: 'An expression.',
    options: { condition: 'expression' },
    short: 'condition',
    examples: [{ given: {}, expression: { not: 'a' }, gives: true }],
    compile: ({ condition }) => {
      return (raw) => !holds(condition(raw));
    },
  }),
  head({
    name: 'same',
    means: 'True if all of several are there and equal; numbers and text are compared as text.',
    takes: 'Expressions.',
    options: { of: 'expressions' },
    short: 'of',
    examples: [{ given: { a: 1, b: '1' }, expression: { same: ['a', 'b'] }, gives: true }],
    compile: ({ of }) => {
      return (raw) => {
        const [first, ...rest] = of.map((read) => plain(read(raw)));
        return first !== undefined && rest.every((value) => value === first);
      };
    },
  }),
];

export const LOGIC_STEPS: readonly StepTransform[] = [
  step({
    name: 'matches',
    means: 'True if a regular expression finds something. No pattern can run away (see Patterns).',
    takes: 'The pattern. `ignoreCase`: whether upper and lower case are the same to it.',
    options: { pattern: 'text', ignoreCase: 'flag?' },
    short: 'pattern',
    examples: [{ given: { a: 'found' }, expression: ['a', { matches: '[A-Z][A-Z]' }], gives: false }],
    compile: (options, scope) => {
      const pattern = compilePattern(options.pattern, options.ignoreCase === true, scope);
      return (value) => pattern.test(textOf(value, 'matches'));
    },
  }),
  step({
    name: 'equals',
    means: 'True if it is this value; numbers and text are compared as text.',
    takes: 'The value.',
    options: { value: 'any' },
    short: 'value',
    examples: [
      { given: { a: 'sale' }, expression: ['a', { equals: 'sale' }], gives: true },
      { given: { a: '0' }, expression: ['a', { equals: 0 }], gives: true },
    ],
    compile: ({ value: wanted }) => {
      const text = plain(wanted);
      return (value) => plain(value) === text;
    },
  }),
  step({
    name: 'oneOf',
    means: 'True if it is one of these values, compared as `equals` does.',
    takes: 'The values.',
    options: { values: 'list' },
    short: 'values',
    examples: [{ given: { a: 'x' }, expression: ['a', { oneOf: ['y', 'z'] }], gives: false }],
    compile: ({ values }) => {
      const wanted = new Set(values.map(plain));
      return (value) => wanted.has(plain(value));
    },
  }),
  step({
    name: 'contains',
    means: 'True if a text contains this one, or a list this element.',
    takes: 'The text.',
    options: { text: 'text' },
    short: 'text',
    examples: [
      { given: { tags: ['vip', 'b2b'] }, expression: ['tags', { contains: 'b2b' }], gives: true },
      { given: { note: 'URGENT!' }, expression: ['note', { contains: 'urgent' }], gives: false },
    ],
    compile: ({ text }) => {
      return (value) =>
        Array.isArray(value) ? value.some((item) => plain(item) === text) : textOf(value, 'contains').includes(text);
    },
  }),
  ...(
    [
      ['above', 'greater than this one', (difference: number) => difference > 0],
      ['atLeast', 'this one or greater', (difference: number) => difference >= 0],
      ['below', 'less than this one', (difference: number) => difference < 0],
      ['atMost', 'this one or less', (difference: number) => difference <= 0],
    ] as const
  ).map(([name, relation, fits]) =>
    step({
      name,
      means: `True if the number is ${relation}, exactly.`,
      takes: 'The number.',
      options: { number: 'any' },
      short: 'number',
      examples: [{ given: { a: '10.00' }, expression: ['a', { [name]: 10 }], gives: fits(0) }],
      compile: ({ number: limit }, scope) => {
        if (typeof limit !== 'number' && typeof limit !== 'string') return scope.fail(`${name} takes a number`);
        compareDecimals(limit, 0, name);
        return (value) => fits(compareDecimals(value, limit, name));
      },
    }),
  ),
  step({
    name: 'present',
    means: 'True if there is a value, false if there is none.',
    takes: 'Nothing.',
    options: {},
    absent: true,
    examples: [{ given: {}, expression: ['a', 'present'], gives: false }],
    compile: () => (value) => value !== undefined,
  }),
  step({
    name: 'is',
    means: 'True if it is of this type: `number` of JSON, `text`, `boolean`, `list` or `object`.',
    takes: 'The type.',
    options: { type: needed(['text', 'number', 'boolean', 'list', 'object']) },
    short: 'type',
    examples: [
      { given: { a: [1] }, expression: ['a', { is: 'list' }], gives: true },
      { given: { a: '1' }, expression: ['a', { is: 'number' }], gives: false },
    ],
    compile: ({ type }) => {
      return (value) => typeOf(value) === type;
    },
  }),
  step({
    name: 'default',
    means: 'This value, if there is none.',
    takes: 'The value.',
    options: { value: 'any' },
    short: 'value',
    absent: true,
    examples: [{ given: {}, expression: ['a', { default: 'web' }], gives: 'web' }],
    compile: (options) => {
      return (value) => value ?? options.value;
    },
  }),
];

/** A number as the text that it is written as: in CSV and XML all values are text. */
function plain(value: Value): Value {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function typeOf(value: Value): string {
  if (typeof value === 'string') return 'text';
  if (Array.isArray(value)) return 'list';
  return typeof value;
}

const NO_CASE = { condition: () => undefined, then: () => undefined };

function compileCase(node: unknown, scope: Scope, last: boolean): { condition: Read; then: Read } {
  const { target } = scope;
  const of = (name: string) => scope.at(name);
  if (!isMap(node)) return scope.fail('a case is `if` and `then`, the last may be `else`');
  if (last && 'else' in node) {
    refuseOthers(node, ['else'], scope);
    return { condition: () => true, then: of('else').toward(target).expression(node['else']) };
  }
  refuseOthers(node, ['if', 'then'], scope);
  for (const name of ['if', 'then']) if (node[name] === undefined) scope.fail(`needs ${name}`);
  return { condition: of('if').expression(node['if']), then: of('then').toward(target).expression(node['then']) };
}

function refuseOthers(node: Readonly<Record<string, unknown>>, known: readonly string[], scope: Scope): void {
  for (const name of Object.keys(node)) {
    if (!known.includes(name)) scope.at(name).failName(`a case has no ${name}${didYouMean(name, known)}`);
  }
}
