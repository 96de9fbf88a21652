/** One record of a text, or the line that should have begun one. Offsets count characters of the text. */
export interface ScannedRecord {
  /** null for a problem. */
  readonly fields: string[] | null;
  readonly start: number;
  /** Without the line end. */
  readonly end: number;
  /** Physical lines that it takes, blank ones before it not included. */
  readonly lines: number;
  readonly problem: string | null;
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

const OPEN = -1;
const OUT_OF_PLACE = -2;

const PROBLEMS = {
  [OPEN]: 'a quote opens here and is closed neither within the record limit nor before the end of the input',
  [OUT_OF_PLACE]: 'a field that begins with a quote goes on after its closing quote',
} as const;

/**
 * Finds the records in a text. A quote that leads to no record is charged to the line on which its record begins, and
 * reading goes on at the line after it.
 *
 * Bound: a scan that failed was within quotes at every line end that it crossed, so whatever other scan is within
 * quotes at one of them comes to the same (`known`). No stretch of text is therefore read by more than one failing
 * scan over several lines, one failing scan of its own line, and one that succeeds.
 */
export class CsvScanner {
  /** Where the next record begins; after `next` gave null, where the unfinished one does. */
  at = 0;
  /** Blank lines that were passed over on the way to the latest record. */
  blank = 0;
  private text = '';
  private lf = new Finder('', '\n');
  private cr = new Finder('', '\r');
  private quotes = new Finder('', '"');
  private known = { until: 0, outcome: OPEN };
  /** Content of the quoted field read last. */
  private content = '';
  private readonly delimiter: string;
  private readonly delimiterCode: number;

  constructor(delimiter: string) {
    this.delimiter = delimiter;
    this.delimiterCode = delimiter.charCodeAt(0);
  }

  begin(text: string): void {
    this.text = text;
    this.at = 0;
    this.lf = new Finder(text, '\n');
    this.cr = new Finder(text, '\r');
    this.quotes = new Finder(text, '"');
    this.known = { until: 0, outcome: OPEN };
  }

  /**
   * The next record, or null where the text ends or its last record is not finished.
   * @param openLimit length in characters beyond which an unfinished record is given up
   */
  next(openLimit: number): ScannedRecord | null {
    this.skipBlankLines();
    const start = this.at;
    if (start >= this.text.length) return null;
    const lineEnd = this.lineEnd(start);
    if (this.quotes.find(start) < lineEnd) return this.quoted(start, lineEnd, openLimit);
    this.at = this.afterBreak(lineEnd);
    const fields = this.text.slice(start, lineEnd).split(this.delimiter);
    return { fields, start, end: lineEnd, lines: 1, problem: null };
  }

  private quoted(start: number, lineEnd: number, openLimit: number): ScannedRecord | null {
    const fields: string[] = [];
    const end = this.readFields(start, fields);
    if (end >= 0) {
      this.at = this.afterBreak(end);
      return { fields, start, end, lines: this.linesIn(start, end), problem: null };
    }
    if (end === OPEN && this.text.length - start <= openLimit) return null;
    this.at = this.afterBreak(lineEnd);
    return { fields: null, start, end: lineEnd, lines: 1, problem: PROBLEMS[end === OPEN ? OPEN : OUT_OF_PLACE] };
  }

  /** Where the record ends, or why it does not. */
  private readFields(start: number, fields: string[]): number {
    const { text, delimiterCode } = this;
    for (let i = start; ; i++) {
      if (text.charCodeAt(i) === QUOTE) {
        const close = this.closingQuote(i + 1);
        if (close < 0) return close;
        fields.push(this.content);
        i = close + 1;
      } else {
        const end = this.fieldEnd(i);
        fields.push(text.slice(i, end));
        i = end;
      }
      if (i >= text.length) return i;
      const code = text.charCodeAt(i);
      if (code === LF || code === CR) return i;
      if (code !== delimiterCode) return this.fails(i, OUT_OF_PLACE);
    }
  }

  private fieldEnd(from: number): number {
    const { text, delimiterCode } = this;
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === delimiterCode || code === LF || code === CR) return i;
    }
    return text.length;
  }

  private closingQuote(from: number): number {
    const { text } = this;
    let value = '';
    let part = from;
    for (let i = from; ; i = part) {
      const quote = this.quotes.find(i);
      if (i < this.known.until && this.lineEnd(i) < Math.min(quote, this.known.until)) return this.known.outcome;
      if (quote >= text.length) return this.fails(text.length, OPEN);
      if (text.charCodeAt(quote + 1) !== QUOTE) {
        this.content = value + text.slice(part, quote);
        return quote;
      }
      value += text.slice(part, quote + 1);
      part = quote + 2;
    }
  }

  private fails(until: number, outcome: typeof OPEN | typeof OUT_OF_PLACE): number {
    this.known = { until, outcome };
    return outcome;
  }

  private lineEnd(from: number): number {
    return Math.min(this.lf.find(from), this.cr.find(from));
  }

  private afterBreak(end: number): number {
    const crlf = this.text.charCodeAt(end) === CR && this.text.charCodeAt(end + 1) === LF;
    return Math.min(this.text.length, end + (crlf ? 2 : 1));
  }

  private skipBlankLines(): void {
    this.blank = 0;
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at);
      if (code !== LF && code !== CR) return;
      this.at = this.afterBreak(this.at);
      this.blank++;
    }
  }

  private linesIn(start: number, end: number): number {
    let lines = 1;
    for (let at = this.lineEnd(start); at < end; at = this.lineEnd(this.afterBreak(at))) lines++;
    return lines;
  }
}

/** The next place of a character, found once for all positions that it is the next of. */
class Finder {
  private from = 0;
  private found = -1;
  private readonly text: string;
  private readonly character: string;

  constructor(text: string, character: string) {
    this.text = text;
    this.character = character;
  }

  /** Length of the text if there is none. */
  find(from: number): number {
    if (from < this.from || from > this.found) {
      this.from = from;
      const found = this.text.indexOf(this.character, from);
      this.found = found < 0 ? this.text.length : found;
    }
    return this.found;
  }
}
