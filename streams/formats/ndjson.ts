import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { fault, notUtf8, tooLarge } from './fault.ts';
import { FAULT_HEAD, RECORD_LIMIT, type DecodedBatch, type DecodedRecord, type Decoder } from './format.ts';
import { parseRecord } from './json.ts';
import { LineWindow } from './line-window.ts';

/** One JSON object a line, any line ends; blank lines mean nothing. */
export class NdjsonDecoder implements Decoder {
  private readonly window = new LineWindow();
  private records: DecodedRecord[] = [];
  private begun = false;

  push(bytes: Uint8Array): DecodedBatch {
    const long = this.window.add(bytes);
    if (long !== null) this.records.push(long);
    this.scan(false);
    return this.batch();
  }

  end(): DecodedBatch {
    this.scan(true);
    const long = this.window.endOfInput();
    if (long !== null) this.records.push(long);
    return this.batch();
  }

  private batch(): DecodedBatch {
    const { records } = this;
    this.records = [];
    return { records, bytes: this.window.consumed };
  }

  private scan(final: boolean): void {
    const bytes = this.window.lines(final);
    if (bytes.length === 0) return;
    if (isUtf8(bytes)) {
      const lines = this.split(bytes.toString('utf8'));
      for (const line of lines) this.take(line, null);
    } else {
      const lines = this.split(bytes.toString('latin1'));
      for (const line of lines) this.takeBytes(Buffer.from(line, 'latin1'));
    }
    this.window.drop(bytes.length, false);
  }

  private split(text: string): string[] {
    const lines = text.split(text.includes('\r') ? /\r\n|\r|\n/ : '\n');
    // What follows the last line end is no line.
    if (lines.at(-1) === '') lines.pop();
    return lines;
  }

  private takeBytes(bytes: Buffer): void {
    if (isUtf8(bytes)) this.take(bytes.toString('utf8'), bytes);
    else {
      this.records.push(notUtf8(this.window.line++, bytes));
      this.begun = true;
    }
  }

  private take(line: string, known: Buffer | null): void {
    const text = this.begun || !line.startsWith('\uFEFF') ? line : line.slice(1);
    this.begun = true;
    if (text.trim() !== '') this.records.push(this.decode(text, known));
    this.window.line++;
  }

  private decode(text: string, known: Buffer | null): DecodedRecord {
    const { line } = this.window;
    if (text.length * 3 > RECORD_LIMIT) {
      const bytes = known ?? Buffer.from(text);
      if (bytes.length > RECORD_LIMIT) {
        return tooLarge(line, bytes.length, bytes.subarray(0, FAULT_HEAD), hash('sha256', bytes, 'hex'));
      }
    }
    const parsed = parseRecord(text);
    if ('code' in parsed) return fault(line, parsed.code, parsed.detail, Buffer.from(text));
    return { type: 'json', line, ...parsed };
  }
}
