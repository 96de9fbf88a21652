import { isMap } from '../mapping/options.ts';

/** A value is cut where it stops to say which one it is. */
const LENGTH = 120;

/** What is different between two values, a line for each place: `order.type: expected "sale", got "return"`. */
export function differences(expected: unknown, actual: unknown, place: string): string[] {
  if (isMap(expected) && isMap(actual)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return names.flatMap((name) => differences(expected[name], actual[name], `${place}.${name}`));
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, i) => differences(expected[i], actual[i], `${place}[${i}]`)).flat();
  }
  if (Object.is(expected, actual)) return [];
  if (expected === undefined) return [`${place}: not expected: ${shown(actual)}`];
  return [
    `${place}: expected ${shown(expected)}, ${actual === undefined ? 'and there is none' : `got ${shown(actual)}`}`,
  ];
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text;
}
