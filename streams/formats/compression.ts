import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { ErrorCode } from '../../schemas/errors.ts';
import type { SourceFormat } from '../../schemas/format.ts';
import type { Cut } from './format.ts';

type Compression = 'gzip' | 'zstd';
type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Compressed bytes are taken in pieces of this size, wherever they were cut: what an engine makes of damaged ones depends
 * on how much of them it sees at once. What a damaged piece holds is found byte by byte.
 */
const BLOCK = 4 * 1024;

/** Bytes by which a compression is recognised. */
const MAGIC = 4;

/** A compressed stream that is cut off or damaged. All that came before is given. */
export class BrokenStream extends Error implements Cut {
  override readonly name = 'BrokenStream';
  readonly code: ErrorCode = 'MF_FEED_COMPRESSION';
  readonly detail: string;
  readonly byte: number;

  /** @param byte of the compressed input, from 0 */
  constructor(compression: Compression, what: string, byte: number) {
    const detail = `the ${compression} stream ${what}; what came before is read`;
    super(`${detail} (byte ${byte})`);
    this.detail = detail;
    this.byte = byte;
  }
}

/**
 * What was compressed, or the bytes as they are, piece by piece: no more is decompressed than is asked for, so that
 * what grows a thousandfold costs time and no memory. Members and frames may follow one another, as `cat` joins them.
 * @param declared `auto`: the first bytes tell
 * @throws BrokenStream after all that could be read, and what `chunks` throws
 */
export async function* decompressed(
  chunks: Chunks,
  declared: SourceFormat['compression'] = 'auto',
): AsyncGenerator<Buffer, void, undefined> {
  if (declared === 'none') {
    for await (const chunk of chunks) yield bufferOf(chunk);
    return;
  }
  let compression: Compression | null | undefined = declared === 'auto' ? undefined : declared;
  let head = Buffer.alloc(0);
  let inflation: Inflation | null = null;
  try {
    for await (const chunk of chunks) {
      let bytes = bufferOf(chunk);
      if (compression === undefined) {
        head = Buffer.concat([head, bytes]);
        if (head.length < MAGIC) continue;
        compression = recognise(head);
        bytes = head;
      }
      if (compression === null) yield bytes;
      else yield* (inflation ??= new Inflation(compression)).take(bytes);
    }
    if (inflation !== null) yield* inflation.finish();
    else if (compression === undefined) yield head;
  } finally {
    inflation?.close();
  }
}

function bufferOf(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** RFC 1952 and RFC 8878, whose skippable frames may come first. */
function recognise(head: Buffer): Compression | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const magic = head.readUInt32LE(0);
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) === 0x184d2a50 ? 'zstd' : null;
}

/**
 * Decompresses twice, the second time one block behind. What zlib had read of a block when it failed is lost with it,
 * so the second goes through that block byte by byte: however the input is cut, all is given that comes before the
 * byte at fault. (It costs a small part of what a record costs later.)
 */
class Inflation {
  private readonly compression: Compression;
  private readonly ahead: Members;
  private readonly behind: Members;
  private rest: Buffer = Buffer.alloc(0);
  private read = 0;

  constructor(compression: Compression) {
    this.compression = compression;
    this.ahead = new Members(compression);
    this.behind = new Members(compression);
  }

  async *take(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
    const all = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    let at = 0;
    for (; at + BLOCK <= all.length; at += BLOCK) yield* this.takeBlock(all.subarray(at, at + BLOCK));
    this.rest = Buffer.from(all.subarray(at));
  }

  async *finish(): AsyncGenerator<Buffer, void, undefined> {
    yield* this.takeBlock(this.rest);
    try {
      yield* this.ahead.finish();
    } catch {
      throw new BrokenStream(this.compression, 'is cut off', this.read);
    }
  }

  close(): void {
    this.ahead.close();
    this.behind.close();
  }

  private async *takeBlock(block: Buffer): AsyncGenerator<Buffer, void, undefined> {
    let given = 0;
    try {
      for await (const piece of this.ahead.take(block)) {
        given += piece.length;
        yield piece;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      yield* this.again(block, given);
    }
    for await (const _ of this.behind.take(block));
    this.read += block.length;
  }

  /** Byte by byte, without what was given already. */
  private async *again(block: Buffer, given: number): AsyncGenerator<Buffer, void, undefined> {
    let skip = given;
    for (let at = 0; at < block.length; at++) {
      try {
        for await (const piece of this.behind.take(block.subarray(at, at + 1))) {
          const rest = piece.subarray(Math.min(skip, piece.length));
          skip -= piece.length - rest.length;
          if (rest.length > 0) yield rest;
        }
      } catch (error) {
        if (!isDamage(error)) throw error;
        throw new BrokenStream(this.compression, 'is damaged', this.read + at);
      }
    }
    throw new BrokenStream(this.compression, 'is damaged', this.read + block.length);
  }
}

/** Errors of zlib have a code of its own; all others are not about the bytes. */
function isDamage(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && /^(Z_|ZSTD_)/.test(code);
}

type Engine = Transform & { readonly bytesWritten: number };

/** The members of a gzip file, or the frames of a zstd one: Node stops at the end of the first frame of a block. */
class Members {
  private readonly compression: Compression;
  /** null: nothing has come since the last end. */
  private engine: Engine | null = null;

  constructor(compression: Compression) {
    this.compression = compression;
  }

  async *take(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
    for (let rest = bytes; ;) {
      if (this.engine === null) rest = withoutPadding(rest, this.compression);
      if (rest.length === 0) return;
      const engine = (this.engine ??= engineOf(this.compression));
      const before = engine.bytesWritten;
      yield* run(engine, rest);
      rest = rest.subarray(engine.bytesWritten - before);
      // An engine that leaves bytes over has come to the end, and takes no more.
      if (rest.length > 0) this.close();
    }
  }

  close(): void {
    this.engine?.destroy();
    this.engine = null;
  }

  async *finish(): AsyncGenerator<Buffer, void, undefined> {
    if (this.engine !== null) yield* run(this.engine, null);
  }
}

/** gzip files are filled up with zeros, as blocks of tapes were. */
function withoutPadding(bytes: Buffer, compression: Compression): Buffer {
  if (compression !== 'gzip') return bytes;
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first);
}

function engineOf(compression: Compression): Engine {
  const engine = compression === 'gzip' ? createGunzip() : createZstdDecompress();
  // Heard by whoever runs it; without a listener it would end the process.
  return engine.on('error', () => undefined);
}

/** Gives what comes of some bytes, as it is asked for; null: of their end. */
async function* run(engine: Engine, bytes: Buffer | null): AsyncGenerator<Buffer, void, undefined> {
  const state: { done: boolean; error: Error | null; wake: () => void } = {
    done: false,
    error: null,
    wake: () => undefined,
  };
  const ended = (): void => {
    state.done = true;
    state.wake();
  };
  const failed = (error: Error): void => {
    state.error = error;
    state.wake();
  };
  const readable = (): void => state.wake();
  engine.on('error', failed).on('end', ended).on('readable', readable);
  try {
    if (bytes === null) engine.end();
    else engine.write(bytes, ended);
    for (;;) {
      const piece = engine.read() as Buffer | null;
      if (piece !== null) yield piece;
      else if (state.error !== null) throw state.error;
      else if (state.done) return;
      else await new Promise<void>((resolve) => (state.wake = resolve));
    }
  } finally {
    engine.off('error', failed).off('end', ended).off('readable', readable);
  }
}
