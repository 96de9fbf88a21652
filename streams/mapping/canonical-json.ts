/** JSON text with the properties of every object sorted: equal for equal values, however they were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sorted);
}

function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // fromEntries defines own properties, so that __proto__ is a name like any other.
  return Object.fromEntries(entries);
}
