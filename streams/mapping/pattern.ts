import type { Scope } from './scope.ts';
import { ValueFault } from './scope.ts';

/** Steps that matching may take, in the worst case: some tenths of a second. */
const STEPS_LIMIT = 2 ** 27;

/** Ways in which the choices of a pattern (`?`, `{2,5}`, `|`) may be combined. */
const CHOICES_LIMIT = 2 ** 12;

const LONGEST_TEXT = 64 * 1024;

export interface Pattern {
  test(text: string): boolean;
  /** The first match and its groups, or null. */
  find(text: string): readonly (string | undefined)[] | null;
  /** Every match replaced; `$1` stands for the first group. */
  replace(text: string, replacement: string): string;
}

/**
 * A regular expression that cannot run away. Backtracking costs at most (length of the text) to the power of (its
 * unbounded repetitions, and one more where the match may begin anywhere) times the combinations of its other
 * choices, as long as only single characters are repeated; so groups may not be, and the text is bounded by that.
 */
export function compilePattern(source: string, scope: Scope): Pattern {
  const { unbounded, choices, refused } = survey(source);
  if (refused !== null) return scope.fail(`the pattern ${source} ${refused}`);
  const power = unbounded + (source.startsWith('^') && !source.includes('|') ? 0 : 1);
  const longest = Math.min(LONGEST_TEXT, Math.floor((STEPS_LIMIT / choices) ** (1 / Math.max(1, power))));
  if (choices > CHOICES_LIMIT || longest < 64) return scope.fail(`the pattern ${source} has too many choices`);
  const first = compile(source, 'u', scope);
  const all = compile(source, 'gu', scope);
  return {
    test: (text) => first.test(bounded(text, longest)),
    find: (text) => first.exec(bounded(text, longest)),
    replace: (text, replacement) => bounded(text, longest).replace(all, replacement),
  };
}

function compile(source: string, flags: string, scope: Scope): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    return scope.fail(error instanceof Error ? error.message : String(error));
  }
}

function bounded(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const message = `the text has ${text.length} characters, and this pattern takes ${longest} at most`;
  throw new ValueFault('pattern', text, message, 'shorten the text, or use a pattern with fewer repetitions');
}

interface Survey {
  unbounded: number;
  choices: number;
  refused: string | null;
}

function survey(source: string): Survey {
  const result: Survey = { unbounded: 0, choices: 1, refused: null };
  let afterGroup = false;
  for (let i = 0; i < source.length; i++) {
    const character = source[i] ?? '';
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(source.slice(i, i + 24));
    if (quantifier !== null && i > 0 && source[i - 1] !== '(') {
      if (afterGroup && quantifier[0] !== '?') result.refused = 'repeats a group';
      count(quantifier, result);
      i += quantifier[0].length - 1;
      if (source[i + 1] === '?') i++;
    } else if (character === '\\') {
      i++;
      if (/[1-9k]/.test(source[i] ?? '')) result.refused = 'refers back to a group';
    } else if (character === '[') i = endOfClass(source, i);
    else if (character === '|') result.choices *= 2;
    else if (/^\(\?(?!:)/.test(source.slice(i, i + 3))) result.refused = 'looks around or names a group';
    afterGroup = character === ')';
  }
  return result;
}

function count(quantifier: RegExpExecArray, result: Survey): void {
  const [whole, least = '0', comma = '', most = ''] = quantifier;
  if (whole === '?') result.choices *= 2;
  else if (whole === '*' || whole === '+' || (comma !== '' && most === '')) result.unbounded++;
  else if (comma !== '') result.choices *= Math.max(1, Number(most) - Number(least) + 1);
}

function endOfClass(source: string, from: number): number {
  for (let i = from + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === ']') return i;
  }
  return source.length;
}
