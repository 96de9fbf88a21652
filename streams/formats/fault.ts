import { hash, type Hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { ErrorCode } from '../../schemas/errors.ts';
import { FAULT_HEAD, RECORD_LIMIT, type FaultContent, type FaultRecord } from './format.ts';

export function fault(line: number, code: ErrorCode, detail: string, bytes: Buffer): FaultRecord {
  return { type: 'fault', line, code, detail, raw: contentOf(bytes) };
}

export function notUtf8(line: number, bytes: Buffer): FaultRecord {
  return fault(line, 'MF_RECORD_NOT_UTF8', 'the record is not UTF-8; its bytes are kept as base64', bytes);
}

export function tooLarge(line: number, bytes: number, head: Buffer, digest: Hash | string): FaultRecord {
  const sha256 = typeof digest === 'string' ? digest : digest.digest('hex');
  const detail = `the record has ${bytes} bytes, and the limit is ${RECORD_LIMIT}; its first ${FAULT_HEAD} are kept`;
  const raw = { ...textOrBytes(wholeCharacters(head)), truncated: { bytes, sha256 } };
  return { type: 'fault', line, code: 'MF_RECORD_TOO_LARGE', detail, raw };
}

/** All of it up to the record limit; the beginning, the length and the hash of what is beyond. */
export function contentOf(bytes: Buffer): FaultContent {
  if (bytes.length <= RECORD_LIMIT) return textOrBytes(bytes);
  const head = wholeCharacters(bytes.subarray(0, FAULT_HEAD));
  return { ...textOrBytes(head), truncated: { bytes: bytes.length, sha256: hash('sha256', bytes, 'hex') } };
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
