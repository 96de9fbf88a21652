import { readTime, type ReadTime } from '../mapping/date-format.ts';
import { scopeOf } from '../mapping/expression.ts';
import { ObjectInput } from '../mapping/input.ts';

/** How times of a column are written, and what cannot be told for sure. */
export interface DateGuess {
  /** As the date step takes it. */
  readonly format: string;
  /** Another that fits as well: whether the day or the month comes first. */
  readonly or?: string;
  /** The texts say where they are meant: no zone is needed. */
  readonly absolute: boolean;
  /** One of the texts that are no time of this format, if there are any. */
  readonly wrong?: string;
}

const DAYS = [
  ...['yyyy-MM-dd', 'yyyy/M/d', 'yyyy.M.d', 'yyyy. M. d.', 'yyyyMMdd', "yyyy'년' M'월' d'일'"],
  ...['d.M.yyyy', 'd.M.yy', 'd/M/yyyy', 'M/d/yyyy', 'd/M/yy', 'M/d/yy', 'd-M-yyyy', 'M-d-yyyy'],
  ...['d MMM yyyy', 'MMM d, yyyy', 'd-MMM-yyyy', 'd-MMM-yy', 'd MMMM yyyy', 'MMMM d, yyyy'],
];

const TIMES = [
  '',
  ' H:mm:ss',
  ' H:mm',
  ' h:mm:ss a',
  ' h:mm a',
  ' H:mm:ss.S',
  'THH:mm:ss',
  ', H:mm',
  ' H.mm',
  'HHmmss',
];

/** In the order of how much they say: the first that takes all texts is meant. */
const FORMATS = ['iso', 'rfc2822', ...DAYS.flatMap((day) => TIMES.map((time) => `${day}${time}`))];

const scope = scopeOf({ input: new ObjectInput(), tenant: 'main', namespace: 'infer' });

const readers = new Map<string, ReadTime>();

function readerOf(format: string): ReadTime {
  let reader = readers.get(format);
  if (reader === undefined) {
    reader = readTime(format, 'en', scope);
    readers.set(format, reader);
  }
  return reader;
}

/** Years of which feeds speak: a number that is none of these is no date. */
const [EARLIEST, LATEST] = [Date.UTC(1990, 0, 1), Date.UTC(2100, 0, 1)];

/** As many of the texts have to be times, where the column says that it holds times: files have slips of the pen. */
const MOST = 0.6;

/**
 * How these texts are written; null if they are no times, or none are there.
 * @param named the column says that it holds times: then not all of them have to be one
 */
export function dateGuess(texts: readonly string[], named: boolean): DateGuess | null {
  const trimmed = texts.map((text) => text.trim());
  const guess = strictGuess(trimmed, named);
  if (guess !== null || !named || texts.length < 2) return guess;
  const counts = FORMATS.map((format) => [format, trimmed.filter((text) => isTime(text, format))] as const);
  const [best] = counts.sort(([, a], [, b]) => b.length - a.length);
  if (best === undefined || best[1].length < trimmed.length * MOST) return null;
  const most = strictGuess(best[1], named);
  const wrong = trimmed.find((text) => !best[1].includes(text));
  return most === null || wrong === undefined ? most : { ...most, wrong };
}

function strictGuess(texts: readonly string[], named: boolean): DateGuess | null {
  if (texts.length === 0) return null;
  if (texts.every((text) => /^\d+$/.test(text) && text.length !== 8)) return named ? counted(texts) : null;
  const fitting = FORMATS.filter((format) => fits(texts, format)).slice(0, 8);
  const [format, ...others] = fitting;
  if (format === undefined) return null;
  const other = others.find((candidate) => dayAndMonth(candidate) === swapped(dayAndMonth(format)));
  const absolute = texts.every((text) => isAbsolute(text, format));
  return { format, absolute, ...(other !== undefined && { or: other }) };
}

function fits(texts: readonly string[], format: string): boolean {
  return texts.every((text) => isTime(text, format));
}

function isTime(text: string, format: string): boolean {
  const time = readerOf(format)(text);
  return time !== null && time !== 'impossible' && time.ms > EARLIEST && time.ms < LATEST;
}

function isAbsolute(text: string, format: string): boolean {
  const time = readerOf(format)(text);
  return typeof time === 'object' && time?.absolute === true;
}

function counted(texts: readonly string[]): DateGuess | null {
  for (const format of ['unix', 'unix-ms']) if (fits(texts, format)) return { format, absolute: true };
  return null;
}

function dayAndMonth(format: string): string {
  return format.replace(/[^dM]/g, '').replace(/d+/, 'd').replace(/M+/, 'M');
}

function swapped(order: string): string {
  return order === 'dM' ? 'Md' : order === 'Md' ? 'dM' : '';
}
