import type { MatchClaim, MatchRelease } from '../../schemas/effect.ts';
import type { MatchEvent, MatchEventData } from '../../schemas/events/match.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { Claimant, Matched } from '../../schemas/party.ts';
import type { ClaimMeta, PlaceMeta } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { ActorMessage, Decision, Effect, RecordRef, Records } from '../actor.ts';
import { compareText } from '../facts.ts';
import { notUnderstood } from '../refusals.ts';
import { evolve } from './evolve.ts';
import { claimRef, isWithdrawn, placeRef, type MatchState } from './state.ts';
import { mostClaimants } from './types.ts';

const NOTHING: readonly RecordRef[] = [];

/** Claimants stand in the state but for those of a withdrawn identifier. */
export function needs(state: MatchState, message: ActorMessage): readonly RecordRef[] {
  if (message.type !== 'effect' || !isWithdrawn(state)) return NOTHING;
  const { member } = message.data as MatchClaim | MatchRelease;
  const own = claimRef(state.key, member);
  if (message.name !== 'match.released') return [own];
  return [own, ...placesAfter(state).map((place) => placeRef(state.key, place))];
}

/** Who a release may move or leave: the last one, or, where the others are few enough again, all. */
function placesAfter({ type, count }: MatchState): number[] {
  return count - 1 > mostClaimants(type) ? [count - 1] : Array.from({ length: count }, (_, place) => place);
}

export function decide(state: MatchState, message: ActorMessage, records: Records): Decision<MatchEvent> {
  if (message.type !== 'effect') return notUnderstood('match', message);
  switch (message.name) {
    case 'match.claimed':
      return decideClaim(state, message.data as MatchClaim, records);
    case 'match.released':
      return decideRelease(state, message.data as MatchRelease, records);
    default:
      return notUnderstood('match', message);
  }
}

function decideClaim(state: MatchState, { v: _, ...claim }: MatchClaim, records: Records): Decision<MatchEvent> {
  const place = placeOf(state, claim.member, records);
  const isNew = place === undefined && !state.claimants.has(claim.member);
  const data = { v: 1, ...claim, isNew, ...placed(state, claim, isNew, place) } as const;
  return accepted(state, { type: 'match.claimed', data });
}

/** Which claimants stand in documents from now on: this one, or all, when there come to be too many. */
function placed(
  state: MatchState,
  { member, type, generation, names }: Omit<MatchClaim, 'v'>,
  isNew: boolean,
  place: number | undefined,
): Pick<MatchEventData<'match.claimed'>, 'placed'> {
  const claimant: Claimant = { member, generation, ...(names !== undefined && { names }) };
  if (isWithdrawn(state)) return { placed: [{ place: place ?? state.count, ...claimant }] };
  if (!isNew || state.count < mostClaimants(type)) return {};
  const all = [...state.claimants.values(), claimant].sort((a, b) => compareText(a.member, b.member));
  return { placed: all.map((one, n) => ({ place: n, ...one })) };
}

function placeOf(state: MatchState, member: MatchingKey, records: Records): number | undefined {
  if (!isWithdrawn(state)) return undefined;
  const claim = records.get(claimRef(state.key, member));
  return claim === undefined ? undefined : upcast<ClaimMeta>('meta/claim', claim.meta).place;
}

function decideRelease(state: MatchState, { member }: MatchRelease, records: Records): Decision<MatchEvent> {
  const data = { v: 1, member } as const;
  if (!isWithdrawn(state)) {
    return state.claimants.has(member) ? accepted(state, { type: 'match.released', data }) : { verdict: 'duplicate' };
  }
  const place = placeOf(state, member, records);
  if (place === undefined) return { verdict: 'duplicate' };
  const after = placesAfter(state).map((n) => claimantAt(state, n, records));
  const left = after.filter((one) => one.member !== member).sort((a, b) => compareText(a.member, b.member));
  if (after.length > 1) return accepted(state, { type: 'match.released', data: { ...data, left } });
  const [last] = left;
  const moved = last === undefined ? {} : { moved: { place, ...last } };
  const freed = { place: state.count - 1, ...moved };
  return accepted(state, { type: 'match.released', data: { ...data, freed } });
}

function claimantAt({ key }: MatchState, place: number, records: Records): Claimant {
  const record = records.get(placeRef(key, place));
  if (record === undefined) throw new Error(`place ${place} of the claims of ${key} is empty`);
  const { v: _, ...claimant } = upcast<PlaceMeta>('meta/place', record.meta);
  return claimant;
}

function accepted(before: MatchState, event: MatchEvent): Decision<MatchEvent> {
  return { verdict: 'accepted', events: [event], effects: newsOf(before, evolve(before, event)) };
}

/** What those hear for whom something has changed. */
function newsOf(before: MatchState, after: MatchState): Effect[] {
  const [was, is] = [othersOf(before), othersOf(after)];
  const members = [...after.claimants.values()];
  // Those who claimed it before it was withdrawn are told that nobody else does.
  const withdrawn = isWithdrawn(after) ? [...before.claimants.values()] : [];
  const effects = [...members, ...withdrawn].flatMap((claimant) => {
    const [known, others] = [was.get(nameOf(claimant)), is.get(nameOf(claimant))];
    return isSameOthers(known, others) ? [] : [news(after, claimant, others ?? [])];
  });
  const { named = before.named } = after;
  if (named === undefined || isSameOthers(was.get(`${named} 0`), is.get(`${named} 0`))) return effects;
  return [
    ...effects,
    news({ ...after, type: after.type || before.type }, { member: named, generation: 0 }, is.get(`${named} 0`) ?? []),
  ];
}

/** Who else claims the identifier, for each that claims it in this generation; nobody once it is withdrawn. */
function othersOf({ claimants, named, ...state }: MatchState): ReadonlyMap<string, readonly Claimant[]> {
  const others = new Map<string, readonly Claimant[]>();
  if (isWithdrawn(state)) return others;
  const all = [...claimants.values()];
  if (named !== undefined && all.length > 0) all.push({ member: named, generation: 0 });
  if (all.length < 2) return others;
  all.sort((a, b) => compareText(a.member, b.member));
  for (const one of all)
    others.set(
      nameOf(one),
      all.filter((other) => other !== one),
    );
  return others;
}

function nameOf({ member, generation }: Claimant): string {
  return `${member} ${generation}`;
}

function isSameOthers(a: readonly Claimant[] | undefined, b: readonly Claimant[] | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function news({ key, type }: MatchState, { member, generation }: Claimant, members: readonly Claimant[]): Effect {
  const data: Matched = { v: 1, identifier: key, type, generation, members };
  return { key: member, name: `${kindOfKey(member) ?? ''}.matched`, data };
}
