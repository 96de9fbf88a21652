import { MasterflagError } from '../schemas/errors.ts';

/** A value that a document must have in a place. */
export interface Condition {
  readonly path: readonly string[];
  readonly value: string | number | boolean | null;
}

/** Equality on fields of a body: `{"a.b": 1}` and `{"a": {"b": 1}}` say the same. @throws MF_USAGE */
export function parseWhere(text: string): Condition[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new MasterflagError('MF_USAGE', `--where ${text} is not JSON; quote it for the shell: '{"type":"sale"}'`, {
      cause,
    });
  }
  if (!isObject(parsed)) throw new MasterflagError('MF_USAGE', `--where ${text} is not a JSON object`);
  return conditions(parsed, []);
}

function conditions(object: Readonly<Record<string, unknown>>, under: readonly string[]): Condition[] {
  return Object.entries(object).flatMap(([name, value]): Condition[] => {
    const path = [...under, ...name.split('.')];
    if (isObject(value)) return conditions(value, path);
    if (isScalar(value)) return [{ path, value }];
    throw new MasterflagError('MF_USAGE', `--where compares with texts, numbers, booleans and null; ${name} is a list`);
  });
}

/** Whether a body has all of them. A field that is absent equals null. */
export function meets(body: unknown, where: readonly Condition[]): boolean {
  return where.every(({ path, value }) => (at(body, path) ?? null) === value);
}

function at(body: unknown, path: readonly string[]): unknown {
  let value = body;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Condition['value'] {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
