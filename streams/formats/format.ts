import type { ErrorCode } from '../../schemas/errors.ts';
import type { Place } from './place.ts';

/** Bytes of a feed become batches of these, whatever its format. */
export type DecodedRecord = RowRecord | JsonRecord | FaultRecord;

/** A row of a format with columns; they are named by the batch's header. It begins its line. */
export interface RowRecord {
  readonly type: 'row';
  /** Physical line on which it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** An object: of JSON, or of XML (docs/formats.md says how that becomes one). */
export interface JsonRecord {
  readonly type: 'json';
  readonly line: number;
  /** Character of the line on which it begins, from 1. */
  readonly column: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** JSON text that parses to exactly `value`, so that it need not be made again. */
  readonly text: string;
}

/** A record that could not be decoded. It stops nobody else, and nothing of it is lost. */
export interface FaultRecord {
  readonly type: 'fault';
  readonly line: number;
  readonly column: number;
  /** Where in the feed the fault shows, if that is not where the record begins. */
  readonly at?: Place;
  /** Of the file as it came, from 0: where a compressed stream is cut off or damaged. */
  readonly byte?: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly raw: FaultContent;
  /** The header itself is at fault, so that no row after it has columns. */
  readonly header?: true;
}

/** What there was of a faulty record: its text, its bytes where they are no text, or how both of too many begin. */
export interface FaultContent {
  /** A byte that is not of the feed's encoding is a lone surrogate, U+DC00 and its value (as Python's surrogateescape). */
  readonly text?: string;
  readonly base64?: string;
  /** Only the first part of it is here: its length in bytes (of UTF-8) and the SHA-256 of all of it tell which it was. */
  readonly truncated?: { readonly bytes: number; readonly sha256: string };
}

export interface DecodedBatch {
  /** Names of the columns, once the header has been read. */
  readonly header?: readonly string[];
  readonly records: readonly DecodedRecord[];
  /** Bytes of the input that were read so far, as they came (compressed ones as such), for progress. */
  readonly bytes: number;
}

/** What a decoder gives for some bytes. */
export type Decoded = Omit<DecodedBatch, 'bytes'>;

/**
 * Takes UTF-8 as it comes, without a byte order mark; gives records as they end. The same bytes give the same records
 * and places, however they are cut. What it keeps is bounded by RECORD_LIMIT, whatever comes.
 */
export interface Decoder {
  push(bytes: Buffer): Decoded;
  /** @param cut why the input ends early: what has begun and not ended is its record */
  end(cut?: Cut): Decoded;
}

/** The input ends although it should go on: a compressed stream is cut off, or damaged. */
export interface Cut {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly byte: number;
}

/**
 * The longest record, in bytes of UTF-8. A record is held in memory as a whole several times on its way, must fit
 * a log message, and stays readable for whoever mends it.
 */
export const RECORD_LIMIT = 512 * 1024;

/** How much of a record beyond the limit is kept: enough to recognise it by. */
export const FAULT_HEAD = 4 * 1024;
