import { Kept } from './kept.ts';
import type { Scope } from './scope.ts';

/** A time that was read: in ms since the epoch, as UTC if it is absolute, else as the clock on the wall shows it. */
export interface ReadResult {
  readonly ms: number;
  readonly absolute: boolean;
}

/** null: the text is of another format; `impossible`: of this one, but there is no such day or time. */
export type ReadTime = (text: string) => ReadResult | 'impossible' | null;

/** Times that ECMAScript can tell. */
const MOST_MS = 8.64e15;

const DAY = 86_400_000;

/** @throws MappingError by way of the scope for a format that there is none of */
export function readTime(format: string, locale: string, scope: Scope): ReadTime {
  switch (format) {
    case 'iso':
      return readIso;
    case 'rfc2822':
      return readRfc2822;
    case 'unix':
      return counted((seconds) => seconds * 1000, true);
    case 'unix-ms':
      return counted((ms) => ms, true);
    case 'excel':
      // Day 1 is the 1st of January 1900, and there is a 29th of February of that year which never was.
      return counted((days) => Math.round((days - 25_569) * 86_400) * 1000, false);
    default:
      return compileFormat(format, locale, scope);
  }
}

/** A number of something since something. */
function counted(msOf: (count: number) => number, absolute: boolean): ReadTime {
  return (text) => {
    if (!/^[+-]?\d+(?:\.\d+)?$/.test(text)) return null;
    const ms = Math.round(msOf(Number(text)));
    return Math.abs(ms) <= MOST_MS ? { ms, absolute } : 'impossible';
  };
}

/** Fields of a time in the order of Date.UTC; `offset` in minutes east of UTC where the text says it. */
interface Fields {
  readonly at: readonly number[];
  readonly offset: number | null;
}

function resultOf({ at, offset }: Fields): ReadResult | 'impossible' {
  const ms = timeOf(at);
  if (ms === null) return 'impossible';
  return offset === null ? { ms, absolute: false } : { ms: ms - offset * 60_000, absolute: true };
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** null for the 30th of February and the like, which Date.UTC would carry over. */
function timeOf(fields: readonly number[]): number | null {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0] = fields;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && !leap ? 28 : (DAYS[month - 1] ?? 0);
  // Date.UTC takes years of two digits for those of the last century; no feed is that old.
  if (year < 100 || day < 1 || day > days || hour > 23 || minute > 59 || second > 59) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

function readIso(text: string): ReadResult | 'impossible' | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = match;
  return resultOf({
    at: [year, month, day, hour, minute, second].map(Number).concat(thousandths(fraction)),
    offset: offsetOf(zone),
  });
}

/** RFC 5322 3.3, with the obsolete names of zones of 4.3; comments are left out of account. */
const RFC2822 =
  /^(?:[a-z]{3},\s*)?(\d{1,2})\s+([a-z]{3})\s+(\d{4})\s+(\d{2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{4}|[a-z]{1,3})\s*(?:\([^()]*\))?$/i;

const ZONES: Readonly<Record<string, number>> = {
  ...{ ut: 0, gmt: 0, utc: 0, z: 0, est: -300, edt: -240, cst: -360, cdt: -300, mst: -420, mdt: -360, pst: -480 },
  pdt: -420,
};

const ENGLISH_MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function readRfc2822(text: string): ReadResult | 'impossible' | null {
  const match = RFC2822.exec(text);
  if (match === null) return null;
  const [, day, name = '', year, hour, minute, second = '0', zone = ''] = match;
  const offset = /^[+-]/.test(zone) ? offsetOf(zone) : ZONES[zone.toLowerCase()];
  const month = ENGLISH_MONTHS.indexOf(name.toLowerCase()) + 1;
  if (month === 0 || offset === undefined) return null;
  return resultOf({ at: [Number(year), month, ...[day, hour, minute, second].map(Number)], offset });
}

function offsetOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  if (text === 'Z' || text === 'z') return 0;
  const digits = text.replace(':', '');
  return Number(`${text.slice(0, 1)}1`) * (Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5)));
}

/** Decimals of a second, cut off after the third. */
function thousandths(decimals: string): number {
  return Number(decimals.slice(0, 3).padEnd(3, '0'));
}

/** What a token takes, and what it makes of that. */
interface Token {
  /** With one group, unless nothing is made of it. */
  readonly pattern: string;
  readonly set: ((draft: Draft, text: string) => void) | null;
}

interface Draft {
  readonly at: number[];
  offset: number | null;
  afternoon: boolean | null;
}

const numberAt =
  (place: number) =>
  (draft: Draft, text: string): void => {
    draft.at[place] = Number(text);
  };

const TOKENS: Readonly<Record<string, Token>> = {
  yyyy: { pattern: '(\\d{4})', set: numberAt(0) },
  yy: { pattern: '(\\d{2})', set: (draft, text) => (draft.at[0] = Number(text) + (Number(text) < 70 ? 2000 : 1900)) },
  MM: { pattern: '(\\d{2})', set: numberAt(1) },
  M: { pattern: '(\\d{1,2})', set: numberAt(1) },
  dd: { pattern: '(\\d{2})', set: numberAt(2) },
  d: { pattern: '(\\d{1,2})', set: numberAt(2) },
  HH: { pattern: '(\\d{2})', set: numberAt(3) },
  H: { pattern: '(\\d{1,2})', set: numberAt(3) },
  hh: { pattern: '(\\d{2})', set: numberAt(3) },
  h: { pattern: '(\\d{1,2})', set: numberAt(3) },
  mm: { pattern: '(\\d{2})', set: numberAt(4) },
  ss: { pattern: '(\\d{2})', set: numberAt(5) },
  S: { pattern: '(\\d{1,9})', set: (draft, text) => (draft.at[6] = thousandths(text)) },
  X: { pattern: '(Z|[+-]\\d{2}(?::?\\d{2})?)', set: (draft, text) => (draft.offset = offsetOf(text)) },
};

const TOKEN = /'[^']*'|yyyy|yy|MMMM|MMM|MM?|dd?|HH?|hh?|mm|ss|S+|X|a|EEEE|EEE|[^A-Za-z']+|./g;

function compileFormat(format: string, locale: string, scope: Scope): ReadTime {
  const names: readonly string[] = format.match(TOKEN) ?? [];
  const tokens = names.map((name) => tokenOf(name, format, locale, scope));
  const has = (...wanted: string[]) => wanted.some((name) => names.includes(name));
  if (!has('yyyy', 'yy') || !has('M', 'MM', 'MMM', 'MMMM') || !has('d', 'dd'))
    scope.fail(`${format} has no year, month and day`);
  const hours12 = has('h', 'hh');
  if (hours12 !== has('a')) scope.fail(`${format} has ${hours12 ? 'h without a: write H' : 'a without h'}`);
  const expression = new RegExp(`^${tokens.map(({ pattern }) => pattern).join('')}$`, 'iu');
  const setters = tokens.map(({ set }) => set).filter((set) => set !== null);
  return (text) => {
    const match = expression.exec(text);
    if (match === null) return null;
    const draft: Draft = { at: [0, 1, 1, 0, 0, 0, 0], offset: null, afternoon: null };
    for (const [i, set] of setters.entries()) set(draft, match[i + 1] ?? '');
    return hours12 && !to24(draft) ? 'impossible' : resultOf(draft);
  };
}

/** False for an hour that no clock of twelve has. */
function to24({ at, afternoon }: Draft): boolean {
  const hour = at[3] ?? 0;
  if (hour < 1 || hour > 12) return false;
  at[3] = (hour % 12) + (afternoon === true ? 12 : 0);
  return true;
}

function tokenOf(name: string, format: string, locale: string, scope: Scope): Token {
  const known = TOKENS[name];
  if (known !== undefined) return known;
  if (/^S+$/.test(name)) return TOKENS['S'] ?? scope.fail('no decimals');
  if (name === 'a') return { pattern: '([AP]\\.?M\\.?)', set: (draft, text) => (draft.afternoon = /^p/i.test(text)) };
  if (/^MMMM?$/.test(name)) return monthToken(locale, scope);
  if (/^EEEE?$/.test(name)) return { pattern: `(?:${alternatives(weekdays(locale, scope))})`, set: null };
  const text = name.length > 1 && name.startsWith("'") ? name.slice(1, -1) : name;
  // T stands between day and time in ISO 8601, and is no token.
  if (/^[A-SU-Za-z']$/.test(name))
    scope.fail(`a format of a date has no ${name} (in ${format}); text stands in apostrophes`);
  return { pattern: text === '' ? '' : `(?:${RegExp.escape(text)})`, set: null };
}

/** Long names and short ones: both are written where the other is meant. */
function monthToken(locale: string, scope: Scope): Token {
  const months = namesIn(locale, 'month', scope);
  return {
    pattern: `(${alternatives([...months.keys()])})`,
    set: (draft, text) => (draft.at[1] = months.get(text.toLowerCase()) ?? 0),
  };
}

function weekdays(locale: string, scope: Scope): string[] {
  return [...namesIn(locale, 'weekday', scope).keys()];
}

/** By locale: asking ICU for them takes milliseconds. */
const known = new Map<string, ReadonlyMap<string, number>>();

/** Names of months or days of the week, with their numbers from 1. */
function namesIn(locale: string, part: 'month' | 'weekday', scope: Scope): ReadonlyMap<string, number> {
  const before = known.get(`${locale} ${part}`);
  if (before !== undefined) return before;
  const names = new Map<string, number>();
  const [count, month] = part === 'month' ? [12, 1] : [7, 0];
  for (const width of ['long', 'short'] as const) {
    for (let i = 0; i < count; i++) {
      const ms = Date.UTC(2021, i * month, month === 1 ? 15 : i + 1);
      for (const name of namesOf(ms, locale, { [part]: width }, scope)) names.set(name, i + 1);
    }
  }
  known.set(`${locale} ${part}`, names);
  return names;
}

/** As it stands alone and as it stands in a date, with and without the point of an abbreviation. In lower case. */
function namesOf(ms: number, locale: string, options: Intl.DateTimeFormatOptions, scope: Scope): string[] {
  try {
    const part = Object.keys(options)[0];
    const alone = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    const inDate = new Intl.DateTimeFormat(locale, { ...options, day: 'numeric', year: 'numeric', timeZone: 'UTC' });
    const names = [alone, inDate].map(
      (format) => format.formatToParts(ms).find(({ type }) => type === part)?.value ?? '',
    );
    return names.flatMap((name) => [name.toLowerCase(), name.toLowerCase().replace(/\.$/, '')]);
  } catch {
    return scope.at('locale').fail(`${locale} is no locale of BCP 47, such as de or en-GB`);
  }
}

function alternatives(names: readonly string[]): string {
  return [...new Set(names)]
    .filter((name) => name !== '')
    .sort((a, b) => b.length - a.length)
    .map((name) => RegExp.escape(name))
    .join('|');
}

/** `yyyy-MM-ddT` by day. */
const dayTexts = new Kept<string>(4096);

export function isoOf(ms: number): string {
  const time = ((ms % DAY) + DAY) % DAY;
  if (ms % 1000 !== 0) return new Date(ms).toISOString();
  const day = String((ms - time) / DAY);
  let text = dayTexts.get(day);
  if (text === undefined) {
    text = new Date(ms).toISOString().replace(/T.*/, 'T');
    dayTexts.set(day, text);
  }
  const seconds = time / 1000;
  return `${text}${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}Z`;
}

const TWO = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));

function two(value: number): string {
  return TWO[Math.trunc(value)] ?? '';
}
