import type { ReadPorts } from '../actors/node/ports.ts';
import { count } from './progress.ts';

/** What every record of a feed gets exactly one of (docs/guarantees.md, promise 7). */
export const VERDICTS = ['accepted', 'duplicate', 'stale', 'quarantined'] as const;

export type Verdicts = Record<(typeof VERDICTS)[number], number>;

const PAGE = 500;

/** The verdicts that all partitions gave under a feed's id. */
export async function verdictsOf(feed: string, store: ReadPorts['store']): Promise<Verdicts> {
  const sums: Verdicts = { accepted: 0, duplicate: 0, stale: 0, quarantined: 0 };
  for (let after = ''; ;) {
    const page = await store.query('management.feeds', 'feed', feed, { after, limit: PAGE });
    for (const { json } of page) {
      const counts = JSON.parse(json ?? '{}') as Partial<Verdicts>;
      for (const verdict of VERDICTS) sums[verdict] += counts[verdict] ?? 0;
    }
    const last = page.at(-1);
    if (last === undefined) return sums;
    after = last.id;
  }
}

export function total(verdicts: Verdicts): number {
  return VERDICTS.reduce((sum, verdict) => sum + verdicts[verdict], 0);
}

const MEANS: Verdicts extends Record<infer Name extends string, number> ? Record<Name, string> : never = {
  accepted: 'new, or a newer state; parts that wait for their order included',
  duplicate: 'the same record came before',
  stale: 'an older state than the one that is known',
  quarantined: 'something is wrong with it; see `masterflag quarantine list`',
};

export function verdictLines(verdicts: Verdicts): string[] {
  const width = Math.max(...VERDICTS.map((verdict) => count(verdicts[verdict]).length));
  return VERDICTS.map((verdict) => {
    const text = `  ${verdict.padEnd(12)} ${count(verdicts[verdict]).padStart(width)}`;
    return verdicts[verdict] === 0 ? text : `${text}   ${MEANS[verdict]}`;
  });
}
