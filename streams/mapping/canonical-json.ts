type Fields = Readonly<Record<string, unknown>>;

/** JSON text with the properties of every object sorted: equal for equal values, however they were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map(sorted) : sortedFields(value as Fields);
}

function sortedFields(fields: Fields): Fields {
  const names = namesOf(fields);
  // fromEntries defines own properties, so that __proto__ is a name like any other.
  if (names.includes('__proto__')) return Object.fromEntries(names.map((name) => [name, sorted(fields[name])]));
  const copy: Record<string, unknown> = {};
  for (const name of names) copy[name] = sorted(fields[name]);
  return copy;
}

interface Names {
  readonly written: readonly string[];
  readonly sorted: readonly string[];
}

/** The records of a feed are made of few shapes: sorting their names again and again took most of the time. */
const known: Names[] = [];
const KNOWN_LIMIT = 8;

function namesOf(fields: Fields): readonly string[] {
  const names = Object.keys(fields);
  for (const { written, sorted } of known) if (isSame(names, written)) return sorted;
  const found = { written: names, sorted: [...names].sort() };
  if (known.length >= KNOWN_LIMIT) known.shift();
  known.push(found);
  return found.sorted;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
