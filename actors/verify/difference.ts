import { SHAPES } from '../../schemas/shapes.ts';
import { upcast } from '../../schemas/upcast.ts';
import { shortened } from './finding.ts';

/** Where two texts differ, and what stands there. */
export interface Difference {
  readonly is: string;
  readonly should: string;
}

/**
 * Where a JSON text differs from the one that should stand there, or null if they say the same: byte for byte, but for
 * texts that an older version of the shape wrote, which are compared by what they say.
 */
export function difference(shape: string, is: string, should: string): Difference | null {
  if (is === should) return null;
  const [found, expected] = [parsed(is), parsed(should)];
  if (found === undefined) return { is: `not JSON: ${shortened(is)}`, should: shortened(expected) };
  if (isOlder(shape, found) && canonical(upcast<unknown>(shape, found)) === canonical(expected)) return null;
  return firstOf('', found, expected) ?? { is: 'the same in another order or spacing', should: shortened(expected) };
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isOlder(shape: string, value: unknown): boolean {
  const present = Object.hasOwn(SHAPES, shape) ? SHAPES[shape]?.v : undefined;
  const v = (value as { readonly v?: unknown } | null)?.v;
  return present !== undefined && typeof v === 'number' && v >= 1 && v < present;
}

/** The same for values that differ only in the order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function firstOf(path: string, is: unknown, should: unknown): Difference | null {
  if (is === should) return null;
  if (isObject(is) && isObject(should)) {
    for (const name of new Set([...Object.keys(should), ...Object.keys(is)])) {
      const found = firstOf(path === '' ? name : `${path}.${name}`, is[name], should[name]);
      if (found !== null) return found;
    }
    return null;
  }
  if (Array.isArray(is) && Array.isArray(should)) {
    for (let n = 0; n < Math.max(is.length, should.length); n++) {
      const found = firstOf(`${path}[${n}]`, is[n], should[n]);
      if (found !== null) return found;
    }
    return null;
  }
  const at = path === '' ? '' : `${path} `;
  return { is: `${at}${shortened(is)}`, should: `${at}${shortened(should)}` };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
