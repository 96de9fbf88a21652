import type { MatchEvent } from '../../schemas/events/match.ts';
import { initial, isWithdrawn, type MatchState } from './state.ts';

export function evolve(state: MatchState, event: MatchEvent): MatchState {
  switch (event.type) {
    case 'match.claimed':
      return withClaim(state, event.data);
    case 'match.released': {
      const { member, left } = event.data;
      const count = state.count - 1;
      if (count === 0) return initial(state.key);
      if (left !== undefined) {
        return { ...state, count, claimants: new Map(left.map((claimant) => [claimant.member, claimant])) };
      }
      const claimants = new Map(state.claimants);
      claimants.delete(member);
      return { ...state, count, claimants };
    }
  }
}

type Claimed = Extract<MatchEvent, { readonly type: 'match.claimed' }>['data'];

function withClaim(state: MatchState, { member, type, generation, names, named, isNew }: Claimed): MatchState {
  const count = state.count + Number(isNew);
  const next = { ...state, type, count, ...(named !== undefined && { named }) };
  if (isWithdrawn(next)) return { ...next, claimants: new Map() };
  const claimant = { member, generation, ...(names !== undefined && { names }) };
  return { ...next, claimants: new Map(state.claimants).set(member, claimant) };
}
