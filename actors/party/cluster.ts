import type { MatchingKey } from '../../schemas/key.ts';
import { compareText } from '../facts.ts';
import { PARTY_LIMIT } from '../match/types.ts';

/** What a member of the cluster says of itself. */
export interface Heard {
  /** Sorted. */
  readonly neighbours: readonly MatchingKey[];
  /** It needs to know the neighbours of whom it told. */
  readonly wants: boolean;
}

/** The members that one is joined with, directly or through others, as far as it has heard. */
export interface Cluster {
  /** Of one party, sorted; itself only where there are too many. */
  readonly members: readonly MatchingKey[];
  readonly oversized: boolean;
  /** Whom it is joined with directly; sorted, and no more than prove that there are too many. */
  readonly neighbours: readonly MatchingKey[];
  /** Whose neighbours it has to know to know this. */
  readonly wants: ReadonlySet<MatchingKey>;
}

/**
 * Breadth first from its own neighbours through those that the others have told, until there are more than one party
 * may have. Once all words have come, this is the cluster, whatever came before: its own neighbours are right by
 * themselves, so it wants to know theirs for good, so these are right, and so on, one step at a time. What somebody
 * said who does not belong to it any more is never reached. That is why everybody tells of nobody but itself: a head
 * passed on from one to the next would go round for ever after it has gone.
 */
export function clusterOf(
  key: MatchingKey,
  neighbours: readonly MatchingKey[],
  heard: ReadonlyMap<MatchingKey, Heard>,
): Cluster | null {
  if (neighbours.length === 0) return null;
  const own = neighbours.slice(0, PARTY_LIMIT);
  const found = new Set([key, ...own]);
  const wants = new Set<MatchingKey>();
  if (found.size > PARTY_LIMIT) return oversized(key, own, wants);
  // A set is walked in the order in which it grows.
  for (const member of found) {
    if (member === key) continue;
    wants.add(member);
    for (const next of heard.get(member)?.neighbours ?? []) found.add(next);
    if (found.size > PARTY_LIMIT) return oversized(key, own, wants);
  }
  return { members: [...found].sort(compareText), oversized: false, neighbours: own, wants };
}

function oversized(key: MatchingKey, neighbours: readonly MatchingKey[], wants: ReadonlySet<MatchingKey>): Cluster {
  return { members: [key], oversized: true, neighbours, wants };
}

export function isSameCluster(a: Cluster | null, b: Cluster | null, key: MatchingKey): boolean {
  if (a === b) return true;
  if ((a?.oversized ?? false) !== (b?.oversized ?? false)) return false;
  const [one, other] = [a?.members ?? [key], b?.members ?? [key]];
  return one.length === other.length && one.every((member, i) => member === other[i]);
}
