import type { CustomerBody } from '../../schemas/canonical/customer.ts';
import type { CustomerEvent } from '../../schemas/events/customer.ts';
import type { CustomerTotal } from '../../schemas/tasks/parties.ts';
import type { Actor, FlagBody, RecordWrite } from '../actor.ts';
import { memberWrite } from '../party/members.ts';
import { integrate, partyFlag, recordWrite, sumsGiven, type Integrated } from '../party/record.ts';
import { reference } from '../references.ts';
import { addTotals, countOf, type Totals } from '../totals.ts';
import { CUSTOMER_MEMBERS, isHeardOf, type CustomerState } from './state.ts';

type Restate = NonNullable<Actor<CustomerState, CustomerEvent>['restate']>;

/** The integrated record; what each source says stands in records that the state is made of. */
export function createRestate(rankOf: (source: string) => number): Restate {
  return (state) => {
    const party = integrate(state, CUSTOMER_MEMBERS.fields, rankOf);
    const whole = {
      collection: 'customer.customers',
      id: state.key,
      body: party === null ? null : bodyOf(state, party),
    } as const;
    return { records: [whole], flag: flagOf(state, party !== null) };
  };
}

type Project = Actor<CustomerState, CustomerEvent>['project'];

export function createProject(rankOf: (source: string) => number): Project {
  return (state, events) => {
    const members = new Map<string, RecordWrite>();
    for (const event of events) {
      if (event.type !== 'customer.described') continue;
      members.set(event.data.id, memberWrite(CUSTOMER_MEMBERS, state.key, event.data));
    }
    const party = integrate(state, CUSTOMER_MEMBERS.fields, rankOf);
    const whole = recordWrite(state, 'customer.customers', events, party === null ? null : bodyOf(state, party));
    return { records: [...members.values(), ...whole], flag: flagOf(state, party !== null) };
  };
}

function bodyOf(
  state: CustomerState,
  { body, identifiers, statements }: Integrated<CustomerBody>,
): Readonly<Record<string, unknown>> {
  const { identifiers: _identifiers, original: _original, ...attributes } = body;
  const totals = sumsGiven(state).reduce((sum, given) => addTotals(sum, given.totals), state.totals);
  return {
    v: 2,
    ...attributes,
    identifiers,
    members: statements,
    sales: countOf(totals, 'sale'),
    returns: countOf(totals, 'return'),
    adjustments: countOf(totals, 'adjustment'),
    totals: customerTotals(totals),
  };
}

function customerTotals(totals: Totals): CustomerTotal[] {
  return totals.map(({ currency, type, count, goods, freight, total }) => ({
    currency,
    type,
    orders: count,
    goods,
    freight,
    total,
  }));
}

/**
 * `awaited` while only orders or other members speak of it; `forgotten` once nobody does any more, because whatever did
 * was corrected: its flag stays, since its events do, but it is part of no export.
 */
function statusOf(state: CustomerState, isIntegrated: boolean): 'active' | 'awaited' | 'forgotten' {
  if (isIntegrated) return 'active';
  return isHeardOf(state) ? 'awaited' : 'forgotten';
}

function flagOf(state: CustomerState, isIntegrated: boolean): FlagBody {
  const { key, statements, totals } = state;
  return partyFlag(state, statusOf(state, isIntegrated), [
    reference('customer.customers', '_id', key, isIntegrated ? 1 : 0),
    reference('mall.members', 'customer', key, statements.size),
    reference('mall.orders', 'customer', key, countOf(totals)),
  ]);
}
