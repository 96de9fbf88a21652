import type { Rule } from './rule.ts';

const DATE_TIME =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[Tt ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)? ?(?<zone>Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$/;
const BASIC =
  /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)T(?<hour>\d\d)(?<minute>\d\d)(?:(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?<zone>Z|[+-]\d\d(?::?\d\d)?)$/;
const MAIL =
  /^(?:[A-Z][a-z]{2}, ?)?(?<day>\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d))? (?<zone>GMT|UTC?|Z|[+-]\d{4})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Longer text is no time of these forms. */
const LENGTH_LIMIT = 50;

export const TIME_RULES: readonly Rule[] = [
  {
    name: 'timeUtc',
    kinds: ['time'],
    does: 'Times with a zone (ISO 8601, extended or basic, and RFC 5322 as in e-mail) become ISO 8601 in UTC, to the millisecond. Those without a zone, and dates that the calendar has not, stay and are refused later.',
    why: 'Times are compared as text. What a time without a zone means only its source can say (transform `date`).',
    examples: [
      {
        message: 'review',
        given: { score: 5, createdAt: '2020-01-01T00:00:00+09:00' },
        gives: { score: 5, createdAt: '2019-12-31T15:00:00Z' },
      },
      {
        message: 'review',
        given: { score: 5, createdAt: 'Wed, 01 Jan 2020 10:00:00 +0100', answeredAt: '20200102T0900Z' },
        gives: { score: 5, createdAt: '2020-01-01T09:00:00Z', answeredAt: '2020-01-02T09:00:00Z' },
      },
    ],
    apply: utc,
  },
];

/** As it is kept: in UTC, to the second, or to the millisecond if that is not 0. */
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(?!000)\d{3})?Z$/;

export function isUtc(text: string): boolean {
  return UTC.test(text);
}

/** As most programs print it. */
const UTC_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/;

function utc(text: string): string {
  if (isUtc(text)) return text;
  if (UTC_MS.test(text)) return text.replace('.000Z', 'Z');
  const trimmed = text.length > LENGTH_LIMIT ? text : text.trim();
  const ms = trimmed.length > LENGTH_LIMIT ? null : instant(trimmed);
  return ms === null ? text : new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Ms since the epoch; null if it is no time with a zone. */
function instant(text: string): number | null {
  const found = DATE_TIME.exec(text) ?? BASIC.exec(text) ?? MAIL.exec(text);
  const { year, month = '', day, hour, minute, second = '0', fraction = '', zone = '' } = found?.groups ?? {};
  const offset = offsetOf(zone);
  if (found === null || offset === null) return null;
  const start = dayOf(Number(year), MONTHS.includes(month) ? MONTHS.indexOf(month) : Number(month) - 1, Number(day));
  if (start === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const utc = start + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + ms - offset;
  return utc >= FIRST && utc <= LAST ? utc : null;
}

/** Null for a day that its month has not: `Date` would take it for one of the next. */
function dayOf(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getUTCMonth() === month && date.getUTCDate() === day ? date.getTime() : null;
}

/** Years that ISO 8601 writes with four digits. */
const FIRST = Date.UTC(1000, 0, 1);
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Ms to the east of Greenwich. */
function offsetOf(zone: string): number | null {
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.replace(/\D/g, '').padEnd(4, '0');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  return hours > 23 || minutes > 59 ? null : sign * (hours * 60 + minutes) * 60_000;
}
