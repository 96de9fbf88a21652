import { there } from './path.ts';
import { ValueFault, type Value } from './scope.ts';

/** As deep as a record may be (streams/formats/json.ts): whoever walks a deeper value overflows the stack. */
const DEPTH_LIMIT = 64;

/** From this many characters on, a number may not be the one that was written. */
const DIGITS = 16;

/** JSON text within a field. Numbers that a double cannot hold become text, as in records. */
export function parseJson(value: Value): Value {
  if (typeof value !== 'string') return value;
  const parsed = parse(value);
  if (isDeep(parsed)) {
    throw new ValueFault(
      'json',
      value,
      `the JSON is nested more than ${DEPTH_LIMIT} deep`,
      'map a field that is flatter',
    );
  }
  return there(parsed);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ValueFault('json', text, `the text is not JSON: ${reason}`, 'mend the field, or map it without json');
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || source.length < DIGITS) return value;
  return String(value) === source ? value : source;
}

/** Level by level, so that no depth of input is one of the stack. */
function isDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_LIMIT) return true;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : [],
    );
  }
  return false;
}
