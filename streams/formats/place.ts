import { isAscii } from 'node:buffer';

/** A place in a feed, for people and editors. */
export interface Place {
  /** Physical line, from 1. LF, CR LF and CR end one. */
  readonly line: number;
  /** Character of the line, from 1; one that UTF-16 writes as a pair counts once. */
  readonly column: number;
}

const LF = 0x0a;
const CR = 0x0d;

/** Says where in a feed one is, told of every byte (of UTF-8) once, however they are cut. */
export class Whereabouts {
  private line = 1;
  private column = 1;
  /** The byte before was a CR: an LF now belongs to it. */
  private afterCr = false;

  constructor(from: Place = { line: 1, column: 1 }) {
    this.line = from.line;
    this.column = from.column;
  }

  get place(): Place {
    return { line: this.line, column: this.column };
  }

  pass(bytes: Buffer): void {
    let at = 0;
    for (let end = nextBreak(bytes, 0); end < bytes.length; end = nextBreak(bytes, at)) {
      at = end + 1;
      // The second half of a CR LF ends no line of its own.
      if (bytes[end] !== LF || !(end === 0 ? this.afterCr : bytes[end - 1] === CR)) this.line++;
      this.column = 1;
    }
    const rest = at === 0 ? bytes : bytes.subarray(at);
    this.column += characters(rest);
    if (bytes.length > 0) this.afterCr = bytes[bytes.length - 1] === CR;
  }
}

/** Where one is after some bytes that begin at a place. */
export function placeAfter(from: Place, bytes: Buffer): Place {
  const whereabouts = new Whereabouts(from);
  whereabouts.pass(bytes);
  return whereabouts.place;
}

function nextBreak(bytes: Buffer, from: number): number {
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === LF || byte === CR) return i;
  }
  return bytes.length;
}

function characters(bytes: Buffer): number {
  if (isAscii(bytes)) return bytes.length;
  let count = 0;
  // Bytes of UTF-8 other than 10xxxxxx begin a character.
  for (let i = 0; i < bytes.length; i++) if (((bytes[i] ?? 0) & 0xc0) !== 0x80) count++;
  return count;
}
