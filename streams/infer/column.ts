import { currencyOf, isCurrency } from '../mapping/currency.ts';
import { isPlain } from '../mapping/decimal.ts';
import { NumeralReader } from '../mapping/numeral.ts';
import { dateGuess, type DateGuess } from './dates.ts';
import { conceptsOf, type Concept } from './words.ts';

/** How numbers of a column are written. */
export interface NumberGuess {
  /** Undefined for plain digits with a point. */
  readonly locale: string | undefined;
  /** All are whole. */
  readonly whole: boolean;
  /** The most decimals. */
  readonly decimals: number;
  /** Signs and codes that stand beside them. */
  readonly beside: readonly string[];
  /** Groups of three digits may be decimals of another language. */
  readonly doubtful: boolean;
  /** One of the values that are no numbers, if there are any. */
  readonly wrong?: string;
}

/** What a sample says of a column, or of a property. */
export interface Column {
  /** Its name, or its path within the record. */
  readonly path: string;
  readonly concepts: readonly Concept[];
  /** How many of the records have it. */
  readonly filled: number;
  /** Of how many records. */
  readonly of: number;
  /** Values that differ, as far as they were counted. */
  readonly distinct: number;
  /** No two records have the same. */
  readonly unique: boolean;
  /** A few values that differ, the most frequent first. */
  readonly examples: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly numbers: NumberGuess | null;
  readonly date: DateGuess | null;
  /** White space stands around some of the values, or runs of it within. */
  readonly spaced: 'around' | 'within' | null;
  readonly type: 'text' | 'number' | 'boolean' | 'mixed';
  readonly looks: Looks | null;
}

/** What values look like, all of them. */
export type Looks = 'email' | 'currency' | 'hex' | 'url' | 'zeroDecimals';

/** Different values that are kept of a column: more tell nothing more. */
const DISTINCT_LIMIT = 50_000;

/** Different values that types are tried on. */
const TRIED = 400;

/** Gathers what the records of a sample say in one place. */
export class ColumnSample {
  readonly path: string;
  private readonly counts = new Map<string, number>();
  private readonly types = new Set<string>();
  private filled = 0;
  private overflow = false;
  private around = false;
  private within = false;

  constructor(path: string) {
    this.path = path;
  }

  add(value: unknown): void {
    if (value === null || value === undefined || value === '') return;
    this.filled++;
    this.types.add(typeof value);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.trim() !== text) this.around = true;
    if (/\s\s|[^\S ]/.test(text.trim())) this.within = true;
    const known = this.counts.get(text);
    if (known !== undefined) this.counts.set(text, known + 1);
    else if (this.counts.size < DISTINCT_LIMIT && text.length < 1000) this.counts.set(text, 1);
    else this.overflow = true;
  }

  column(of: number): Column {
    const { path, counts, filled } = this;
    const concepts = conceptsOf(path);
    const frequent = [...counts].sort(([, a], [, b]) => b - a);
    const texts = spread([...counts.keys()], TRIED).filter((text) => text.trim() !== '');
    const [type = 'text', ...others] = [...this.types].map((name) => (name === 'string' ? 'text' : name));
    return {
      path,
      concepts,
      filled,
      of,
      distinct: counts.size,
      unique: filled > 0 && filled === of && counts.size === filled && !this.overflow,
      examples: frequent.slice(0, 5).map(([text]) => text),
      counts,
      numbers: numberGuess(
        texts,
        concepts.some((concept) => NUMBERS.has(concept)),
      ),
      date: dateGuess(
        texts,
        concepts.some((concept) => TIMES.has(concept)),
      ),
      spaced: this.within ? 'within' : this.around ? 'around' : null,
      type: others.length > 0 ? 'mixed' : (type as Column['type']),
      looks: looksOf(texts),
    };
  }
}

const TIMES: ReadonlySet<Concept> = new Set<Concept>([
  ...([
    'time',
    'placed',
    'approved',
    'paid',
    'shipped',
    'delivered',
    'estimated',
    'updated',
    'answered',
    'limit',
  ] as const),
]);

const NUMBERS: ReadonlySet<Concept> = new Set<Concept>([
  ...(['quantity', 'price', 'amount', 'cost', 'weight', 'installments', 'sequence', 'score'] as const),
]);

/** Some of all, from the beginning to the end: the first ones may be alike. */
function spread(texts: readonly string[], most: number): string[] {
  const step = Math.max(1, texts.length / most);
  return Array.from({ length: Math.min(most, texts.length) }, (_, i) => texts[Math.floor(i * step)] ?? '');
}

const LOCALES = [undefined, 'en', 'de', 'fr', 'de-CH', 'en-IN'];

const READERS = LOCALES.map((locale) => [locale, new NumeralReader(locale)] as const);

/** As many of the values have to be numbers, where the column says that it holds numbers. */
const MOST = 0.6;

/** @param named the column says that it holds numbers: then not all of them have to be one */
function numberGuess(texts: readonly string[], named: boolean): NumberGuess | null {
  if (texts.length === 0) return null;
  const trimmed = texts.map((text) => text.trim());
  if (trimmed.every(isPlain)) return guessOf(trimmed, undefined, [], false);
  const guesses = READERS.map(
    ([locale, reader]) => [locale, trimmed.filter((text) => isNumeral(text, reader))] as const,
  );
  const best = guesses.reduce((a, b) => (b[1].length > a[1].length ? b : a));
  const [locale, fitting] = best;
  if (fitting.length < trimmed.length * (named && texts.length > 1 ? MOST : 1)) return null;
  const numerals = fitting.flatMap((text) => READERS.find(([name]) => name === locale)?.[1].match(text) ?? []);
  const beside = [...new Set(numerals.map((numeral) => numeral.beside))].filter((name) => name !== '');
  // One group of three and no decimals: 1,234 is either.
  const doubtful = locale !== undefined && fitting.every((text) => /^\D*\d{1,3}(?:[.,]\d{3})?\D*$/.test(text));
  const plain = numerals.map(({ decimal }) => decimal);
  const wrong = trimmed.find((text) => !fitting.includes(text));
  return { ...guessOf(plain, locale, beside, doubtful), ...(wrong !== undefined && { wrong }) };
}

function isNumeral(text: string, reader: NumeralReader): boolean {
  const numeral = reader.match(text);
  return numeral !== null && isMoneyName(numeral.beside);
}

/** Nothing, or what names a currency: an `A` before digits makes a code of them, and no amount. */
function isMoneyName(beside: string): boolean {
  return (
    beside === '' || /\p{Sc}/u.test(beside) || currencyOf(beside) !== undefined || /^(kr|fr|rs|tl)\.?$/i.test(beside)
  );
}

function guessOf(
  plain: readonly string[],
  locale: string | undefined,
  beside: readonly string[],
  doubtful: boolean,
): NumberGuess {
  const decimals = plain.map((text) => (text.split('.')[1] ?? '').replace(/0+$/, '').length);
  const most = Math.max(0, ...decimals);
  return { locale, whole: most === 0, decimals: most, beside, doubtful };
}

function looksOf(texts: readonly string[]): Looks | null {
  const all = (pattern: RegExp): boolean => texts.length > 0 && texts.every((text) => pattern.test(text.trim()));
  if (all(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)) return 'email';
  if (texts.length > 0 && texts.every((text) => isCurrency(text.trim().toUpperCase()))) return 'currency';
  if (all(/^https?:\/\//)) return 'url';
  if (all(/^[0-9a-f]{16,}$/i)) return 'hex';
  return all(/^\d+\.0$/) ? 'zeroDecimals' : null;
}
