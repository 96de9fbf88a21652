import type { Encoding } from '../../schemas/format.ts';
import { codePageOf, type CodePage } from './code-page.ts';

/**
 * Turns bytes of one encoding, cut anywhere, into UTF-8. A byte that is not of the encoding becomes the lone surrogate
 * U+DC00 and its value, as Python's surrogateescape has it: no UTF-8, so that its record is at fault, and nothing lost.
 */
export interface Transcoder {
  push(bytes: Buffer): Buffer;
  /** What is left of a character that the input ended in. */
  end(): Buffer;
}

/** @returns null for UTF-8, which stays as it is */
export function transcoderOf(encoding: Encoding): Transcoder | null {
  if (encoding === 'utf-8') return null;
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return new Utf16Transcoder(encoding === 'utf-16be');
  return new PageTranscoder(codePageOf(encoding));
}

/** Bytes of UTF-8 that a character of the basic plane takes at most. */
const WIDEST = 3;

const UNDECODABLE = 0xdc00;

class Utf8Writer {
  readonly bytes: Buffer;
  private at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  get written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  /** Lone surrogates are written like any other character. */
  write(code: number): void {
    const { bytes } = this;
    if (code < 0x80) bytes[this.at++] = code;
    else if (code < 0x800) {
      bytes[this.at++] = 0xc0 | (code >> 6);
      bytes[this.at++] = 0x80 | (code & 0x3f);
    } else {
      if (code < 0x10000) bytes[this.at++] = 0xe0 | (code >> 12);
      else {
        bytes[this.at++] = 0xf0 | (code >> 18);
        bytes[this.at++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[this.at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[this.at++] = 0x80 | (code & 0x3f);
    }
  }
}

/** Bytes of a character that may be going on: at most the first three of four. */
const LONGEST_START = 3;

class PageTranscoder implements Transcoder {
  private readonly page: CodePage;
  private start = Buffer.alloc(0);

  constructor(page: CodePage) {
    this.page = page;
  }

  push(bytes: Buffer): Buffer {
    return this.decode(this.start.length === 0 ? bytes : Buffer.concat([this.start, bytes]), false);
  }

  end(): Buffer {
    return this.decode(this.start, true);
  }

  private decode(bytes: Buffer, final: boolean): Buffer {
    const { singles } = this.page;
    const output = new Utf8Writer(bytes.length * WIDEST);
    let i = 0;
    while (i < bytes.length) {
      const byte = bytes[i] ?? 0;
      const code = singles[byte] ?? 0;
      if (code !== 0 || byte === 0) {
        output.write(code);
        i++;
        continue;
      }
      const length = this.longer(bytes, i, output, final);
      if (length === 0) break;
      i += length;
    }
    this.start = Buffer.from(bytes.subarray(i));
    return output.written;
  }

  /** A character of several bytes. @returns how many; 0 if the rest of it has not come yet */
  private longer(bytes: Buffer, i: number, output: Utf8Writer, final: boolean): number {
    const { pairs, leads, quad } = this.page;
    const lead = bytes[i] ?? 0;
    const trail = bytes[i + 1];
    if (pairs === null || leads[lead] === 0) return undecodable(bytes, i, 1, output);
    if (trail === undefined) return final ? undecodable(bytes, i, 1, output) : 0;
    const isQuad = quad !== null && trail >= 0x30 && trail <= 0x39;
    if (isQuad && bytes.length - i <= LONGEST_START && !final) return 0;
    const code = isQuad ? quad(bytes.subarray(i, i + 4)) : (pairs[lead * 256 + trail] ?? 0);
    // A byte of ASCII that cannot be part of the character is one of its own: it may be what ends the line.
    if (code === 0) return undecodable(bytes, i, trail < 0x80 ? 1 : 2, output);
    output.write(code);
    return isQuad ? 4 : 2;
  }
}

function undecodable(bytes: Buffer, i: number, length: number, output: Utf8Writer): number {
  for (let at = i; at < i + length; at++) output.write(UNDECODABLE + (bytes[at] ?? 0));
  return length;
}

class Utf16Transcoder implements Transcoder {
  private readonly bigEndian: boolean;
  private start = Buffer.alloc(0);

  constructor(bigEndian: boolean) {
    this.bigEndian = bigEndian;
  }

  push(bytes: Buffer): Buffer {
    const all = Buffer.concat([this.start, bytes]);
    let length = all.length - (all.length % 2);
    // The first half of a pair waits for the second.
    if (length > 0 && ((all[this.bigEndian ? length - 2 : length - 1] ?? 0) & 0xfc) === 0xd8) length -= 2;
    this.start = Buffer.from(all.subarray(length));
    return this.decode(all.subarray(0, length));
  }

  end(): Buffer {
    const half = this.start.length % 2;
    const output = this.decode(this.start.subarray(0, this.start.length - half));
    const rest = new Utf8Writer(WIDEST);
    for (const byte of this.start.subarray(this.start.length - half)) rest.write(UNDECODABLE + byte);
    return Buffer.concat([output, rest.written]);
  }

  private decode(units: Buffer): Buffer {
    if (this.bigEndian) units.swap16();
    const text = units.toString('utf16le');
    if (text.isWellFormed()) return Buffer.from(text);
    const output = new Utf8Writer(text.length * WIDEST);
    for (const character of text) output.write(character.codePointAt(0) ?? 0);
    return output.written;
  }
}
