import type { Random } from '../simulation/world.ts';

/** Names that mean something to JavaScript, and those that differ from others by what nobody sees. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'length',
  '',
  ' id',
  'id\u200b',
  'ID',
  '0',
];

/** Texts of values that no sender should send, some of which are no JSON. */
const VALUES: readonly string[] = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1e400',
  '-1e400',
  '1e-400',
  '0.1',
  '9007199254740993',
  '123456789012345678901234567890',
  'NaN',
  'undefined',
  '01',
  '.5',
  "'x'",
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u202e"',
  '"__proto__"',
  '"NaN"',
  '"-1,234.56"',
  '"1.234,56 €"',
  '"٣٫٥"',
  '"2024-02-30T25:61:61Z"',
  '"+275760-09-13T00:00:00Z"',
  '"0000-00-00"',
  '"XXX"',
  '"<script>alert(1)</script>"',
  '{}',
  '[]',
  '[[]]',
  '[null]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"valueOf":2,"hasOwnProperty":3,"length":1e9}',
];

/** Longer and deeper than anybody means. */
const HUGE: readonly (() => string)[] = [
  () => `"${'x'.repeat(100_000)}"`,
  () => `"${'9'.repeat(5000)}"`,
  () => '9'.repeat(5000),
  () => `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  () => `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  () => `[${'{"id":1,"amount":"1.00"},'.repeat(3000)}1]`,
  () => `{${Array.from({ length: 3000 }, (_, n) => `"key${n}":${n}`).join(',')}}`,
  () => `"${'a\\u0301'.repeat(10_000)}"`,
  () => `"${'😀'.repeat(600_000)}"`,
];

/** Depths that this program itself could not go down. */
const DEEP = ['['.repeat(1000), '{"a":'.repeat(1000)];

/** Changes one value or one name of a JSON text. What does not parse any more is left as it is. */
export function mutateJson(text: string, random: Random): string {
  if (DEEP.some((deep) => text.includes(deep))) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return text;
  }
  let left = random.below(nodesIn(parsed));
  return written(parsed);

  function written(value: unknown): string {
    const own = left-- === 0 ? changed(value, random) : undefined;
    if (own !== undefined) return own;
    if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    return `{${Object.entries(value)
      .map((entry) => entryText(entry))
      .join(',')}}`;
  }

  function entryText([name, value]: readonly [string, unknown]): string {
    const isMet = left === 0 && random.chance(0.4);
    if (!isMet) return `${JSON.stringify(name)}:${written(value)}`;
    left -= 1;
    const kept = JSON.stringify(value);
    switch (random.below(3)) {
      case 0:
        return `${JSON.stringify(name)}:${kept},${JSON.stringify(name)}:${random.pick(VALUES)}`;
      case 1:
        return `${JSON.stringify(random.pick(NAMES))}:${kept}`;
      default:
        return `${JSON.stringify(name)}:${kept},${JSON.stringify(random.pick(NAMES))}:${random.pick(VALUES)}`;
    }
  }
}

function nodesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, inner) => sum + nodesIn(inner), 1);
}

function changed(value: unknown, random: Random): string {
  const text = JSON.stringify(value);
  switch (random.below(8)) {
    case 0:
      return random.pick(HUGE)();
    case 1:
      return `[${text}]`;
    case 2:
      return `{"value":${text}}`;
    case 3:
      return JSON.stringify(text);
    case 4:
      return typeof value === 'string' && value !== '' && !Number.isNaN(Number(value)) ? value : JSON.stringify(text);
    case 5:
      return `[${Array.from({ length: 1 + random.below(50) }, () => text).join(',')}]`;
    default:
      return random.pick(VALUES);
  }
}
