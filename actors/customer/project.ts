import type { CustomerBody } from '../../schemas/canonical/customer.ts';
import type { CustomerEvent } from '../../schemas/events/customer.ts';
import type { CustomerTotal } from '../../schemas/tasks/parties.ts';
import type { FlagBody, Projection, RecordWrite } from '../actor.ts';
import { integrated, stampOf } from '../facts.ts';
import { identifiersOf } from '../identifiers.ts';
import { reference, references } from '../references.ts';
import { countOf, type Totals } from '../totals.ts';
import { CUSTOMER_FIELDS, isHeardOf, memberRef, type CustomerState } from './state.ts';

export function project(state: CustomerState, events: readonly CustomerEvent[]): Projection {
  const members = new Map<string, RecordWrite>();
  for (const event of events) {
    if (event.type === 'customer.described') members.set(event.data.id, memberWrite(state.key, event.data));
  }
  const party = integrated(state.statements, CUSTOMER_FIELDS);
  const changed = events.some(({ type }) => type !== 'customer.noted');
  const whole = party === null || !changed ? [] : [customerWrite(state, party)];
  return { records: [...members.values(), ...whole], flag: flagOf(state) };
}

function memberWrite(
  customer: string,
  data: Extract<CustomerEvent, { readonly type: 'customer.described' }>['data'],
): RecordWrite {
  const { id, source, slot, body } = data;
  return {
    ...memberRef(customer, id),
    body: { v: 2, customer, source, slot, ...body },
    meta: { v: 1, ...stampOf(data) },
  };
}

function customerWrite(state: CustomerState, party: CustomerBody): RecordWrite {
  const { identifiers: _identifiers, original: _original, ...attributes } = party;
  const body = {
    v: 2,
    ...attributes,
    identifiers: identifiersOf(state.statements),
    members: state.statements.size,
    sales: countOf(state.totals, 'sale'),
    returns: countOf(state.totals, 'return'),
    adjustments: countOf(state.totals, 'adjustment'),
    totals: customerTotals(state.totals),
  };
  return { collection: 'customer.customers', id: state.key, body };
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
 * `awaited` while only orders speak of it; `forgotten` once none does any more, because whatever did was corrected:
 * its flag stays, since its events do, but it is part of no export.
 */
function statusOf(state: CustomerState): 'active' | 'awaited' | 'forgotten' {
  if (state.statements.size > 0) return 'active';
  return isHeardOf(state) ? 'awaited' : 'forgotten';
}

function flagOf(state: CustomerState): FlagBody {
  const { key, statements, totals, notes } = state;
  return {
    status: statusOf(state),
    references: references(
      reference('customer.customers', '_id', key, statements.size === 0 ? 0 : 1),
      reference('mall.members', 'customer', key, statements.size),
      reference('mall.orders', 'customer', key, countOf(totals)),
    ),
    ...(notes.length > 0 && { facts: { notes } }),
  };
}
