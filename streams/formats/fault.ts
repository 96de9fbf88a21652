import { isUtf8 } from 'node:buffer';
import { hash, type Hash } from 'node:crypto';
import type { ErrorCode } from '../../schemas/errors.ts';
import { FAULT_HEAD, RECORD_LIMIT, type Cut, type FaultContent, type FaultRecord } from './format.ts';
import { placeAfter, type Place } from './place.ts';

export interface Fault {
  readonly code: ErrorCode;
  /** Without places, which `at` and `where` are for: the same fault of the same record always reads alike. */
  readonly detail: string;
  /** Where in the feed it shows, if not at the beginning of its record. */
  readonly at?: Place;
  readonly byte?: number;
}

/** The fault of a record that begins at a place. */
export function fault(begin: Place, problem: Fault, bytes: Buffer): FaultRecord {
  return faultOf(begin, problem, contentOf(bytes));
}

export function faultOf(begin: Place, { at, ...problem }: Fault, raw: FaultContent): FaultRecord {
  const elsewhere = at !== undefined && (at.line !== begin.line || at.column !== begin.column);
  return { type: 'fault', ...begin, ...(elsewhere ? { at } : {}), ...problem, raw };
}

/** The record that an input is cut off in. */
export function cutOff(begin: Place, cut: Cut, rest: Buffer): FaultRecord {
  return fault(begin, { ...cut, at: placeAfter(begin, rest) }, rest);
}

export function notUtf8(begin: Place, bytes: Buffer): FaultRecord {
  const detail = 'the record is not UTF-8; its bytes are kept as base64';
  const at = placeAfter(begin, bytes.subarray(0, firstInvalid(bytes)));
  return fault(begin, { code: 'MF_RECORD_NOT_UTF8', detail, at }, bytes);
}

export function tooLarge(begin: Place, bytes: number, head: Buffer, digest: Hash | string): FaultRecord {
  const sha256 = typeof digest === 'string' ? digest : digest.digest('hex');
  const detail = `the record has ${bytes} bytes, and the limit is ${RECORD_LIMIT}; its first ${FAULT_HEAD} are kept`;
  return { type: 'fault', ...begin, code: 'MF_RECORD_TOO_LARGE', detail, raw: truncated(head, bytes, sha256) };
}

export function tooLargeOf(begin: Place, bytes: Buffer): FaultRecord {
  return tooLarge(begin, bytes.length, bytes.subarray(0, FAULT_HEAD), hash('sha256', bytes, 'hex'));
}

/** The beginning of what is too long to be kept, and what tells it from others. */
export function truncated(head: Buffer, bytes: number, sha256: string): FaultContent {
  return { ...textOrBytes(wholeCharacters(head)), truncated: { bytes, sha256 } };
}

/** All of it up to the record limit; the beginning, the length and the hash of what is beyond. */
function contentOf(bytes: Buffer): FaultContent {
  if (bytes.length <= RECORD_LIMIT) return textOrBytes(bytes);
  return truncated(bytes.subarray(0, FAULT_HEAD), bytes.length, hash('sha256', bytes, 'hex'));
}

/** Whether what was at fault began with some ASCII text. */
export function beginsWith({ text, base64 = '' }: FaultContent, start: string): boolean {
  return (text ?? Buffer.from(base64, 'base64').toString('latin1', 0, start.length)).startsWith(start);
}

function textOrBytes(bytes: Buffer): FaultContent {
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
}

/** A cut in the middle of a character would make text look like bytes. */
function wholeCharacters(head: Buffer): Buffer {
  for (let cut = 0; cut < 4; cut++) {
    const whole = head.subarray(0, head.length - cut);
    if (isUtf8(whole)) return whole;
  }
  return head;
}

/** The first byte that is not part of a character of UTF-8. */
function firstInvalid(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (!isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}
