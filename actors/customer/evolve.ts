import type { CustomerEvent } from '../../schemas/events/customer.ts';
import { stampOf, withStatement } from '../facts.ts';
import { withNote } from '../notes.ts';
import { addTotals } from '../totals.ts';
import type { CustomerState } from './state.ts';

export function evolve(state: CustomerState, event: CustomerEvent): CustomerState {
  switch (event.type) {
    case 'customer.described': {
      const statement = { ...stampOf(event.data), body: event.data.body };
      const statements = withStatement(state.statements, statement);
      const isNew = statements.size > state.statements.size;
      return { ...state, statements, members: isNew ? [...state.members, event.data.id] : state.members };
    }
    case 'customer.orderChanged':
      return { ...state, totals: addTotals(state.totals, event.data.deltas) };
    case 'customer.noted':
      return { ...state, notes: withNote(state.notes, event.data) };
  }
}
