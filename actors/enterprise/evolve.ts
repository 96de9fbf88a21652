import type { EnterpriseEvent } from '../../schemas/events/enterprise.ts';
import { stampOf, withStatement } from '../facts.ts';
import { withNote } from '../notes.ts';
import { addTotals } from '../totals.ts';
import type { EnterpriseState } from './state.ts';

export function evolve(state: EnterpriseState, event: EnterpriseEvent): EnterpriseState {
  switch (event.type) {
    case 'enterprise.described': {
      const statement = { ...stampOf(event.data), body: event.data.body };
      return { ...state, statements: withStatement(state.statements, statement) };
    }
    case 'enterprise.orderChanged': {
      const { orders, opened, items } = event.data;
      const deltas = items.map(({ delta }) => delta);
      const totals = addTotals(state.totals, deltas);
      return { ...state, totals, orders: state.orders + orders, items: state.items + opened };
    }
    case 'enterprise.noted':
      return { ...state, notes: withNote(state.notes, event.data) };
  }
}
