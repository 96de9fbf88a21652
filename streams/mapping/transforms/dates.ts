import { isoOf, readTime, type ReadTime } from '../date-format.ts';
import { textOf, ValueFault, type Scope, type Step } from '../scope.ts';
import { step, type StepTransform } from '../transform.ts';
import { Zone } from '../zone.ts';

const FIX = 'mend the time, or the format in the source';

export const DATE_STEPS: readonly StepTransform[] = [
  step({
    name: 'date',
    means:
      'A time as ISO 8601 in UTC, to the millisecond. A local time that comes twice at a change of clocks is the first ' +
      'of the two; one that is left out is as much later as the clocks were moved. A day without a time is its midnight.',
    takes:
      '`format`: a pattern, or a list of patterns that are tried in order. yyyy or yy (1970 to 2069), MM, MMM (Jan) ' +
      'or MMMM (January), dd, HH or hh with a (AM), mm, ss, S for decimals of seconds, EEE or EEEE for a day of the ' +
      'week, X for the offset (Z, +09, +0900, +09:00); M d H h for one digit or two; text in apostrophes, and all that ' +
      'is no letter, as it stands. Or `iso` (the default), `rfc2822`, `unix` (seconds), `unix-ms`, `excel` (days since ' +
      '1900). `zone`: where times without an offset are meant, such as Europe/London or +09:00; UTC by default. ' +
      '`locale`: the language of names of months and days; `en` by default.',
    options: { format: 'any?', zone: 'text?', locale: 'text?' },
    short: 'format',
    examples: [
      {
        given: { at: '2011-07-01 08:26:00' },
        expression: ['at', { date: { format: 'yyyy-MM-dd HH:mm:ss', zone: 'Europe/London' } }],
        gives: '2011-07-01T07:26:00Z',
      },
      { given: { at: '2018-03-04T05:06:07.5-03:00' }, expression: ['at', 'date'], gives: '2018-03-04T08:06:07.500Z' },
      { given: { at: '1/12/2010' }, expression: ['at', { date: 'd/M/yyyy' }], gives: '2010-12-01T00:00:00Z' },
      { given: { at: 1291192000 }, expression: ['at', { date: 'unix' }], gives: '2010-12-01T08:26:40Z' },
      {
        given: { at: 'Wed, 01 Dec 2010 08:26:00 +0000' },
        expression: ['at', { date: 'rfc2822' }],
        gives: '2010-12-01T08:26:00Z',
      },
      {
        given: { at: '3. Mai 2021, 9:05' },
        expression: ['at', { date: { format: ['iso', 'd. MMMM yyyy, H:mm'], locale: 'de', zone: 'Europe/Berlin' } }],
        gives: '2021-05-03T07:05:00Z',
      },
      {
        given: { at: '12/31/99 11:59 PM' },
        expression: ['at', { date: 'M/d/yy h:mm a' }],
        gives: '1999-12-31T23:59:00Z',
      },
      {
        given: { at: '2011-03-27 01:30' },
        expression: ['at', { date: { format: 'yyyy-MM-dd HH:mm', zone: 'Europe/London' } }],
        gives: '2011-03-27T01:30:00Z',
      },
      { given: { at: 40513.5 }, expression: ['at', { date: 'excel' }], gives: '2010-12-01T12:00:00Z' },
      { given: { at: '2011-02-30' }, expression: ['at', 'date'], fails: 'no such day' },
    ],
    compile: ({ format = 'iso', zone = 'UTC', locale = 'en' }, scope) => {
      const formats = formatsOf(format, scope);
      const reads = formats.map((name, i) =>
        readTime(name, locale, Array.isArray(format) ? scope.at('format', i) : scope),
      );
      return remembered(inZone(reads, zoneOf(zone, scope), formats));
    },
  }),
];

function formatsOf(format: unknown, scope: Scope): readonly string[] {
  const formats: readonly unknown[] = Array.isArray(format) ? format : [format];
  const known = formats.every((name) => typeof name === 'string');
  return known && formats.length > 0 ? formats : scope.at('format').fail('format is text, or a list of texts');
}

function zoneOf(name: string, scope: Scope): Zone | null {
  try {
    return name === 'UTC' ? null : new Zone(name);
  } catch {
    return scope.at('zone').fail(`${name} is no time zone: zones are named as Europe/London, or as +09:00`);
  }
}

/** Neighbouring records often have the same time. */
function remembered(read: (text: string) => string): Step {
  let [last, result] = ['', ''];
  return (value) => {
    const text = textOf(value, 'date');
    if (text !== last || text === '') {
      result = read(text);
      last = text;
    }
    return result;
  };
}

function inZone(reads: readonly ReadTime[], zone: Zone | null, formats: readonly string[]): (text: string) => string {
  return (text) => {
    const trimmed = text.trim();
    let impossible = false;
    for (const read of reads) {
      const time = read(trimmed);
      if (time === 'impossible') impossible = true;
      else if (time !== null) return isoOf(time.absolute || zone === null ? time.ms : zone.toUtc(time.ms));
    }
    if (impossible) throw new ValueFault('date', text, 'there is no such day or time', FIX);
    throw new ValueFault('date', text, `the time is not of the format ${formats.join(' or ')}`, FIX);
  };
}
