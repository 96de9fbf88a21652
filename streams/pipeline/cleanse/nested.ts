import type { Body } from './rule.ts';

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list itself if every item stays. */
export function mapped(list: readonly unknown[], map: (item: unknown) => unknown): readonly unknown[] {
  let changed: unknown[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const item = map(list[i]);
    if (item === list[i]) continue;
    changed ??= [...list];
    changed[i] = item;
  }
  return changed ?? list;
}
