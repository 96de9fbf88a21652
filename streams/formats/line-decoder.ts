import { isUtf8 } from 'node:buffer';
import { beginsWith, cutOff, notUtf8, tooLargeOf } from './fault.ts';
import { RECORD_LIMIT, type Cut, type Decoded, type DecodedRecord, type Decoder, type FaultRecord } from './format.ts';
import { LineWindow } from './line-window.ts';

export interface LineRules {
  readonly header?: readonly string[];
  /** Lines at the beginning that are no records. */
  readonly skip?: number;
  /** What lines begin with that are no records. */
  readonly comment?: string;
}

/** What a line says; it is well-formed, not blank, and within the limit. */
export type ReadLine = (text: string, line: number) => DecodedRecord;

/** One record a line, any line ends; blank lines mean nothing. */
export class LineDecoder implements Decoder {
  private readonly window = new LineWindow();
  private readonly read: ReadLine;
  private readonly header: readonly string[] | undefined;
  private readonly skip: number;
  private readonly comment: string | undefined;
  private records: DecodedRecord[] = [];

  constructor(read: ReadLine, { header, skip = 0, comment }: LineRules = {}) {
    this.read = read;
    this.header = header;
    this.skip = skip;
    this.comment = comment;
  }

  push(bytes: Buffer): Decoded {
    this.long(this.window.add(bytes));
    const lines = this.window.lines(false);
    this.take(lines);
    this.window.drop(lines.length, false);
    return this.batch();
  }

  end(cut?: Cut): Decoded {
    const bytes = this.window.lines(true);
    const whole = cut === undefined ? bytes.length : afterLastBreak(bytes);
    this.take(bytes.subarray(0, whole));
    const long = this.window.endOfInput(cut);
    this.long(long);
    if (cut !== undefined && long === null) this.records.push(cutOff(this.begin, cut, bytes.subarray(whole)));
    return this.batch();
  }

  private batch(): Decoded {
    const { records, header } = this;
    this.records = [];
    return { ...(header === undefined ? {} : { header }), records };
  }

  private long(record: FaultRecord | null): void {
    if (record === null || record.line <= this.skip) return;
    if (this.comment === undefined || !beginsWith(record.raw, this.comment)) this.records.push(record);
  }

  private take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (isUtf8(bytes)) for (const line of split(bytes.toString('utf8'))) this.takeLine(line, null);
    else for (const line of split(bytes.toString('latin1'))) this.takeBytes(Buffer.from(line, 'latin1'));
  }

  private takeBytes(bytes: Buffer): void {
    if (isUtf8(bytes)) this.takeLine(bytes.toString('utf8'), bytes);
    else {
      const record = bytes.length > RECORD_LIMIT ? tooLargeOf(this.begin, bytes) : notUtf8(this.begin, bytes);
      if (!this.isPassedOver(bytes.toString('latin1'))) this.records.push(record);
      this.window.line++;
    }
  }

  private takeLine(text: string, known: Buffer | null): void {
    if (!this.isPassedOver(text)) this.decode(text, known);
    this.window.line++;
  }

  private isPassedOver(text: string): boolean {
    return this.window.line <= this.skip || (this.comment !== undefined && text.startsWith(this.comment));
  }

  private decode(text: string, known: Buffer | null): void {
    if (text.length * 3 > RECORD_LIMIT) {
      const bytes = known ?? Buffer.from(text);
      if (bytes.length > RECORD_LIMIT) {
        this.records.push(tooLargeOf(this.begin, bytes));
        return;
      }
    }
    if (text.trim() !== '') this.records.push(this.read(text, this.window.line));
  }

  private get begin() {
    return { line: this.window.line, column: 1 };
  }
}

function split(text: string): string[] {
  const lines = text.split(text.includes('\r') ? /\r\n|\r|\n/ : '\n');
  // What follows the last line end is no line.
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function afterLastBreak(bytes: Buffer): number {
  return Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d)) + 1;
}
