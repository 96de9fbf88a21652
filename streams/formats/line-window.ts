import { createHash, type Hash } from 'node:crypto';
import { tooLarge } from './fault.ts';
import { FAULT_HEAD, RECORD_LIMIT, type Cut, type FaultRecord } from './format.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * A record of several lines that has not ended is looked at again only after this much more of it (or as much again,
 * if that is less), so that a byte is scanned ten times at most however small the pieces are. Short ones are looked
 * at with every line, so that nobody waits for a record that is there.
 */
const RESCAN = 64 * 1024;
const RESCAN_ALWAYS = 4 * 1024;

/**
 * The part of the input that is being read: whole lines, then the beginning of the next one. A line beyond the record
 * limit is hashed and passed over as it comes, so at most the limit, one rescan step and one piece are ever held.
 */
export class LineWindow {
  /** Line on which the window begins, from 1. Moved by whoever consumes lines. */
  line = 1;
  private buffer = Buffer.allocUnsafe(RESCAN);
  private size = 0;
  /** Up to where the window holds whole lines. */
  private whole = 0;
  private rescanAt = 0;
  private passing: { hash: Hash; head: Buffer; bytes: number } | null = null;
  /** A line ended with CR at the very end of what had come: an LF right after it belongs to it. */
  private pendingLf = false;

  get length(): number {
    return this.size;
  }

  /** Takes bytes; answers a fault for a line that was too long and ended here. */
  add(bytes: Uint8Array): FaultRecord | null {
    let rest = bytes;
    if (this.pendingLf && rest.length > 0) {
      this.pendingLf = false;
      if (rest[0] === LF) rest = this.skip(rest, 1);
    }
    let ended: FaultRecord | null = null;
    if (this.passing !== null) {
      const end = firstBreak(rest);
      this.passOver(rest.subarray(0, end));
      if (end === rest.length) return null;
      ended = this.endPassing();
      rest = this.skip(rest, 1, end);
    }
    this.keep(rest);
    return ended;
  }

  /** Whole lines, all of the window at the end of the input, or nothing yet. */
  lines(final: boolean): Buffer {
    if (final) return this.buffer.subarray(0, this.size);
    return this.buffer.subarray(0, this.size < this.rescanAt ? 0 : this.whole);
  }

  /** Drops what was read; `open` says that what is left begins with a record that goes on beyond its line. */
  drop(bytes: number, open: boolean): void {
    this.buffer.copyWithin(0, bytes, this.size);
    this.size -= bytes;
    this.whole = Math.max(0, this.whole - bytes);
    this.rescanAt = open && this.size > RESCAN_ALWAYS ? this.size + Math.min(this.size, RESCAN) : 0;
    this.limitLine();
  }

  /** The too long line that the input ended in, or was cut off in. */
  endOfInput(cut?: Cut): FaultRecord | null {
    const long = this.passing === null ? null : this.endPassing();
    return long === null || cut === undefined ? long : { ...long, ...cut };
  }

  private keep(bytes: Uint8Array): void {
    if (this.size + bytes.length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.size + bytes.length));
      this.buffer.copy(larger, 0, 0, this.size);
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.size);
    const before = this.size;
    this.size += bytes.length;
    this.findBreak(before);
    this.limitLine();
  }

  private findBreak(before: number): void {
    const lf = this.buffer.subarray(before, this.size).lastIndexOf(LF);
    // CR as the last byte may be half a CRLF, so the one that was last is looked at now.
    const from = Math.max(0, before - 1);
    const cr = this.buffer.subarray(from, Math.max(from, this.size - 1)).lastIndexOf(CR);
    if (lf >= 0) this.whole = Math.max(this.whole, before + lf + 1);
    if (cr >= 0) this.whole = Math.max(this.whole, from + cr + 1);
  }

  private limitLine(): void {
    if (this.whole > 0 || this.size <= RECORD_LIMIT || this.buffer[this.size - 1] === CR) return;
    const bytes = this.buffer.subarray(0, this.size);
    this.passing = { hash: createHash('sha256'), head: Buffer.from(bytes.subarray(0, FAULT_HEAD)), bytes: 0 };
    this.passOver(bytes);
    this.size = 0;
    this.rescanAt = 0;
  }

  private passOver(bytes: Uint8Array): void {
    if (this.passing === null) return;
    this.passing.hash.update(bytes);
    this.passing.bytes += bytes.length;
  }

  private endPassing(): FaultRecord | null {
    if (this.passing === null) return null;
    const { bytes, head, hash } = this.passing;
    this.passing = null;
    return tooLarge({ line: this.line++, column: 1 }, bytes, head, hash);
  }

  /** Passes over a line end at `at`. */
  private skip(bytes: Uint8Array, length: number, at = 0): Uint8Array {
    let end = at + length;
    if (bytes[at] === CR) {
      if (bytes[end] === LF) end++;
      else if (end === bytes.length) this.pendingLf = true;
    }
    return bytes.subarray(end);
  }
}

function firstBreak(bytes: Uint8Array): number {
  const lf = bytes.indexOf(LF);
  const cr = bytes.indexOf(CR);
  if (lf < 0 && cr < 0) return bytes.length;
  return lf < 0 ? cr : cr < 0 ? lf : Math.min(lf, cr);
}
