import { fault } from './fault.ts';
import type { DecodedRecord } from './format.ts';
import { jsonFault } from './json-fault.ts';
import { placeAfter, type Place } from './place.ts';

/** A deeper value overflows the stack of whoever walks it; no order feed comes near. */
export const DEPTH_LIMIT = 64;

/** From this many digits on, a number may not be the one that was written. */
const DIGITS = 16;

type JsonObject = Readonly<Record<string, unknown>>;

/** A record of JSON text. Numbers that a double cannot hold become text, digit by digit as they were written. */
export function decodeJson(text: string, begin: Place): DecodedRecord {
  const { tooDeep, longNumbers } = survey(text);
  if (tooDeep >= 0) return wrong(text, begin, tooDeep, `the record is nested more than ${DEPTH_LIMIT} deep`);
  let value: unknown;
  try {
    value = longNumbers ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    const { at, detail } = jsonFault(text);
    return wrong(text, begin, at, detail);
  }
  if (!isObject(value)) return wrong(text, begin, 0, `a record is a JSON object, and this is ${describe(value)}`);
  // The text goes on into the log as it is, so what it says must be what was read from it.
  const { line, column } = begin;
  return { type: 'json', line, column, value, text: longNumbers ? JSON.stringify(value) : text };
}

function wrong(text: string, begin: Place, index: number, detail: string): DecodedRecord {
  const at = placeAfter(begin, Buffer.from(text.slice(0, index)));
  return fault(begin, { code: 'MF_RECORD_JSON', detail, at }, Buffer.from(text));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || source.length < DIGITS) return value;
  return String(value) === source ? value : source;
}

/** Where the text is nested too deep (-1: nowhere), and whether there is a long run of digits outside of strings. */
function survey(text: string): { tooDeep: number; longNumbers: boolean } {
  let depth = 0;
  let tooDeep = -1;
  let digits = 0;
  let longNumbers = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      i = endOfString(text, i + 1);
      digits = 0;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > DEPTH_LIMIT && tooDeep < 0) tooDeep = i;
    } else if (code === 0x7d || code === 0x5d) depth--;
    // The point of a decimal belongs to the run.
    digits = (code >= 0x30 && code <= 0x39) || code === 0x2e ? digits + 1 : 0;
    if (digits >= DIGITS) longNumbers = true;
  }
  return { tooDeep, longNumbers };
}

function endOfString(text: string, from: number): number {
  for (let i = from; ;) {
    const quote = text.indexOf('"', i);
    if (quote < 0) return text.length;
    let escapes = 0;
    while (text.charCodeAt(quote - 1 - escapes) === 0x5c) escapes++;
    if (escapes % 2 === 0) return quote;
    i = quote + 1;
  }
}
