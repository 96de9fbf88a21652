import { Binary } from 'mongodb';

/**
 * A body as MongoDB keeps it: its fields as they are, so that people can query them. Where JSON text would not come
 * back from them letter by letter, the exact text is kept beside them (`exact`), and that is what is read.
 */
export interface Body {
  readonly fields: Record<string, unknown>;
  readonly exact: boolean;
}

/** MongoDB takes 100 levels of nesting (https://www.mongodb.com/docs/manual/reference/limits/); the document is one. */
const DEPTH = 90;

/** The field that is ours in every document. */
export const OURS = '_mf';

/** From the text of a body. `fields` is the caller's to change; it begins with `_id`. */
export function bodyOf(id: string, json: string): Body {
  const parsed = objectOf(json);
  if (parsed === undefined) return { fields: { _id: id }, exact: true };
  if (fits(parsed, 1) && parsed['_id'] === id && !Object.hasOwn(parsed, OURS)) {
    // The escape of a lone surrogate comes back from JSON as it was, and not from BSON, which is UTF-8.
    return { fields: parsed, exact: json.includes('\\ud') || JSON.stringify(parsed) !== json };
  }
  const { [OURS]: _ours, ...rest } = pruned(parsed, 1);
  return { fields: { ...rest, _id: id }, exact: true };
}

/** The body that a text is, if it is one. */
export function objectOf(json: string): Record<string, unknown> | undefined {
  try {
    const parsed = JSON.parse(json) as unknown;
    return isObject(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `$` begins operators and DBRefs; NUL ends names; two names of lone surrogates could become one; the others are the driver's. */
function isFieldName(name: string): boolean {
  if (name.startsWith('$') || name.includes('\u0000')) return false;
  return name !== '_bsontype' && name !== '__proto__' && name.isWellFormed();
}

function fits(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth > DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => fits(item, depth + 1));
  return Object.entries(value).every(([name, member]) => isFieldName(name) && fits(member, depth + 1));
}

/** What of an object MongoDB takes. The rest is in the exact text. */
function pruned(object: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(object)) {
    if (isFieldName(name)) kept[name] = prunedValue(member, depth + 1);
  }
  return kept;
}

function prunedValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => prunedValue(item, depth + 1));
  return pruned(value as Record<string, unknown>, depth);
}

/** Text in BSON is UTF-8, which has no lone surrogates: text that has some is kept as UTF-16. */
export type Text = string | Binary;

export function toText(text: string): Text {
  return text.isWellFormed() ? text : new Binary(Buffer.from(text, 'utf16le'));
}

export function fromText(text: Text): string {
  return typeof text === 'string' ? text : Buffer.from(text.buffer).toString('utf16le');
}
