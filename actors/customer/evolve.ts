import type { CustomerEvent } from '../../schemas/events/customer.ts';
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
import type { CustomerState } from './state.ts';

export function evolve(state: CustomerState, event: CustomerEvent): CustomerState {
  const { key, party } = state;
  switch (event.type) {
    case 'customer.described':
      return withDescription(state, event.data);
    case 'customer.orderChanged':
      return { ...state, totals: addTotals(state.totals, event.data.deltas) };
    case 'customer.noted':
      return { ...state, notes: withNote(state.notes, event.data) };
    case 'customer.claimed':
      return { ...state, party: withClaims(key, party, event.data) };
    case 'customer.matched':
      return { ...state, party: withMatch(key, party, event.data) };
    case 'customer.told':
      return { ...state, party: withWord(key, party, event.data) };
    case 'customer.joinDecided':
      return { ...state, party: withJoin(key, party, event.data) };
    case 'customer.splitDecided':
      return { ...state, party: withSplit(party, event.data) };
    case 'customer.contributed':
      return { ...state, party: withContribution(party, event.data) };
    case 'customer.partyChanged':
      // Follows from what was heard before it.
      return state;
  }
}
