/**
 * One message of the local socket: 4 bytes length of the header, 4 bytes length of the payload (big endian), the
 * header as JSON, and the payload, which is several texts one after another whose lengths in bytes the header names.
 */
export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  readonly bodies: readonly string[];
}

/** Longest frame that is believed; anything longer is not ours. */
const LONGEST = 256 << 20;

export function encodeFrame(header: Readonly<Record<string, unknown>>, bodies: readonly string[] = []): Buffer {
  const payloads = bodies.map((body) => Buffer.from(body));
  const text = Buffer.from(JSON.stringify({ ...header, lengths: payloads.map(({ length }) => length) }));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(
    payloads.reduce((sum, { length }) => sum + length, 0),
    4,
  );
  return Buffer.concat([lengths, text, ...payloads]);
}

/** Puts frames together from the chunks that a socket delivers. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private length = 0;

  *push(chunk: Buffer): Generator<Frame> {
    this.chunks.push(chunk);
    this.length += chunk.length;
    for (;;) {
      if (this.length < 8) return;
      const lengths = this.peek(8);
      const [header, payload] = [lengths.readUInt32BE(0), lengths.readUInt32BE(4)];
      if (header + payload > LONGEST) throw new RangeError(`a frame of ${header + payload} bytes`);
      if (this.length < 8 + header + payload) return;
      yield decodeFrame(this.take(8 + header + payload), header);
    }
  }

  private peek(bytes: number): Buffer {
    const first = this.chunks[0];
    if (first !== undefined && first.length >= bytes) return first;
    const all = Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }

  private take(bytes: number): Buffer {
    const all = this.chunks.length === 1 && this.chunks[0] !== undefined ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = all.length > bytes ? [all.subarray(bytes)] : [];
    this.length -= bytes;
    return all.subarray(0, bytes);
  }
}

function decodeFrame(bytes: Buffer, headerLength: number): Frame {
  const { lengths, ...header } = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as { lengths: number[] };
  const bodies: string[] = [];
  let at = 8 + headerLength;
  for (const length of lengths) {
    bodies.push(bytes.toString('utf8', at, at + length));
    at += length;
  }
  return { header, bodies };
}
