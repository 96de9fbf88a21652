import { isUtf8 } from 'node:buffer';
import type { RowFormat } from '../../schemas/format.ts';
import { CsvScanner, type Dialect, type ScannedRecord } from './csv-scanner.ts';
import { RECORD_LIMIT, type Cut, type Decoded, type DecodedRecord, type Decoder, type FaultRecord } from './format.ts';
import { beginsWith, cutOff, fault, notUtf8, tooLargeOf, type Fault } from './fault.ts';
import { HeaderRule } from './header.ts';
import { LineWindow } from './line-window.ts';
import { placeAfter, type Place } from './place.ts';

/**
 * CSV (RFC 4180) as it comes in the field, and TSV: any line ends, line breaks within quotes, rows of the wrong width,
 * quotes that never end. Guarantee: every line of the input that is no preamble, header, comment or blank is part of
 * exactly one record or fault. Hole: a stray quote that happens to close into a row of the right width is not seen.
 */
export class CsvDecoder implements Decoder {
  private readonly window = new LineWindow();
  private readonly scanner: CsvScanner;
  private readonly rule: HeaderRule;
  private readonly skip: number;
  private readonly comment: string | null;
  private header: readonly string[] | undefined;
  private headed: boolean;
  private records: DecodedRecord[] = [];
  /** What is being scanned, and whether it was decoded from UTF-8; else each of its characters is a byte. */
  private text = '';
  private utf8 = true;
  /** The place that was asked for last: many lines in a row may be at fault for what is far behind them. */
  private asked: { readonly index: number; readonly place: Place } | null = null;

  /** @param columns names that the source's records are read by, for headers that write them in other ways */
  constructor(format: RowFormat, columns: readonly string[] = []) {
    const dialect = dialectOf(format);
    this.scanner = new CsvScanner(dialect);
    this.rule = new HeaderRule(format, columns);
    this.skip = format.skip ?? 0;
    this.comment = dialect.comment;
    this.headed = format.header === 'none';
    this.header = this.headed ? format.columns : undefined;
  }

  push(bytes: Buffer): Decoded {
    this.long(this.window.add(bytes));
    this.scan(false);
    return this.batch();
  }

  end(cut?: Cut): Decoded {
    const rest = this.scan(true, cut !== undefined);
    const long = this.window.endOfInput(cut);
    this.long(long);
    if (cut !== undefined && long === null) this.fail(cutOff(this.begin, cut, rest));
    return this.batch();
  }

  private batch(): Decoded {
    const { records, header } = this;
    this.records = [];
    return { ...(header === undefined ? {} : { header }), records };
  }

  /** A line that was too long. */
  private long(record: FaultRecord | null): void {
    if (record === null || record.line <= this.skip) return;
    if (this.comment !== null && beginsWith(record.raw, this.comment)) return;
    this.fail(record);
  }

  /** @returns what is left: a record that goes on beyond its lines */
  private scan(final: boolean, cut = false): Buffer {
    const { scanner, window } = this;
    const bytes = window.lines(final);
    if (bytes.length === 0) return bytes;
    this.utf8 = isUtf8(bytes);
    // Latin-1 maps bytes to characters one to one, and all that gives CSV its structure is ASCII.
    this.text = bytes.toString(this.utf8 ? 'utf8' : 'latin1');
    this.asked = null;
    const { text, utf8 } = this;
    scanner.begin({ text, utf8, after: window.length - bytes.length, final: final && !cut });
    this.takeAll(cut);
    const rest = text.slice(scanner.at);
    const left = utf8 ? Buffer.byteLength(rest) : rest.length;
    const unfinished = cut ? Buffer.from(bytes.subarray(bytes.length - left)) : bytes;
    window.drop(bytes.length - left, left > 0);
    return unfinished;
  }

  private takeAll(cut: boolean): void {
    const { scanner, window } = this;
    while (window.line <= this.skip && scanner.skipLine()) window.line++;
    for (let record = scanner.next(); record !== null; record = scanner.next()) {
      window.line += scanner.blank;
      if (cut && record.end === this.text.length) {
        scanner.at = record.start;
        return;
      }
      this.take(record);
      window.line += record.lines;
    }
    window.line += scanner.blank;
  }

  private take(record: ScannedRecord): void {
    const { fields, start, end } = record;
    if (!this.utf8 || fields === null || (end - start) * 3 > RECORD_LIMIT) {
      const problem = this.problemOf(record);
      if (problem !== null) {
        this.fail(problem);
        return;
      }
    }
    if (fields !== null) this.row(this.utf8 ? fields : fields.map(fromLatin1), record);
  }

  private problemOf({ start, end, problem }: ScannedRecord): FaultRecord | null {
    const bytes = this.bytesOf(start, end);
    if (bytes.length > RECORD_LIMIT) return tooLargeOf(this.begin, bytes);
    if (!isUtf8(bytes)) return notUtf8(this.begin, bytes);
    if (problem === null) return null;
    const { detail, at } = problem;
    return fault(this.begin, { code: 'MF_RECORD_QUOTE', detail, at: this.placeOf(start, at) }, bytes);
  }

  private row(fields: readonly string[], record: ScannedRecord): void {
    const { header } = this;
    if (!this.headed) this.readHeader(fields);
    else if (header !== undefined && fields.length !== header.length) this.width(header.length, record);
    else this.records.push({ type: 'row', line: this.window.line, fields });
  }

  private width(expected: number, record: ScannedRecord): void {
    const { start, end, fields } = record;
    const detail = `the row has ${fields?.length ?? 0} fields, and the header ${expected}`;
    const surplus = this.scanner.startsOf(start, end)[expected] ?? end;
    const at = this.placeOf(start, surplus);
    this.fail(fault(this.begin, { code: 'MF_RECORD_WIDTH', detail, at }, this.bytesOf(start, end)));
  }

  private readHeader(fields: readonly string[]): void {
    const names = this.rule.read(fields);
    if ('header' in names) {
      this.headed = true;
      this.header = names.header;
    } else {
      const problem: Fault = { code: 'MF_FEED_COLUMNS', detail: names.detail };
      this.fail(fault(this.begin, problem, Buffer.from(fields.join(','))));
    }
  }

  private get begin(): Place {
    return { line: this.window.line, column: 1 };
  }

  private placeOf(start: number, index: number): Place {
    if (this.asked?.index !== index) {
      this.asked = { index, place: placeAfter(this.begin, this.bytesOf(start, index)) };
    }
    return this.asked.place;
  }

  private bytesOf(start: number, end: number): Buffer {
    return Buffer.from(this.text.slice(start, end), this.utf8 ? 'utf8' : 'latin1');
  }

  private fail(record: FaultRecord): void {
    this.records.push(this.headed ? record : { ...record, header: true });
    this.headed = true;
  }
}

function dialectOf(format: RowFormat): Dialect {
  const { quote = '"', escape = quote, comment = null } = format;
  return {
    delimiter: format.type === 'tsv' ? '\t' : (format.delimiter ?? ','),
    quote: quote === 'none' ? null : quote,
    escape: escape === quote ? null : escape,
    comment,
  };
}

function fromLatin1(field: string): string {
  return Buffer.from(field, 'latin1').toString('utf8');
}
