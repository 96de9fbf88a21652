import { currencyOf, isCurrency } from '../mapping/currency.ts';
import { isPlain } from '../mapping/decimal.ts';
import { numeralOf } from '../mapping/numeral.ts';
import { ValueFault } from '../mapping/scope.ts';
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
      numbers: numberGuess(texts),
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

/** Some of all, from the beginning to the end: the first ones may be alike. */
function spread(texts: readonly string[], most: number): string[] {
  const step = Math.max(1, texts.length / most);
  return Array.from({ length: Math.min(most, texts.length) }, (_, i) => texts[Math.floor(i * step)] ?? '');
}

const LOCALES = ['en', 'de', 'fr', 'de-CH', 'en-IN'];

function numberGuess(texts: readonly string[]): NumberGuess | null {
  if (texts.length === 0) return null;
  if (texts.every((text) => isPlain(text.trim())))
    return guessOf(
      texts.map((text) => text.trim()),
      undefined,
      [],
      false,
    );
  for (const locale of [undefined, ...LOCALES]) {
    const read = numeralOf(locale);
    const found = texts.map((text) => numeralIn(read, text));
    if (!found.every((numeral) => numeral !== null && isMoneyName(numeral.beside))) continue;
    const numerals = found.filter((numeral) => numeral !== null);
    const beside = [...new Set(numerals.map((numeral) => numeral.beside))].filter((name) => name !== '');
    // One group of three and no decimals: 1,234 is either.
    const doubtful =
      locale !== undefined &&
      texts.every((text) => !/[.,'’\s]\d+[.,'’\s]/.test(text.trim()) && /^\D*\d{1,3}(?:[.,]\d{3})?\D*$/.test(text));
    return guessOf(
      numerals.map(({ decimal }) => decimal),
      locale,
      beside,
      doubtful,
    );
  }
  return null;
}

/** Nothing, or what names a currency: an `A` before digits makes a code of them, and no amount. */
function isMoneyName(beside: string): boolean {
  return (
    beside === '' || /\p{Sc}/u.test(beside) || currencyOf(beside) !== undefined || /^(kr|fr|rs|tl)\.?$/i.test(beside)
  );
}

function numeralIn(read: ReturnType<typeof numeralOf>, text: string) {
  try {
    return read(text, 'number');
  } catch (error) {
    if (error instanceof ValueFault) return null;
    throw error;
  }
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
