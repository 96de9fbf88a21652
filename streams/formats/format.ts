import type { ErrorCode } from '../../schemas/errors.ts';

/** Bytes of a feed become batches of these, whatever its format. */
export type DecodedRecord = RowRecord | JsonRecord | FaultRecord;

/** A row of an array format; its columns are named by the batch's header. */
export interface RowRecord {
  readonly type: 'row';
  /** Physical line on which it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface JsonRecord {
  readonly type: 'json';
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** JSON text that parses to exactly `value`, so that it need not be made again. */
  readonly text: string;
}

/** A record that could not be decoded. It stops nobody else, and nothing of it is lost. */
export interface FaultRecord {
  readonly type: 'fault';
  readonly line: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly raw: FaultContent;
  /** The header itself is at fault, so that no row after it has columns. */
  readonly header?: true;
}

/** What there was of a faulty record: its text, its bytes where they are no text, or how both of too many begin. */
export interface FaultContent {
  readonly text?: string;
  readonly base64?: string;
  /** Only the first part of it is here: its length in bytes and the SHA-256 of all of it tell which it was. */
  readonly truncated?: { readonly bytes: number; readonly sha256: string };
}

export interface DecodedBatch {
  /** Names of the columns, once the header has been read. */
  readonly header?: readonly string[];
  readonly records: readonly DecodedRecord[];
  /** Bytes of the input up to the end of these records, for progress. */
  readonly bytes: number;
}

/** Takes bytes as they come, gives records as they end. What it keeps is bounded by LINE_WINDOW, whatever comes. */
export interface Decoder {
  push(bytes: Uint8Array): DecodedBatch;
  end(): DecodedBatch;
}

/**
 * The longest record, in bytes as received. A record is held in memory as a whole several times on its way, must fit
 * a log message, and stays readable for whoever mends it.
 */
export const RECORD_LIMIT = 512 * 1024;

/** How much of a record beyond the limit is kept: enough to recognise it by. */
export const FAULT_HEAD = 4 * 1024;

/** Input is taken in pieces of this size, so that one huge chunk costs no more memory than many small ones. */
const PIECE = 256 * 1024;

export async function* decode(
  decoder: Decoder,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<DecodedBatch, void, undefined> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const batch = decoder.push(chunk.subarray(at, at + PIECE));
      if (batch.records.length > 0) yield batch;
    }
  }
  const last = decoder.end();
  yield last;
}
