import type { FaultContent } from '../formats/format.ts';
import { FAULT_HEAD } from '../formats/format.ts';
import { hash } from 'node:crypto';
import type { MatchingKey } from '../../schemas/key.ts';

/** A RawRecord as JSON text, made of texts that are JSON already. */
export interface RecordParts {
  readonly key: MatchingKey;
  readonly record: string;
  /** JSON text. */
  readonly raw: string;
  readonly where: string;
  readonly fault: { readonly code: string; readonly detail: string } | null;
}

/**
 * The longest record as JSON text, in bytes: a record at its limit as base64, and what comes with it. Control
 * characters grow sixfold in JSON, and a message has to stay below the least limit of a log (1 MiB, NATS's default).
 */
export const ENCODED_LIMIT = 768 * 1024;

export function recordText({ key, record, raw, where, fault }: RecordParts): string {
  const head = `{"key":"${key}","record":${JSON.stringify(record)},"raw":${raw},"where":${JSON.stringify(where)}`;
  return fault === null ? `${head}}` : `${head},"fault":${JSON.stringify(fault)}}`;
}

export function tooLong(json: string): boolean {
  return json.length * 3 > ENCODED_LIMIT && Buffer.byteLength(json) > ENCODED_LIMIT;
}

/** The beginning of a record whose JSON text is too long, and what tells it from others. */
export function headOf(json: string): FaultContent {
  const truncated = { bytes: Buffer.byteLength(json), sha256: hash('sha256', json, 'hex') };
  return { text: json.slice(0, FAULT_HEAD).toWellFormed(), truncated };
}
