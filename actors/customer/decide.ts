import type { CustomerBody } from '../../schemas/canonical/customer.ts';
import type { CustomerOrderChange, CustomerSums } from '../../schemas/effect.ts';
import type { CustomerEvent } from '../../schemas/events/customer.ts';
import type { ActorMessage, Actor, Decision } from '../actor.ts';
import { decideNote } from '../notes.ts';
import { Claims } from '../party/claims.ts';
import { PartyDecisions } from '../party/decide.ts';
import type { Matching } from '../party/matching.ts';
import { giving } from '../party/record.ts';
import { notUnderstood, unheardOf } from '../refusals.ts';
import { evolve } from './evolve.ts';
import { CUSTOMER_MEMBERS, isHeardOf, type CustomerState } from './state.ts';

export function createDecide(matching: Matching): Actor<CustomerState, CustomerEvent>['decide'] {
  const { fields } = CUSTOMER_MEMBERS;
  const party = new PartyDecisions<CustomerBody, CustomerSums, CustomerState, CustomerEvent>({
    kind: 'customer',
    fields,
    claims: new Claims(matching),
    give: giving(fields, matching.rankOf, sumsOf, (a, b) => a.totals === b.totals),
    evolve,
    event: ({ name, data }) => ({ type: `customer.${name}`, data }) as CustomerEvent,
  });
  return (state, message) => decide(party, state, message);
}

type Decisions = PartyDecisions<CustomerBody, CustomerSums, CustomerState, CustomerEvent>;

function decide(party: Decisions, state: CustomerState, message: ActorMessage): Decision<CustomerEvent> {
  switch (message.type) {
    case 'part':
      return message.name === 'customer' ? party.part(state, message) : notUnderstood('customer', message);
    case 'effect':
      if (message.name === 'customer.orderChanged') {
        const data = message.data as CustomerOrderChange;
        return party.alongside(state, { type: 'customer.orderChanged', data });
      }
      return party.effect(state, message) ?? notUnderstood('customer', message);
    case 'command':
      if (!isHeardOf(state)) return unheardOf('customer', message);
      if (message.name === 'note') return decideNote('customer.noted', message);
      return party.command(state, message) ?? notUnderstood('customer', message);
    case 'timer':
      return notUnderstood('customer', message);
  }
}

function sumsOf({ totals }: CustomerState): CustomerSums {
  return { totals };
}
