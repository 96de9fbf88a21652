import { readOptions } from '../options.ts';
import { compilePattern } from '../pattern.ts';
import { textOf, type Step, type Value } from '../scope.ts';
import type { StepTransform } from '../transform.ts';

const CASES: Readonly<Record<string, (text: string) => string>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  title: (text) => text.toLowerCase().replace(/(^|[\s'-])\p{L}/gu, (letter) => letter.toUpperCase()),
};

/** A step over text: numbers are taken as the text that they are written as. */
function onText(rule: string, change: (text: string) => Value): Step {
  return (value) => change(textOf(value, rule));
}

const orAbsent = (text: string): string | undefined => (text === '' ? undefined : text);

export const TEXT_STEPS: readonly StepTransform[] = [
  {
    name: 'trim',
    means: 'Without white space around it. Not there if nothing is left.',
    takes: 'Nothing.',
    examples: [
      { given: { a: ' x ' }, expression: ['a', 'trim'], gives: 'x' },
      { given: { a: '  ' }, expression: ['a', 'trim'] },
    ],
    compile: () => onText('trim', (text) => orAbsent(text.trim())),
  },
  {
    name: 'collapse',
    means: 'Each run of white space becomes one space, and none is left around the text.',
    takes: 'Nothing.',
    examples: [{ given: { a: ' TIN  CIRCUS\tPARADE ' }, expression: ['a', 'collapse'], gives: 'TIN CIRCUS PARADE' }],
    compile: () =>
      onText('collapse', (text) => orAbsent((/\s\s|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ') : text).trim())),
  },
  {
    name: 'case',
    means: 'In upper or lower case, or with each word beginning in upper case.',
    takes: '`upper`, `lower` or `title`.',
    examples: [
      { given: { a: 'sp' }, expression: ['a', { case: 'upper' }], gives: 'SP' },
      { given: { a: 'MOGI GUACU' }, expression: ['a', { case: 'title' }], gives: 'Mogi Guacu' },
    ],
    compile: (arg, scope) => {
      const change = CASES[readOptions(arg, scope, { to: 'text' }, 'to').to];
      return change === undefined ? scope.fail('case takes upper, lower or title') : onText('case', change);
    },
  },
  {
    name: 'stripSuffix',
    means: 'Without this text at its end, if it stands there.',
    takes: 'The text.',
    examples: [
      { given: { id: '17850.0' }, expression: ['id', { stripSuffix: '.0' }], gives: '17850' },
      { given: { id: '17850' }, expression: ['id', { stripSuffix: '.0' }], gives: '17850' },
    ],
    compile: (arg, scope) => {
      const { text: suffix } = readOptions(arg, scope, { text: 'text' }, 'text');
      return onText('stripSuffix', (text) => orAbsent(text.endsWith(suffix) ? text.slice(0, -suffix.length) : text));
    },
  },
  {
    name: 'stripPrefix',
    means: 'Without this text at its beginning, if it stands there.',
    takes: 'The text.',
    examples: [{ given: { id: 'gid://Order/17' }, expression: ['id', { stripPrefix: 'gid://Order/' }], gives: '17' }],
    compile: (arg, scope) => {
      const { text: prefix } = readOptions(arg, scope, { text: 'text' }, 'text');
      return onText('stripPrefix', (text) => orAbsent(text.startsWith(prefix) ? text.slice(prefix.length) : text));
    },
  },
  {
    name: 'replace',
    means: 'Each match of a regular expression is replaced. Patterns that can run away are refused (see Patterns).',
    takes: '`pattern`; `with`: the replacement, `$1` for the first group, nothing by default.',
    examples: [
      { given: { a: 'INV-0017' }, expression: ['a', { replace: { pattern: '^INV-0*' } }], gives: '17' },
      { given: { a: '1.234' }, expression: ['a', { replace: { pattern: '[.]', with: ',' } }], gives: '1,234' },
      { given: { a: 'x' }, expression: ['a', { replace: { pattern: '(a+)+b' } }], fails: 'repeats a group' },
    ],
    compile: (arg, scope) => {
      const options = readOptions(arg, scope, { pattern: 'text', with: 'text?' }, 'pattern');
      const pattern = compilePattern(options.pattern, 'gu', scope);
      return onText('replace', (text) =>
        orAbsent(text && pattern.on(text).replace(pattern.expression, options.with ?? '')),
      );
    },
  },
  {
    name: 'slice',
    means: 'A part of the text, in characters; negative positions count from its end.',
    takes: '`from`; `to`: the end by default.',
    examples: [{ given: { a: '20180815' }, expression: ['a', { slice: { from: 0, to: 4 } }], gives: '2018' }],
    compile: (arg, scope) => {
      const { from, to } = readOptions(arg, scope, { from: 'whole', to: 'whole?' }, 'from');
      return onText('slice', (text) => orAbsent(Array.from(text).slice(from, to).join('')));
    },
  },
  {
    name: 'text',
    means: 'A number as text.',
    takes: 'Nothing.',
    examples: [{ given: { id: 17 }, expression: ['id', 'text'], gives: '17' }],
    compile: () => onText('text', (text) => text),
  },
];
