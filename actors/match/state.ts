import { fingerprint, type MatchingKey } from '../../schemas/key.ts';
import type { Claimant } from '../../schemas/party.ts';
import type { MatchSaved } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordRef } from '../actor.ts';
import { compareText } from '../facts.ts';
import { mostClaimants } from './types.ts';

/** Everything that an identifier's match actor decides by. */
export interface MatchState {
  readonly key: MatchingKey;
  /** Of the identifier; '' before the first claim. */
  readonly type: string;
  /**
   * All claimants, by member, while there are no more than may share it. Once there are more, they stand in documents
   * (master.claims and master.places) and this is empty: what thousands put in for want of a phone stays small.
   */
  readonly claimants: ReadonlyMap<MatchingKey, Claimant>;
  readonly count: number;
  /** The member whose key the identifier names. */
  readonly named?: MatchingKey;
}

export function initial(key: MatchingKey): MatchState {
  return { key, type: '', claimants: new Map(), count: 0 };
}

/** More members claim it than can be one party: it joins nobody, until there are fewer again. */
export function isWithdrawn({ type, count }: Pick<MatchState, 'type' | 'count'>): boolean {
  return count > mostClaimants(type);
}

/** Where it stands in which place a claimant stands. */
export function claimRef(key: MatchingKey, member: MatchingKey): RecordRef {
  return { collection: 'master.claims', id: `${key}.${fingerprint(member)}` };
}

/** Who stands in a place. Places are numbered from 0 without gaps, so that whoever is left can be asked for by number. */
export function placeRef(key: MatchingKey, place: number): RecordRef {
  return { collection: 'master.places', id: `${key}.${place}` };
}

export function save({ key, type, claimants, count, named }: MatchState): MatchSaved {
  const sorted = [...claimants.values()].sort((a, b) => compareText(a.member, b.member));
  return { v: 1, key, type, claimants: sorted, count, ...(named !== undefined && { named }) };
}

export function load(key: MatchingKey, saved: unknown): MatchState {
  const { type, claimants, count, named } = upcast<MatchSaved>('state/match', saved);
  const byMember = new Map(claimants.map((claimant) => [claimant.member, claimant]));
  return { key, type, claimants: byMember, count, ...(named !== undefined && { named }) };
}
