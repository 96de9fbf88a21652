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

// The lines of an order all have the same names: sorting these again and again took most of the time.
let last: { readonly names: readonly string[]; readonly sorted: readonly string[] } = { names: [], sorted: [] };

function namesOf(fields: Fields): readonly string[] {
  const names = Object.keys(fields);
  if (!isSame(names, last.names)) last = { names, sorted: [...names].sort() };
  return last.sorted;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
