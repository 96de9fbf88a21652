import { createHash, type Hash } from 'node:crypto';
import { fault, faultOf, tooLarge, truncated, type Fault } from './fault.ts';
import { FAULT_HEAD, RECORD_LIMIT, type FaultRecord } from './format.ts';
import type { Place } from './place.ts';

const FIRST_SIZE = 4 * 1024;

/**
 * The bytes of one record (or of what should have been one) that come piece by piece. Beyond a limit only their
 * beginning, number and hash are kept, so that what has no end costs no memory.
 */
export class Capture {
  readonly begin: Place;
  /** How many there were, kept or not. */
  size = 0;
  private buffer = Buffer.alloc(0);
  private hash: Hash | null = null;
  readonly limit: number;

  constructor(begin: Place, limit: number = RECORD_LIMIT) {
    this.begin = begin;
    this.limit = limit;
  }

  get isTooLong(): boolean {
    return this.hash !== null;
  }

  add(bytes: Buffer): void {
    const before = this.size;
    this.size += bytes.length;
    if (this.hash === null && this.size > this.limit) this.startHashing(before, bytes);
    if (this.hash === null) this.keep(before, bytes);
    else this.hash.update(bytes);
  }

  /** All of them, or the beginning of too many. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.hash === null ? this.size : FAULT_HEAD);
  }

  /** The record is at fault, whatever its size. */
  fault(problem: Fault): FaultRecord {
    if (this.hash === null) return fault(this.begin, problem, this.bytes);
    return faultOf(this.begin, problem, truncated(this.bytes, this.size, this.hash.digest('hex')));
  }

  /** The fault of being too long. */
  tooLarge(): FaultRecord {
    return tooLarge(this.begin, this.size, this.bytes, this.hash ?? createHash('sha256').update(this.bytes));
  }

  private startHashing(before: number, bytes: Buffer): void {
    const kept = this.buffer.subarray(0, before);
    this.hash = createHash('sha256').update(kept);
    this.buffer = Buffer.concat([kept, bytes.subarray(0, FAULT_HEAD)]).subarray(0, FAULT_HEAD);
  }

  private keep(before: number, bytes: Buffer): void {
    if (this.size > this.buffer.length) {
      // Doubling: bytes that come one by one are not copied again and again.
      const larger = Buffer.allocUnsafe(Math.min(this.limit, Math.max(FIRST_SIZE, this.buffer.length * 2, this.size)));
      this.buffer.copy(larger, 0, 0, before);
      this.buffer = larger;
    }
    this.buffer.set(bytes, before);
  }
}
