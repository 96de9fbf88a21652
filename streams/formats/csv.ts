import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { CsvScanner, type ScannedRecord } from './csv-scanner.ts';
import {
  FAULT_HEAD,
  RECORD_LIMIT,
  type DecodedBatch,
  type DecodedRecord,
  type Decoder,
  type FaultRecord,
} from './format.ts';
import { fault, notUtf8, tooLarge } from './fault.ts';
import { LineWindow } from './line-window.ts';

export interface CsvOptions {
  /** One ASCII character; a comma by default. */
  readonly delimiter?: string;
}

const BOM = '\uFEFF';

/**
 * CSV (RFC 4180) as it comes in the field: any line ends, line breaks within quotes, a BOM, rows of the wrong width,
 * quotes that never end. The first row is the header. Guarantee: every line of the input is part of exactly one record
 * or fault. Hole: a stray quote that happens to close into a row of the right width is not seen.
 */
export class CsvDecoder implements Decoder {
  private readonly window = new LineWindow();
  private readonly scanner: CsvScanner;
  private header: readonly string[] | undefined;
  private headed = false;
  private records: DecodedRecord[] = [];

  constructor(options: CsvOptions = {}) {
    this.scanner = new CsvScanner(options.delimiter ?? ',');
  }

  push(bytes: Uint8Array): DecodedBatch {
    this.long(this.window.add(bytes));
    this.scan(false);
    return this.batch();
  }

  end(): DecodedBatch {
    this.scan(true);
    this.long(this.window.endOfInput());
    return this.batch();
  }

  private batch(): DecodedBatch {
    const { records, header } = this;
    this.records = [];
    return { ...(header === undefined ? {} : { header }), records, bytes: this.window.consumed };
  }

  private long(record: FaultRecord | null): void {
    if (record !== null) this.fail(record);
  }

  private scan(final: boolean): void {
    const bytes = this.window.lines(final);
    if (bytes.length === 0) return;
    const utf8 = isUtf8(bytes);
    // Latin-1 maps bytes to characters one to one, and all that gives CSV its structure is ASCII.
    const text = utf8 ? bytes.toString('utf8') : bytes.toString('latin1');
    const openLimit = final ? -1 : RECORD_LIMIT - (this.window.length - bytes.length);
    const { scanner, window } = this;
    scanner.begin(text);
    for (let record = scanner.next(openLimit); record !== null; record = scanner.next(openLimit)) {
      window.line += scanner.blank;
      this.take(record, text, utf8);
      window.line += record.lines;
    }
    window.line += scanner.blank;
    const rest = text.slice(scanner.at);
    const left = utf8 ? Buffer.byteLength(rest) : rest.length;
    window.drop(bytes.length - left, rest !== '');
  }

  private take(record: ScannedRecord, text: string, utf8: boolean): void {
    const { fields, start, end } = record;
    if (!utf8 || fields === null || (end - start) * 3 > RECORD_LIMIT) {
      const problem = this.problemOf(record, Buffer.from(text.slice(start, end), utf8 ? 'utf8' : 'latin1'));
      if (problem !== null) {
        this.fail(problem);
        return;
      }
    }
    if (fields !== null) this.row(utf8 ? fields : fields.map(fromLatin1), record, text, utf8);
  }

  private problemOf(record: ScannedRecord, bytes: Buffer): FaultRecord | null {
    const { line } = this.window;
    if (bytes.length > RECORD_LIMIT) {
      return tooLarge(line, bytes.length, bytes.subarray(0, FAULT_HEAD), hash('sha256', bytes, 'hex'));
    }
    if (!isUtf8(bytes)) return notUtf8(line, bytes);
    return record.problem === null ? null : fault(line, 'MF_RECORD_QUOTE', record.problem, bytes);
  }

  private row(fields: readonly string[], record: ScannedRecord, text: string, utf8: boolean): void {
    const { header } = this;
    if (!this.headed) this.readHeader(fields);
    else if (header !== undefined && fields.length !== header.length) {
      const detail = `the row has ${fields.length} fields, and the header ${header.length}`;
      const bytes = Buffer.from(text.slice(record.start, record.end), utf8 ? 'utf8' : 'latin1');
      this.fail(fault(this.window.line, 'MF_RECORD_WIDTH', detail, bytes));
    } else this.records.push({ type: 'row', line: this.window.line, fields });
  }

  private readHeader(fields: readonly string[]): void {
    const names = fields.map((field, i) => (i === 0 && field.startsWith(BOM) ? field.slice(1) : field).trim());
    const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
    if (twice === undefined) {
      this.headed = true;
      this.header = names;
      return;
    }
    const detail = `the header names the column ${JSON.stringify(twice)} twice`;
    this.fail(fault(this.window.line, 'MF_FEED_COLUMNS', detail, Buffer.from(fields.join(','))));
  }

  private fail(record: FaultRecord): void {
    this.records.push(this.headed ? record : { ...record, header: true });
    this.headed = true;
  }
}

function fromLatin1(field: string): string {
  return Buffer.from(field, 'latin1').toString('utf8');
}
