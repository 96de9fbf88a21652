import type { MatchEvent, Place } from '../../schemas/events/match.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { ClaimMeta, PlaceMeta } from '../../schemas/state.ts';
import type { FlagBody, Projection, RecordWrite } from '../actor.ts';
import { reference, references } from '../references.ts';
import { claimRef, isWithdrawn, placeRef, type MatchState } from './state.ts';

export function project(state: MatchState, events: readonly MatchEvent[]): Projection {
  return { records: events.flatMap((event) => writesOf(state.key, event)), flag: flagOf(state) };
}

/** Claimants of a withdrawn identifier stand in events only. */
export function restate(state: MatchState): Projection {
  return { records: [], flag: flagOf(state) };
}

function writesOf(key: MatchingKey, event: MatchEvent): RecordWrite[] {
  switch (event.type) {
    case 'match.claimed':
      return (event.data.placed ?? []).flatMap((place) => placeWrites(key, place));
    case 'match.released': {
      const { member, freed, left } = event.data;
      if (left !== undefined) return endWrites(key, [member, ...left.map((claimant) => claimant.member)]);
      if (freed === undefined) return [];
      const gone = [claimRef(key, member), placeRef(key, freed.place)].map((ref) => ({ ...ref, body: null }));
      return freed.moved === undefined ? gone : [...gone, ...placeWrites(key, freed.moved)];
    }
  }
}

/** In which place one stands depends on the way here, and is no part of a body. */
function placeWrites(key: MatchingKey, { place, ...claimant }: Place): RecordWrite[] {
  const claim: ClaimMeta = { v: 1, place };
  const meta: PlaceMeta = { v: 1, ...claimant };
  return [
    { ...claimRef(key, claimant.member), body: { v: 1, entity: key, member: claimant.member }, meta: claim },
    { ...placeRef(key, place), body: { v: 1, entity: key, place }, meta },
  ];
}

function endWrites(key: MatchingKey, members: readonly MatchingKey[]): RecordWrite[] {
  return members.flatMap((member, place) => [
    { ...claimRef(key, member), body: null },
    { ...placeRef(key, place), body: null },
  ]);
}

function flagOf(state: MatchState): FlagBody {
  const { key, count } = state;
  return {
    status: statusOf(state),
    references: references(reference('master.claims', 'entity', key, isWithdrawn(state) ? count : 0)),
  };
}

/** `claimed` by one, `shared` by a few, `withdrawn` from more, `forgotten` by all. */
function statusOf(state: MatchState): string {
  if (state.count === 0) return 'forgotten';
  if (isWithdrawn(state)) return 'withdrawn';
  return state.count === 1 && state.named === undefined ? 'claimed' : 'shared';
}
