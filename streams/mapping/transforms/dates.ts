import { Kept } from '../kept.ts';
import { readOptions } from '../options.ts';
import { textOf, ValueFault, type Scope, type Step } from '../scope.ts';
import type { StepTransform } from '../transform.ts';
import { Zone } from '../zone.ts';

/** Fields of a time, in the order of Date.UTC; `offset` in minutes east of UTC where the text says it. */
interface Parsed {
  fields: number[];
  offset: number | null;
}

const TOKENS: Readonly<Record<string, { pattern: string; field: number }>> = {
  yyyy: { pattern: '(\\d{4})', field: 0 },
  MM: { pattern: '(\\d{2})', field: 1 },
  M: { pattern: '(\\d{1,2})', field: 1 },
  dd: { pattern: '(\\d{2})', field: 2 },
  d: { pattern: '(\\d{1,2})', field: 2 },
  HH: { pattern: '(\\d{2})', field: 3 },
  H: { pattern: '(\\d{1,2})', field: 3 },
  mm: { pattern: '(\\d{2})', field: 4 },
  ss: { pattern: '(\\d{2})', field: 5 },
  SSS: { pattern: '(\\d{3})', field: 6 },
  X: { pattern: '(Z|[+-]\\d{2}:?\\d{2})', field: 7 },
};

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|[+-]\d{2}:?\d{2})?$/i;

const FIX = 'mend the time, or the format in the source';

export const DATE_STEPS: readonly StepTransform[] = [
  {
    name: 'date',
    means:
      'A time as ISO 8601 in UTC. A local time that comes twice at a change of clocks is the first of the two; one ' +
      'that is left out is as much later as the clocks were moved.',
    takes:
      '`format`: yyyy MM dd HH mm ss SSS, with M d H for one digit or two, X for the offset, and any other characters as ' +
      'they are; or `iso` (the default), `unix` (seconds) or `unix-ms`. `zone`: where local times are meant, such as ' +
      'Europe/London; UTC by default.',
    examples: [
      {
        given: { at: '2011-07-01 08:26:00' },
        expression: ['at', { date: { format: 'yyyy-MM-dd HH:mm:ss', zone: 'Europe/London' } }],
        gives: '2011-07-01T07:26:00Z',
      },
      { given: { at: '2018-03-04T05:06:07.5-03:00' }, expression: ['at', 'date'], gives: '2018-03-04T08:06:07.500Z' },
      { given: { at: '1/12/2010' }, expression: ['at', { date: 'd/M/yyyy' }], gives: '2010-12-01T00:00:00Z' },
      { given: { at: 1291192000 }, expression: ['at', { date: 'unix' }], gives: '2010-12-01T08:26:40Z' },
      { given: { at: '2011-02-30' }, expression: ['at', 'date'], fails: 'no such day' },
    ],
    compile: (arg, scope) => {
      const { format = 'iso', zone = 'UTC' } = readOptions(arg, scope, { format: 'text?', zone: 'text?' }, 'format');
      if (format === 'unix') return unix(1000);
      if (format === 'unix-ms') return unix(1);
      return remembered(local(format === 'iso' ? parseIso : compileFormat(format, scope), zoneOf(zone, scope), format));
    },
  },
];

function zoneOf(name: string, scope: Scope): Zone | null {
  try {
    return name === 'UTC' ? null : new Zone(name);
  } catch {
    return scope.at('zone').fail(`${name} is no time zone`);
  }
}

/** Neighbouring records often have the same time. */
function remembered(step: (text: string) => string): Step {
  let [last, result] = ['', ''];
  return (value) => {
    const text = textOf(value, 'date');
    if (text !== last || text === '') {
      result = step(text);
      last = text;
    }
    return result;
  };
}

function unix(unit: number): Step {
  return (value) => {
    const ms = Number(value) * unit;
    if (Number.isInteger(ms) && Math.abs(ms) <= 8.64e15) return isoOf(ms);
    throw new ValueFault('date', value, 'the time is no number of seconds or milliseconds since 1970', FIX);
  };
}

function local(parse: (text: string) => Parsed | null, zone: Zone | null, format: string): (text: string) => string {
  return (text) => {
    const parsed = parse(text.trim());
    if (parsed === null) throw new ValueFault('date', text, `the time is not of the format ${format}`, FIX);
    const utc = timeOf(parsed.fields);
    if (utc === null) throw new ValueFault('date', text, 'there is no such day or time', FIX);
    if (parsed.offset !== null) return isoOf(utc - parsed.offset * 60_000);
    return isoOf(zone === null ? utc : zone.toUtc(utc));
  };
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

const DAY = 86_400_000;

/** `yyyy-MM-ddT` by day. */
const dayTexts = new Kept<string>(4096);

function isoOf(ms: number): string {
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

function parseIso(text: string): Parsed | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = match;
  const ms = Math.trunc(Number(`0.${fraction}`) * 1000);
  return { fields: [year, month, day, hour, minute, second].map(Number).concat(ms), offset: offsetOf(zone) };
}

function offsetOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (text === 'Z' || text === 'z') return 0;
  const digits = text.replace(':', '');
  return Number(`${text.slice(0, 1)}1`) * (Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5)));
}

function compileFormat(format: string, scope: Scope): (text: string) => Parsed | null {
  const order: number[] = [];
  const pattern = format.replace(/yyyy|MM?|dd?|HH?|mm|ss|SSS|X|[^A-Za-z]|[A-Za-z]/g, (token) => {
    const known = TOKENS[token];
    if (known === undefined) return literal(token, scope);
    order.push(known.field);
    return known.pattern;
  });
  if (!order.includes(0) || !order.includes(1) || !order.includes(2))
    scope.fail(`${format} has no year, month and day`);
  const expression = new RegExp(`^${pattern}$`);
  return (text) => {
    const match = expression.exec(text);
    if (match === null) return null;
    const parsed: Parsed = { fields: [0, 1, 1, 0, 0, 0, 0], offset: null };
    order.forEach((field, i) => {
      if (field === 7) parsed.offset = offsetOf(match[i + 1]);
      else parsed.fields[field] = Number(match[i + 1]);
    });
    return parsed;
  };
}

function literal(token: string, scope: Scope): string {
  if (/[A-SU-Za-z]/.test(token)) scope.fail(`a format of a date has no ${token}`);
  return token.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
}
