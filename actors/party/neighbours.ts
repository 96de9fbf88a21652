import type { MatchingKey } from '../../schemas/key.ts';
import { compareText } from '../facts.ts';
import { isWeak } from '../match/types.ts';
import type { Party } from './party.ts';

/** In what two members agree. */
export interface Agreement {
  readonly strong: number;
  readonly weak: number;
  /** They go by the same name, where one of their weak identifiers agrees. */
  readonly name: boolean;
}

type Ties = Pick<Party<unknown, unknown>, 'claims' | 'links' | 'joins'>;

/** Members that this one is joined with directly, sorted: both of a pair see the same agreement, and so the same. */
export function neighboursOf(ties: Ties): readonly MatchingKey[] {
  if (ties.links.size === 0 && ties.joins.size === 0) return NONE;
  const neighbours = new Set<MatchingKey>();
  for (const [member, agreement] of agreements(ties)) if (isEnough(agreement)) neighbours.add(member);
  for (const { member, joined } of ties.joins.values()) if (joined) neighbours.add(member);
  return [...neighbours].sort(compareText);
}

const NONE: readonly MatchingKey[] = [];

/** A strong identifier is enough; a weak one needs another one, or the same name, between the same two members. */
export function isEnough({ strong, weak, name }: Agreement): boolean {
  return strong > 0 || weak > 1 || (weak === 1 && name);
}

/** By the other member. */
export function agreements({ claims, links }: Pick<Ties, 'claims' | 'links'>): Map<MatchingKey, Agreement> {
  const all = new Map<MatchingKey, Agreement>();
  for (const { identifier, type, members } of links.values()) {
    const weak = isWeak(type);
    const own = claims.get(identifier)?.names ?? [];
    for (const { member, names = [] } of members) {
      const known = all.get(member) ?? NO_AGREEMENT;
      all.set(member, {
        strong: known.strong + (weak ? 0 : 1),
        weak: known.weak + (weak ? 1 : 0),
        name: known.name || (weak && names.some((name) => own.includes(name))),
      });
    }
  }
  return all;
}

const NO_AGREEMENT: Agreement = { strong: 0, weak: 0, name: false };
