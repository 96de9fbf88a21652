import type { Part } from '../../schemas/canonical/part.ts';
import type { ProductBody } from '../../schemas/canonical/product.ts';
import type { ProductEvent } from '../../schemas/events/product.ts';
import type { ActorMessage, Decision } from '../actor.ts';
import { hear, STATEMENTS_LIMIT, stampOf, statementId } from '../facts.ts';
import { decideNote } from '../notes.ts';
import { notUnderstood, tooManyStatements, unheardOf } from '../refusals.ts';
import { PRODUCT_FIELDS, type ProductState } from './state.ts';

export function decide(state: ProductState, message: ActorMessage): Decision<ProductEvent> {
  switch (message.type) {
    case 'part':
      if (message.name !== 'product') return notUnderstood('product', message);
      return decideDescription(state, message.data as Part<ProductBody>);
    case 'command':
      if (message.name !== 'note') return notUnderstood('product', message);
      return state.statements.size > 0 ? decideNote('product.noted', message) : unheardOf('product', message);
    case 'effect':
    case 'timer':
      return notUnderstood('product', message);
  }
}

function decideDescription(state: ProductState, part: Part<ProductBody>): Decision<ProductEvent> {
  const known = state.statements.get(statementId(part));
  const heard = hear(known, part, PRODUCT_FIELDS);
  if (typeof heard === 'string') return { verdict: heard };
  if (known === undefined && state.statements.size >= STATEMENTS_LIMIT) {
    return tooManyStatements(STATEMENTS_LIMIT, `the product ${state.key}`);
  }
  const data = { v: 2, ...stampOf(heard), body: heard.body } as const;
  return { verdict: 'accepted', events: [{ type: 'product.described', data }] };
}
