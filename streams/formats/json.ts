/** A deeper value overflows the stack of whoever walks it; no order feed comes near. */
const DEPTH_LIMIT = 64;

/** From this many digits on, a number may not be the one that was written. */
const DIGITS = 16;

export type JsonObject = Readonly<Record<string, unknown>>;

export type ParsedRecord =
  { readonly value: JsonObject; readonly text: string } | { readonly code: 'MF_RECORD_JSON'; readonly detail: string };

/** A record of JSON text. Numbers that a double cannot hold become text, digit by digit as they were written. */
export function parseRecord(text: string): ParsedRecord {
  const { depth, longNumbers } = survey(text);
  if (depth > DEPTH_LIMIT) return wrong(`the record is nested more than ${DEPTH_LIMIT} deep`);
  try {
    const value: unknown = longNumbers ? JSON.parse(text, keepDigits) : JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return wrong(`a record is a JSON object, and this is ${describe(value)}`);
    }
    // The text goes on into the log as it is, so what it says must be what was read from it.
    return { value: value as JsonObject, text: longNumbers ? JSON.stringify(value) : text };
  } catch (error) {
    return wrong(`the record is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function wrong(detail: string): ParsedRecord {
  return { code: 'MF_RECORD_JSON', detail };
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

/** How deep the text nests, and whether there is a long run of digits outside of strings. */
function survey(text: string): { depth: number; longNumbers: boolean } {
  let depth = 0;
  let deepest = 0;
  let digits = 0;
  let longNumbers = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      i = endOfString(text, i + 1);
      digits = 0;
    } else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
    // The point of a decimal belongs to the run.
    digits = (code >= 0x30 && code <= 0x39) || code === 0x2e ? digits + 1 : 0;
    if (digits >= DIGITS) longNumbers = true;
  }
  return { depth: deepest, longNumbers };
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
