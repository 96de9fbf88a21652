import type { CustomerBody } from '../../schemas/canonical/customer.ts';
import type { Part } from '../../schemas/canonical/part.ts';
import type { CustomerOrderChange } from '../../schemas/effect.ts';
import type { CustomerEvent } from '../../schemas/events/customer.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { ActorMessage, Decision } from '../actor.ts';
import { hear, STATEMENTS_LIMIT, stampOf, statementId } from '../facts.ts';
import { decideNote } from '../notes.ts';
import { notUnderstood, tooManyStatements, unheardOf } from '../refusals.ts';
import { CUSTOMER_FIELDS, isHeardOf, memberId, type CustomerState } from './state.ts';

export function decide(state: CustomerState, message: ActorMessage): Decision<CustomerEvent> {
  switch (message.type) {
    case 'part':
      if (message.name !== 'customer') return notUnderstood('customer', message);
      return decideDescription(state, upcast<Part<CustomerBody>>('part/customer', message.data));
    case 'effect':
      if (message.name !== 'customer.orderChanged') return notUnderstood('customer', message);
      return {
        verdict: 'accepted',
        events: [{ type: 'customer.orderChanged', data: message.data as CustomerOrderChange }],
      };
    case 'command':
      if (message.name !== 'note') return notUnderstood('customer', message);
      return isHeardOf(state) ? decideNote('customer.noted', message) : unheardOf('customer', message);
    case 'timer':
      return notUnderstood('customer', message);
  }
}

function decideDescription(state: CustomerState, part: Part<CustomerBody>): Decision<CustomerEvent> {
  const id = statementId(part);
  const known = state.statements.get(id);
  const heard = hear(known, part, CUSTOMER_FIELDS);
  if (typeof heard === 'string') return { verdict: heard };
  if (known === undefined && state.statements.size >= STATEMENTS_LIMIT) {
    return tooManyStatements(STATEMENTS_LIMIT, `the customer ${state.key}`);
  }
  const data = { v: 2, id: memberId(id), ...stampOf(heard), body: heard.body } as const;
  return { verdict: 'accepted', events: [{ type: 'customer.described', data }] };
}
