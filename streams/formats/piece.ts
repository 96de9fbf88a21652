import { Capture } from './capture.ts';
import { Whereabouts, type Place } from './place.ts';

/** Bytes that are being taken, of what begins in one piece of the input and may end in another. */
export interface Taking {
  readonly capture: Capture;
  /** Where in the piece at hand it goes on. */
  from: number;
}

/** The piece of the input that is being read, with what is taken of it. */
export class Piece {
  bytes: Buffer = Buffer.alloc(0);
  private readonly whereabouts = new Whereabouts();
  private passed = 0;

  begin(bytes: Buffer): void {
    this.bytes = bytes;
    this.passed = 0;
  }

  /** Asked for in ascending order. */
  placeOf(index: number): Place {
    this.whereabouts.pass(this.bytes.subarray(this.passed, index));
    this.passed = index;
    return this.whereabouts.place;
  }

  take(from: number, limit?: number): Taking {
    return { capture: new Capture(this.placeOf(from), limit), from };
  }

  /** All bytes up to here, null for too many; they are only copied if they began in another piece. */
  whole(taking: Taking, end: number): Buffer | null {
    const { capture } = taking;
    const last = this.bytes.subarray(taking.from, end);
    if (capture.size === 0 && last.length <= capture.limit) return last;
    capture.add(last);
    taking.from = end;
    return capture.isTooLong ? null : capture.bytes;
  }

  /** What goes on in the next piece. */
  end(takings: Iterable<Taking>): void {
    for (const taking of takings) {
      taking.capture.add(this.bytes.subarray(taking.from));
      taking.from = 0;
    }
    this.placeOf(this.bytes.length);
  }
}
