import { ValueFault, type Value } from './scope.ts';

/** How a language writes numbers. */
interface Writing {
  readonly point: string;
  /** A class of characters. */
  readonly group: string;
  readonly last: number;
  readonly other: number;
  /** Its digits, if they are not 0 to 9. */
  readonly digits: ReadonlyMap<string, string> | null;
}

/** Longer text is no number, and each character costs time. */
const LENGTH_LIMIT = 80;

export interface Numeral {
  readonly decimal: string;
  readonly beside: string;
}

const SIGN = '[-+\\u2212]';
/** A sign, code or word of a currency, or a percent sign; a point may end it, none begins it. */
const BESIDE = '(?:[\\p{L}\\p{Sc}%]+/?\\.?)';

/**
 * Reads numbers in the writing of a language (BCP 47): `1.234,56` in `de`, `1'234.56` in `de-CH`, `12,34,567.8` in
 * `en-IN`. Groups have to be of the right length, so that a number in another writing is none, and no other number.
 * Negative by a sign on either side, or by parentheses. Without a locale: plain decimal numbers, with no groups.
 */
export class NumeralReader {
  private readonly locale: string | undefined;
  private readonly writing: Writing;
  private readonly pattern: RegExp;
  private readonly groups: RegExp;
  private example: string | undefined;

  /** @throws RangeError for a locale that ICU does not know */
  constructor(locale: string | undefined) {
    this.locale = locale;
    this.writing = locale === undefined ? PLAIN : writingOf(locale);
    this.pattern = patternOf(this.writing);
    this.groups = new RegExp(`[${this.writing.group}]`, 'gu');
  }

  /** Plain decimal text, and what stands beside the number. Throws ValueFault. */
  read(value: Value, rule: string): Numeral {
    if (typeof value === 'number') return { decimal: String(value), beside: '' };
    const found = typeof value === 'string' ? this.match(value) : null;
    if (found !== null) return found;
    const message = `${rule} takes a decimal number such as ${this.exampleOf()}`;
    throw new ValueFault(rule, value, message, 'mend the number, or name the locale that it is written in');
  }

  match(text: string): Numeral | null {
    const parts = partsOf(text, this.pattern, this.writing);
    if (parts === null) return null;
    const digits = parts.number.replace(this.groups, '').replace(this.writing.point, '.');
    return { decimal: parts.negative ? `-${digits}` : digits, beside: parts.beside };
  }

  private exampleOf(): string {
    const { locale } = this;
    if (locale === undefined) return '17 or -2.55';
    return (this.example ??= `${new Intl.NumberFormat(locale).format(-1234.5)} (${locale})`);
  }
}

let undecorated: NumeralReader | undefined;

/** Plain decimal text of a number with a sign behind it, or in parentheses. */
export function plainNumeral(value: Value, rule: string): string {
  undecorated ??= new NumeralReader(undefined);
  return bare(undecorated.read(value, rule), value, rule);
}

/** Nothing may stand beside a number that is not money. */
export function bare({ decimal, beside }: Numeral, value: Value, rule: string): string {
  if (beside === '') return decimal;
  const fix = beside === '%' ? 'use percent' : 'use money, or replace what is no number';
  throw new ValueFault(rule, value, `${rule} takes a number, and ${JSON.stringify(beside)} stands beside it`, fix);
}

function partsOf(text: string, pattern: RegExp, { digits }: Writing) {
  if (text.length > LENGTH_LIMIT) return null;
  // With single spaces only, the pattern has no two ways to match one text.
  const found = pattern.exec(ownDigits(text.normalize('NFKC').replace(/\s+/g, ' ').trim(), digits));
  if (found === null) return null;
  const { open, close, number = '', before = '', after = '', s1, s2, s3 } = found.groups ?? {};
  const signs = [s1, s2, s3].filter((sign) => sign !== undefined);
  const wrong = (open === undefined) !== (close === undefined) || (before !== '' && after !== '');
  if (wrong || signs.length + (open === undefined ? 0 : 1) > 1) return null;
  return { number, beside: before + after, negative: open !== undefined || (signs.length > 0 && signs[0] !== '+') };
}

const PLAIN: Writing = { point: '.', group: '_', last: 0, other: 0, digits: null };

function patternOf({ point, group, last, other }: Writing): RegExp {
  const mark = RegExp.escape(point);
  const decimals = `(?:${mark}\\d*)?`;
  const grouped = last === 0 ? '' : `\\d{1,${other}}(?:[${group}]\\d{${other}})*[${group}]\\d{${last}}${decimals}|`;
  const number = `(?<number>${grouped}\\d+${decimals}|${mark}\\d+)`;
  const before = `(?<s1>${SIGN})? ?(?<open>\\()? ?(?<before>${BESIDE})? ?(?<s2>${SIGN})? ?`;
  return new RegExp(`^${before}${number} ?(?<after>${BESIDE})? ?(?<close>\\))? ?(?<s3>${SIGN})?$`, 'u');
}

function writingOf(locale: string): Writing {
  const format = new Intl.NumberFormat(locale, { useGrouping: 'always' });
  const parts = format.formatToParts(12345678901.5);
  const groups = parts.filter(({ type }) => type === 'integer').map(({ value }) => value.length);
  const of = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? '';
  return {
    point: of('decimal').normalize('NFKC'),
    group: classOf(of('group')),
    last: groups.at(-1) ?? 3,
    other: groups.at(-2) ?? 3,
    digits: digitsOf(locale),
  };
}

/** Whatever space, whatever apostrophe: people type the one on their keyboard. NFKC made all spaces one. */
function classOf(group: string): string {
  if (/^\s$/u.test(group)) return ' ';
  return /['’]/.test(group) ? "'’" : RegExp.escape(group.normalize('NFKC'));
}

function digitsOf(locale: string): ReadonlyMap<string, string> | null {
  const format = new Intl.NumberFormat(locale, { useGrouping: false });
  const digits = Array.from({ length: 10 }, (_, digit) => [format.format(digit), String(digit)] as const);
  return digits.every(([own, digit]) => own === digit) ? null : new Map(digits);
}

function ownDigits(text: string, digits: ReadonlyMap<string, string> | null): string {
  return digits === null ? text : Array.from(text, (character) => digits.get(character) ?? character).join('');
}
