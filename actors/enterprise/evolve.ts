import type { EnterpriseEvent } from '../../schemas/events/enterprise.ts';
import { withNote } from '../notes.ts';
import {
  withClaims,
  withContribution,
  withDescription,
  withJoin,
  withMatch,
  withSplit,
  withWord,
} from '../party/evolve.ts';
import { addTotals } from '../totals.ts';
import type { EnterpriseState } from './state.ts';

export function evolve(state: EnterpriseState, event: EnterpriseEvent): EnterpriseState {
  const { key, party } = state;
  switch (event.type) {
    case 'enterprise.described':
      return withDescription(state, event.data);
    case 'enterprise.orderChanged': {
      const { orders, opened, items } = event.data;
      const deltas = items.map(({ delta }) => delta);
      const totals = addTotals(state.totals, deltas);
      return { ...state, totals, orders: state.orders + orders, items: state.items + opened };
    }
    case 'enterprise.noted':
      return { ...state, notes: withNote(state.notes, event.data) };
    case 'enterprise.claimed':
      return { ...state, party: withClaims(key, party, event.data) };
    case 'enterprise.matched':
      return { ...state, party: withMatch(key, party, event.data) };
    case 'enterprise.told':
      return { ...state, party: withWord(key, party, event.data) };
    case 'enterprise.joinDecided':
      return { ...state, party: withJoin(key, party, event.data) };
    case 'enterprise.splitDecided':
      return { ...state, party: withSplit(party, event.data) };
    case 'enterprise.contributed':
      return { ...state, party: withContribution(party, event.data) };
    case 'enterprise.partyChanged':
      // Follows from what was heard before it.
      return state;
  }
}
