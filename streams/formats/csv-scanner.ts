import { Finder, Tail } from './finder.ts';
import { RECORD_LIMIT } from './format.ts';

/** One record of a text, or the line that should have begun one. Offsets count characters of the text. */
export interface ScannedRecord {
  /** null for a problem. */
  readonly fields: string[] | null;
  readonly start: number;
  /** Without the line end. */
  readonly end: number;
  /** Physical lines that it takes, blank ones before it not included. */
  readonly lines: number;
  readonly problem: { readonly detail: string; readonly at: number } | null;
}

/** The characters that give rows their structure, each of them ASCII; null for what there is none of. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string | null;
  /** null: a quote within quotes is written twice. */
  readonly escape: string | null;
  /** What lines begin with that are no records. */
  readonly comment: string | null;
}

/** A part of the input: whole lines, unless it is the last one. */
export interface Stretch {
  readonly text: string;
  /** The text was decoded from UTF-8; else each of its characters is a byte. */
  readonly utf8: boolean;
  /** Bytes that are there but not in the text: the beginning of the next line. */
  readonly after: number;
  /** Nothing follows. */
  readonly final: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const LONGEST_BREAK = 2;

/** In place of where a record ends. */
const OPEN = -1;
const OUT_OF_PLACE = -2;

const PROBLEMS = {
  quote: 'a quote opens here and is closed neither within the record limit nor before the end of the input',
  place: 'a field that begins with a quote goes on after its closing quote',
  escape: 'a line break is escaped in the field that begins here, and the record does not end within its limit',
} as const;

/** What letters after an escape stand for; any other character stands for itself. */
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0' };

/** What a scan came to: where its record ends, or why nowhere, and where it found that out. */
interface Outcome {
  readonly end: number;
  readonly at: number;
}

/**
 * Finds the records in a text. What begins with a quote that leads to no record within RECORD_LIMIT bytes is charged
 * to the line on which it begins, and reading goes on at the line after it.
 *
 * Bound: all scans that cross a line end in the same way, within quotes or after an escape, come to the same. What one
 * that gave up came to is therefore kept for each line end that it crossed (`known`), and each stretch of text is read
 * by few failing scans, however many begin in it.
 */
export class CsvScanner {
  /** Where the next record begins; after `next` gave null, where the unfinished one does. */
  at = 0;
  /** Blank lines and comments that were passed over on the way to the latest record. */
  blank = 0;
  private text = '';
  private stretch: Stretch = { text: '', utf8: true, after: 0, final: true };
  private lf = new Finder('', '\n');
  private cr = new Finder('', '\r');
  private quotes = new Finder('', null);
  private escapes = new Finder('', null);
  private tails: { starts: Tail; ends: Tail } | null = null;
  /** What scans that gave up came to. */
  private outcomes: Outcome[] = [];
  /** By the crossings of line ends: one more than the place of the outcome in `outcomes`; 0 for none. */
  private known: Int32Array | null = null;
  private readonly dialect: Dialect;
  private readonly delimiterCode: number;
  private readonly quoteCode: number;
  private readonly escapeCode: number;
  // Of the scan that is under way: its start, the content of its latest field, its crossings of line ends (twice the
  // index, and one more after an escape), and what is known of how it goes on.
  private start = 0;
  private content = '';
  private crossings: number[] = [];
  private goesOn: Outcome | null = null;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
    this.delimiterCode = dialect.delimiter.charCodeAt(0);
    this.quoteCode = dialect.quote?.charCodeAt(0) ?? -1;
    this.escapeCode = dialect.escape?.charCodeAt(0) ?? -1;
  }

  begin(stretch: Stretch): void {
    const { text } = stretch;
    this.stretch = stretch;
    this.text = text;
    this.at = 0;
    this.lf = new Finder(text, '\n');
    this.cr = new Finder(text, '\r');
    this.quotes = new Finder(text, this.dialect.quote);
    this.escapes = new Finder(text, this.dialect.escape);
    this.tails = null;
    this.known = null;
    this.outcomes = [];
  }

  /** Passes over one line, whatever it holds. False if none is left. */
  skipLine(): boolean {
    if (this.at >= this.text.length) return false;
    this.at = this.afterBreak(this.lineEnd(this.at));
    return true;
  }

  /** The next record, or null where the text ends or its last record is not finished. */
  next(): ScannedRecord | null {
    this.skipBlankLines();
    const start = this.at;
    if (start >= this.text.length) return null;
    const lineEnd = this.lineEnd(start);
    const special = this.quotes.find(start) < lineEnd || this.escapes.find(start) < lineEnd;
    if (special) return this.special(start, lineEnd);
    this.at = this.afterBreak(lineEnd);
    const fields = this.text.slice(start, lineEnd).split(this.dialect.delimiter);
    return { fields, start, end: lineEnd, lines: 1, problem: null };
  }

  /** A line with quotes or escapes. */
  private special(start: number, lineEnd: number): ScannedRecord | null {
    this.start = start;
    this.crossings = [];
    const fields: string[] = [];
    const outcome = this.scan(start, fields);
    const { end, at } = outcome;
    // A single line that is too long is for whoever takes it.
    if (end === lineEnd || (end >= 0 && this.fits(start, end))) {
      this.at = this.afterBreak(end);
      return { fields, start, end, lines: this.linesIn(start, end), problem: null };
    }
    if (end === OPEN && !this.stretch.final && this.mayFit(start)) return null;
    this.keep(outcome);
    this.at = this.afterBreak(lineEnd);
    return { fields: null, start, end: lineEnd, lines: 1, problem: this.problem(end, at, lineEnd) };
  }

  private keep(outcome: Outcome): void {
    const known = (this.known ??= new Int32Array(2 * this.text.length + 2));
    if (this.outcomes.at(-1) !== outcome) this.outcomes.push(outcome);
    for (const crossing of this.crossings) known[crossing] = this.outcomes.length;
  }

  /** The field that leads beyond the first line is what is wrong, unless something is out of place. */
  private problem(end: number, at: number, lineEnd: number): { detail: string; at: number } {
    if (end === OUT_OF_PLACE && this.fits(this.start, this.lineEnd(at))) return { detail: PROBLEMS.place, at };
    const first = this.startsOf(this.start, lineEnd).at(-1) ?? this.start;
    const isQuoted = this.text.charCodeAt(first) === this.quoteCode;
    return { detail: isQuoted ? PROBLEMS.quote : PROBLEMS.escape, at: first };
  }

  private scan(start: number, fields: string[]): Outcome {
    const { text, delimiterCode } = this;
    this.goesOn = null;
    for (let i = start; ; i++) {
      i = this.field(i);
      if (i < 0) return this.open();
      fields.push(this.content);
      if (i >= text.length) return { end: text.length, at: text.length };
      const code = text.charCodeAt(i);
      if (code === LF || code === CR) return { end: i, at: i };
      if (code !== delimiterCode) return { end: OUT_OF_PLACE, at: i };
    }
  }

  private open(): Outcome {
    return this.goesOn ?? { end: OPEN, at: this.text.length };
  }

  /** Where the field ends that begins at `i`, or why it does not. */
  private field(i: number): number {
    if (this.text.charCodeAt(i) !== this.quoteCode) return this.fieldEnd(i);
    const close = this.closingQuote(i + 1);
    return close < 0 ? close : close + 1;
  }

  /** Where the fields begin of what is read from `start`, up to the first that does not end before `end`. */
  startsOf(start: number, end: number): number[] {
    const starts = [start];
    for (let i = this.field(start); i >= 0 && i < end; i = this.field(i + 1)) starts.push(i + 1);
    return starts;
  }

  private fieldEnd(from: number): number {
    const { text, delimiterCode, escapeCode } = this;
    let value = '';
    let part = from;
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === delimiterCode || code === LF || code === CR) return this.ends(value, part, i, from);
      if (code !== escapeCode) continue;
      if (this.crosses(i + 1, i + 2, 1)) return OPEN;
      value += text.slice(part, i) + this.escapedAt(i + 1);
      i = this.afterEscaped(i + 1) - 1;
      part = i + 1;
    }
    // An escaped line end is the last that has come.
    if (part >= text.length && part > from && !this.stretch.final) return OPEN;
    return this.ends(value, part, text.length, from);
  }

  private ends(value: string, part: number, end: number, from: number): number {
    this.content = part === from ? this.text.slice(from, end) : value + this.text.slice(part, end);
    // Dumps of databases write a value that is not there as \N.
    const isNull = value === 'N' && part === from + 2 && part === end;
    if (isNull) this.content = '';
    return end;
  }

  private closingQuote(from: number): number {
    const { text } = this;
    let value = '';
    let part = from;
    for (;;) {
      const quote = this.quotes.find(part);
      const escape = this.escapes.find(part);
      // An escaped line end is crossed within quotes like any other.
      if (this.crosses(part, escape < quote ? escape + 2 : quote, 0)) return OPEN;
      if (escape < quote) {
        value += text.slice(part, escape) + this.escapedAt(escape + 1);
        part = this.afterEscaped(escape + 1);
      } else if (quote >= text.length) return OPEN;
      else if (this.escapeCode >= 0 || text.charCodeAt(quote + 1) !== this.quoteCode) {
        this.content = value + text.slice(part, quote);
        return quote;
      } else {
        value += text.slice(part, quote + 1);
        part = quote + 2;
      }
    }
  }

  /** Crosses the line ends of a stretch. True if it is known what comes of that, and of no use. */
  private crosses(from: number, end: number, escaped: 0 | 1): boolean {
    for (let at = this.lineEnd(from); at < Math.min(end, this.text.length); at = this.lineEnd(at + 1)) {
      const crossing = 2 * at + escaped;
      this.crossings.push(crossing);
      const outcome = this.outcomes[(this.known?.[crossing] ?? 0) - 1];
      if (outcome === undefined || (outcome.end >= 0 && this.fits(this.start, outcome.end))) continue;
      this.goesOn = outcome;
      return true;
    }
    return false;
  }

  /** What an escape and the character at `i` stand for. */
  private escapedAt(i: number): string {
    if (i >= this.text.length) return this.dialect.escape ?? '';
    const text = this.text.slice(i, this.afterEscaped(i));
    return ESCAPED[text] ?? text;
  }

  private afterEscaped(i: number): number {
    return this.lineEnd(i) === i ? this.afterBreak(i) : i + 1;
  }

  private fits(start: number, end: number): boolean {
    if ((end - start) * 3 <= RECORD_LIMIT) return true;
    return this.bytesBetween(start, end) <= RECORD_LIMIT;
  }

  /** More of a record that has not ended may come, and it be within the limit. */
  private mayFit(start: number): boolean {
    const { length } = this.text;
    const left = RECORD_LIMIT + LONGEST_BREAK - this.stretch.after;
    if (length - start > left) return false;
    return (length - start) * 3 <= left || this.bytesFrom(start) <= left;
  }

  private bytesBetween(start: number, end: number): number {
    return this.bytesFrom(start) - this.bytesFrom(end, 'ends');
  }

  /** Up to the end of the text. Starts and ends of records are counted apart, each in ascending order. */
  private bytesFrom(place: number, of: 'starts' | 'ends' = 'starts'): number {
    if (!this.stretch.utf8) return this.text.length - place;
    this.tails ??= { starts: new Tail(this.text), ends: new Tail(this.text) };
    return this.tails[of].at(place);
  }

  private lineEnd(from: number): number {
    return Math.min(this.lf.find(from), this.cr.find(from));
  }

  private afterBreak(end: number): number {
    const crlf = this.text.charCodeAt(end) === CR && this.text.charCodeAt(end + 1) === LF;
    return Math.min(this.text.length, end + (crlf ? 2 : 1));
  }

  private skipBlankLines(): void {
    const { comment } = this.dialect;
    this.blank = 0;
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at);
      const blank = code === LF || code === CR || (comment !== null && this.text.startsWith(comment, this.at));
      if (!blank) return;
      this.skipLine();
      this.blank++;
    }
  }

  private linesIn(start: number, end: number): number {
    let lines = 1;
    for (let at = this.lineEnd(start); at < end; at = this.lineEnd(this.afterBreak(at))) lines++;
    return lines;
  }
}
