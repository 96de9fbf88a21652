import { compilePattern } from '../pattern/pattern.ts';
import { textOf, ValueFault, type Step, type Value } from '../scope.ts';
import { parseJson } from '../json-text.ts';
import { choice, needed } from '../options.ts';
import { step, type StepTransform } from '../transform.ts';

const CASES: Readonly<Record<'upper' | 'lower' | 'title', (text: string) => string>> = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  title: (text) => text.toLowerCase().replace(/(^|[\s'-])\p{L}/gu, (letter) => letter.toUpperCase()),
};

/** A step over text: numbers are taken as the text that they are written as. */
function onText(rule: string, change: (text: string) => Value): Step {
  return (value) => change(textOf(value, rule));
}

const orAbsent = (text: string): string | undefined => (text === '' ? undefined : text);

const TRUE = ['true', 'yes', 'y', '1', 'on', 't'];
const FALSE = ['false', 'no', 'n', '0', 'off', 'f'];

/** A longer text than any field takes is a mistake in the source. */
const PAD_LIMIT = 1000;

export const TEXT_STEPS: readonly StepTransform[] = [
  step({
    name: 'trim',
    means: 'Without white space around it. Not there if nothing is left.',
    takes: 'Nothing.',
    options: {},
    examples: [
      { given: { a: ' x ' }, expression: ['a', 'trim'], gives: 'x' },
      { given: { a: '  ' }, expression: ['a', 'trim'] },
    ],
    compile: () => onText('trim', (text) => orAbsent(text.trim())),
  }),
  step({
    name: 'collapse',
    means: 'Each run of white space becomes one space, and none is left around the text.',
    takes: 'Nothing.',
    options: {},
    examples: [{ given: { a: ' TIN  CIRCUS\tPARADE ' }, expression: ['a', 'collapse'], gives: 'TIN CIRCUS PARADE' }],
    compile: () =>
      onText('collapse', (text) => orAbsent((/\s\s|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ') : text).trim())),
  }),
  step({
    name: 'case',
    means: 'In upper or lower case, or with each word beginning in upper case.',
    takes: '`upper`, `lower` or `title`.',
    options: { to: needed(['upper', 'lower', 'title']) },
    short: 'to',
    examples: [
      { given: { a: 'sp' }, expression: ['a', { case: 'upper' }], gives: 'SP' },
      { given: { a: 'MOGI GUACU' }, expression: ['a', { case: 'title' }], gives: 'Mogi Guacu' },
    ],
    compile: ({ to }) => onText('case', CASES[to]),
  }),
  step({
    name: 'stripSuffix',
    means: 'Without this text at its end, if it stands there.',
    takes: 'The text.',
    options: { text: 'text' },
    short: 'text',
    examples: [
      { given: { id: '17850.0' }, expression: ['id', { stripSuffix: '.0' }], gives: '17850' },
      { given: { id: '17850' }, expression: ['id', { stripSuffix: '.0' }], gives: '17850' },
    ],
    compile: ({ text: suffix }) =>
      onText('stripSuffix', (text) =>
        orAbsent(text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text),
      ),
  }),
  step({
    name: 'stripPrefix',
    means: 'Without this text at its beginning, if it stands there.',
    takes: 'The text.',
    options: { text: 'text' },
    short: 'text',
    examples: [{ given: { id: 'gid://Order/17' }, expression: ['id', { stripPrefix: 'gid://Order/' }], gives: '17' }],
    compile: ({ text: prefix }) =>
      onText('stripPrefix', (text) => orAbsent(text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  }),
  step({
    name: 'replace',
    means: 'Each match of a regular expression is replaced. No pattern can run away (see Patterns).',
    takes:
      '`pattern`; `with`: the replacement, `$1` for the first group, nothing by default; `ignoreCase` as for `matches`.',
    options: { pattern: 'text', with: 'text?', ignoreCase: 'flag?' },
    short: 'pattern',
    examples: [
      { given: { a: 'INV-0017' }, expression: ['a', { replace: { pattern: '^INV-0*' } }], gives: '17' },
      { given: { a: '1.234' }, expression: ['a', { replace: { pattern: '[.]', with: ',' } }], gives: '1,234' },
    ],
    compile: ({ pattern, with: replacement = '', ignoreCase }, scope) => {
      const replace = compilePattern(pattern, ignoreCase === true, scope).replacer(replacement);
      return onText('replace', (text) => orAbsent(replace(text)));
    },
  }),
  step({
    name: 'extract',
    means: 'What a regular expression finds first: its first group, or all of the match if it has none.',
    takes: 'The pattern. `ignoreCase`: whether upper and lower case are the same to it.',
    options: { pattern: 'text', ignoreCase: 'flag?' },
    short: 'pattern',
    examples: [
      { given: { a: 'Order #1001 (web)' }, expression: ['a', { extract: '#([0-9]+)' }], gives: '1001' },
      { given: { a: 'none' }, expression: ['a', { extract: '[0-9]+' }] },
    ],
    compile: (options, scope) => {
      const pattern = compilePattern(options.pattern, options.ignoreCase === true, scope);
      return onText('extract', (text) => {
        const found = pattern.find(text);
        return found === null ? undefined : orAbsent((found.length > 1 ? found[1] : found[0]) ?? '');
      });
    },
  }),
  step({
    name: 'slice',
    means: 'A part of the text, in characters; negative positions count from its end.',
    takes: '`from`; `to`: the end by default.',
    options: { from: 'whole', to: 'whole?' },
    short: 'from',
    examples: [{ given: { a: '20180815' }, expression: ['a', { slice: { from: 0, to: 4 } }], gives: '2018' }],
    compile: ({ from, to }) => onText('slice', (text) => orAbsent(Array.from(text).slice(from, to).join(''))),
  }),
  step({
    name: 'pad',
    means: 'The text, filled up at its beginning until it has so many characters: zeros that a spreadsheet took away.',
    takes: '`to`: how many; `with`: what fills it, `0` by default; `side`: `start` (the default) or `end`.',
    options: { to: 'whole', with: 'text?', side: choice(['start', 'end']) },
    short: 'to',
    examples: [
      { given: { zip: '1409' }, expression: ['zip', { pad: 5 }], gives: '01409' },
      { given: { a: 'x' }, expression: ['a', { pad: { to: 3, with: '.', side: 'end' } }], gives: 'x..' },
    ],
    compile: ({ to, with: filler = '0', side = 'start' }, scope) => {
      if (to < 0 || to > PAD_LIMIT) return scope.at('to').fail(`to is 0 to ${PAD_LIMIT}`);
      return onText('pad', (text) => (side === 'start' ? text.padStart(to, filler) : text.padEnd(to, filler)));
    },
  }),
  step({
    name: 'text',
    means: 'A number, or true or false, as text.',
    takes: 'Nothing.',
    options: {},
    examples: [{ given: { id: 17 }, expression: ['id', 'text'], gives: '17' }],
    compile: () => onText('text', (text) => text),
  }),
  step({
    name: 'boolean',
    means: 'True or false, of true, yes, y, 1, on, t and their opposites in any case.',
    takes: '`true`, `false`: lists of further words.',
    options: { true: 'texts?', false: 'texts?' },
    examples: [
      { given: { gift: 'false' }, expression: ['gift', 'boolean'], gives: false },
      { given: { paid: 1 }, expression: ['paid', 'boolean'], gives: true },
      { given: { paid: 'ja' }, expression: ['paid', { boolean: { true: ['ja'], false: ['nein'] } }], gives: true },
      { given: { paid: 'maybe' }, expression: ['paid', 'boolean'], fails: 'neither true nor false' },
    ],
    compile: (options) => {
      const words = new Map<string, boolean>();
      for (const word of [...TRUE, ...(options.true ?? [])]) words.set(word.toLowerCase(), true);
      for (const word of [...FALSE, ...(options.false ?? [])]) words.set(word.toLowerCase(), false);
      return (value) => {
        const found = words.get(textOf(value, 'boolean').trim().toLowerCase());
        if (found !== undefined) return found;
        throw new ValueFault('boolean', value, 'the value is neither true nor false', 'add the word to true or false');
      };
    },
  }),
  step({
    name: 'json',
    means: 'What JSON text within a field says.',
    takes: 'Nothing.',
    options: {},
    examples: [
      { given: { a: '{"id":7}' }, expression: ['a', 'json', { get: 'id' }], gives: 7 },
      { given: { a: '{' }, expression: ['a', 'json'], fails: 'is not JSON' },
    ],
    compile: () => (value) => parseJson(value),
  }),
];
