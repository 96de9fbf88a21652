import type { ProductEvent } from '../../schemas/events/product.ts';
import { stampOf, withStatement } from '../facts.ts';
import { withNote } from '../notes.ts';
import type { ProductState } from './state.ts';

export function evolve(state: ProductState, event: ProductEvent): ProductState {
  switch (event.type) {
    case 'product.described': {
      const statement = { ...stampOf(event.data), body: event.data.body };
      return { ...state, statements: withStatement(state.statements, statement) };
    }
    case 'product.noted':
      return { ...state, notes: withNote(state.notes, event.data) };
  }
}
