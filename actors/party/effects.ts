import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { Effect } from '../actor.ts';
import { isSameList } from './claims.ts';
import type { MatchClaim, MatchRelease } from '../../schemas/effect.ts';
import type { Claim, Told } from '../../schemas/party.ts';
import { headOf, type Contribution, type Member, type Party } from './party.ts';

/**
 * What others have to hear because a member has changed: all of it is the difference between what follows from the
 * state before and from the state after, so that nothing else has to be remembered of what was said to whom.
 */
export function effectsOf<Body, Sums, State extends Member<Body, Sums>>(
  before: State,
  after: State,
  give: Give<State, Body, Sums>,
): Effect[] {
  const isTied = before.party !== after.party;
  const ties = isTied ? [...claimEffects(before, after), ...wordEffects(before, after)] : [];
  const [was, is] = [headOf(before), headOf(after)];
  if (was === is) return is === after.key ? ties : [...ties, ...contribute(after, is, give(after, before))];
  const left = was === after.key ? [] : contribute(after, was, null);
  return [...ties, ...left, ...(is === after.key ? [] : contribute(after, is, give(after, null)))];
}

/** What a member gives its head, as far as it has changed since `before`; all of it for a new head. */
export type Give<State, Body, Sums> = (state: State, before: State | null) => Contribution<Body, Sums>;

function contribute<Body, Sums>(
  { key }: Member<Body, Sums>,
  head: MatchingKey,
  contribution: Contribution<Body, Sums> | null,
): Effect[] {
  if (contribution !== null && Object.keys(contribution).length === 0) return [];
  return [{ key: head, name: `${kindOfKey(key) ?? ''}.contributed`, data: { v: 1, member: key, contribution } }];
}

function claimEffects<Body, Sums>(before: Member<Body, Sums>, { key, party }: Member<Body, Sums>): Effect[] {
  const effects: Effect[] = [];
  if (before.party.claims === party.claims) return effects;
  for (const identifier of before.party.claims.keys()) {
    if (party.claims.has(identifier)) continue;
    const data: MatchRelease = { v: 1, member: key };
    effects.push({ key: identifier, name: 'match.released', data });
  }
  for (const claim of party.claims.values()) {
    const known = before.party.claims.get(claim.identifier);
    if (known === undefined || !isSameClaim(known, claim)) effects.push(claimEffect(key, claim));
  }
  return effects;
}

function claimEffect(key: MatchingKey, { identifier, ...claim }: Claim): Effect {
  const data: MatchClaim = { v: 1, member: key, ...claim };
  return { key: identifier, name: 'match.claimed', data };
}

function isSameClaim(a: Claim, b: Claim): boolean {
  return a.generation === b.generation && isSameList(a.names ?? [], b.names ?? []);
}

/** To whom a member tells its neighbours, and whether it wants to know theirs: whoever it wants, and whoever wants it. */
function listenersOf({ cluster, heard }: Party<unknown, unknown>): ReadonlyMap<MatchingKey, boolean> {
  const listeners = new Map<MatchingKey, boolean>();
  for (const member of cluster?.wants ?? []) listeners.set(member, true);
  for (const [member, { wants }] of heard) if (wants && !listeners.has(member)) listeners.set(member, false);
  return listeners;
}

function wordEffects<Body, Sums>(before: Member<Body, Sums>, { key, party }: Member<Body, Sums>): Effect[] {
  const [was, is] = [listenersOf(before.party), listenersOf(party)];
  if (was.size === 0 && is.size === 0) return [];
  const neighbours = party.cluster?.neighbours ?? [];
  const isChanged = !isSameList(before.party.cluster?.neighbours ?? [], neighbours);
  const effects: Effect[] = [];
  const tell = (to: MatchingKey, word: Pick<Told, 'neighbours' | 'wants'>): void => {
    const data: Told = { v: 1, member: key, ...word };
    effects.push({ key: to, name: `${kindOfKey(key) ?? ''}.told`, data });
  };
  for (const member of was.keys()) if (!is.has(member)) tell(member, { neighbours: null, wants: false });
  for (const [member, wants] of is) if (isChanged || was.get(member) !== wants) tell(member, { neighbours, wants });
  return effects;
}
