import { didYouMean } from '../../../schemas/nearest.ts';
import { tableIn } from '../lookup-table.ts';
import { choice } from '../options.ts';
import { textOf, ValueFault, type Scope, type Value } from '../scope.ts';
import { step, type StepTransform } from '../transform.ts';

/** What becomes of a value that a transform cannot take. */
export const OTHERWISE = choice(['fault', 'keep', 'absent']);

export const LOOKUP_STEPS: readonly StepTransform[] = [
  step({
    name: 'lookup',
    means: 'What a table says for the value.',
    takes:
      '`table`; or `file`: a table in a file beside the source, which is a map in NAME.table.yaml (or .json), or a CSV ' +
      'file with its columns `from` and `to` (the first two by default). `ignoreCase`: whether upper and lower case are the same to ' +
      'it. `otherwise`: what becomes of values that it lacks: `fault` (the default), `keep`, or `absent`.',
    options: {
      table: 'map?',
      file: 'text?',
      from: 'text?',
      to: 'text?',
      ignoreCase: 'flag?',
      otherwise: OTHERWISE,
    },
    examples: [
      {
        given: { s: 'canceled' },
        expression: ['s', { lookup: { table: { canceled: 'cancelled' } } }],
        gives: 'cancelled',
      },
      { given: { s: 'new' }, expression: ['s', { lookup: { table: {}, otherwise: 'absent' } }] },
      {
        given: { s: 'PAID' },
        expression: ['s', { lookup: { table: { paid: 'captured' }, ignoreCase: true } }],
        gives: 'captured',
      },
      {
        given: { s: '07' },
        beside: { 'regions.csv': 'code,region\n07,Busan\n' },
        expression: ['s', { lookup: { file: 'regions.csv', from: 'code', to: 'region' } }],
        gives: 'Busan',
      },
      {
        given: { s: 'shiped' },
        expression: ['s', { lookup: { table: { shipped: 1 } } }],
        fails: 'did you mean "shipped"',
      },
    ],
    compile: ({ table, file, from, to, ignoreCase = false, otherwise = 'fault' }, scope) => {
      if ((table === undefined) === (file === undefined)) scope.fail('needs table, or file');
      const entries = table === undefined ? tableIn(file ?? '', { from, to }, scope.at('file')) : Object.entries(table);
      const known = byName(entries, ignoreCase, scope);
      return (value) => {
        const name = textOf(value, 'lookup');
        const found = known.get(ignoreCase ? name.toLowerCase() : name);
        if (found !== undefined) return found.value;
        if (otherwise === 'fault') throw unknown(name, value, [...known.keys()]);
        return otherwise === 'keep' ? value : undefined;
      };
    },
  }),
];

type Found = { readonly value: Value };

function byName(entries: Iterable<readonly [string, unknown]>, ignoreCase: boolean, scope: Scope): Map<string, Found> {
  const known = new Map<string, Found>();
  for (const [name, value] of entries) {
    const plain = ignoreCase ? name.toLowerCase() : name;
    if (known.has(plain)) scope.fail(`the table has ${name} twice, in upper and lower case`);
    known.set(plain, { value: value ?? undefined });
  }
  return known;
}

function unknown(name: string, value: Value, known: readonly string[]): ValueFault {
  const message = `the table has no ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, known)}`;
  return new ValueFault('lookup', value, message, 'mend the value, or add it to the table in the source');
}
