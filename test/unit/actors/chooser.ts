import type { Choose } from './miniature.ts';

/** mulberry32: a small generator of the public domain; the same seed makes the same choices. */
export function chooser(from: number): Choose {
  let state = from;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return below === 0 ? 0 : ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export function shuffled<Item>(items: readonly Item[], choose: Choose): Item[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = choose(i + 1);
    [all[i], all[j]] = [all[j] as Item, all[i] as Item];
  }
  return all;
}
