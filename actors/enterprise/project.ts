import type { EnterpriseBody } from '../../schemas/canonical/enterprise.ts';
import type { EnterpriseSums } from '../../schemas/effect.ts';
import type { EnterpriseEvent, ItemSold } from '../../schemas/events/enterprise.ts';
import { fromThousandths } from '../../schemas/money.ts';
import type { ItemMeta } from '../../schemas/state.ts';
import type { LineTotal } from '../../schemas/tasks/parties.ts';
import type { Actor, FlagBody, RecordWrite } from '../actor.ts';
import { memberWrite } from '../party/members.ts';
import { integrate, partyFlag, recordWrite, sumsGiven, type Integrated } from '../party/record.ts';
import { reference } from '../references.ts';
import { addTotals, countOf, type Totals } from '../totals.ts';
import { ENTERPRISE_MEMBERS, isHeardOf, itemRef, type EnterpriseState } from './state.ts';

/** What was sold, product by product: each event says what it comes to, so the last one counts. */
export function interim(state: EnterpriseState, events: readonly EnterpriseEvent[]): readonly RecordWrite[] {
  const items = new Map<string, ItemSold>();
  for (const event of events) {
    if (event.type !== 'enterprise.orderChanged') continue;
    for (const item of event.data.items) items.set(item.id, item);
  }
  return Array.from(items.values(), (item) => itemWrite(state.key, item));
}

type Restate = NonNullable<Actor<EnterpriseState, EnterpriseEvent>['restate']>;

/** The integrated record; what each source says stands in records that the state is made of. */
export function createRestate(rankOf: (source: string) => number): Restate {
  return (state) => {
    const party = integrate(state, ENTERPRISE_MEMBERS.fields, rankOf);
    const whole = {
      collection: 'customer.enterprises',
      id: state.key,
      body: party === null ? null : bodyOf(state, party),
    } as const;
    return { records: [whole], flag: flagOf(state, party !== null) };
  };
}

type Project = Actor<EnterpriseState, EnterpriseEvent>['project'];

export function createProject(rankOf: (source: string) => number): Project {
  return (state, events) => {
    const members = new Map<string, RecordWrite>();
    for (const event of events) {
      if (event.type !== 'enterprise.described') continue;
      members.set(event.data.id, memberWrite(ENTERPRISE_MEMBERS, state.key, event.data));
    }
    const party = integrate(state, ENTERPRISE_MEMBERS.fields, rankOf);
    const whole = recordWrite(state, 'customer.enterprises', events, party === null ? null : bodyOf(state, party));
    return { records: [...members.values(), ...interim(state, events), ...whole], flag: flagOf(state, party !== null) };
  };
}

/** What was sold of a product; once nothing was (all of it was corrected away), there is no such item. */
function itemWrite(enterprise: string, { id, product, totals }: ItemSold): RecordWrite {
  const ref = itemRef(enterprise, id);
  if (totals.length === 0) return { ...ref, body: null };
  const named = product === undefined ? {} : { product };
  const body = { v: 1, enterprise, ...named, lines: countOf(totals), totals: lineTotals(totals) };
  const meta: ItemMeta = { v: 1, totals };
  return { ...ref, body, meta };
}

function bodyOf(
  state: EnterpriseState,
  { body, identifiers }: Integrated<EnterpriseBody>,
): Readonly<Record<string, unknown>> {
  const { identifiers: _identifiers, original, ...attributes } = body;
  const sums = sumsGiven(state).reduce<EnterpriseSums>((sum, given) => {
    const { orders, items } = sum;
    return {
      totals: addTotals(sum.totals, given.totals),
      orders: orders + given.orders,
      items: items + given.items,
    };
  }, state);
  return {
    v: 2,
    ...attributes,
    identifiers,
    items: sums.items,
    orders: sums.orders,
    lines: countOf(sums.totals),
    totals: lineTotals(sums.totals),
    ...(original === undefined ? {} : { original }),
  };
}

function lineTotals(totals: Totals): LineTotal[] {
  return totals.map(({ currency, type, count, quantity, goods, freight }) => ({
    currency,
    type,
    lines: count,
    quantity: fromThousandths(quantity),
    revenue: goods,
    freight,
  }));
}

/**
 * `awaited` while only orders or other members speak of it; `forgotten` once nobody does any more, because whatever did
 * was corrected: its flag stays, since its events do, but it is part of no export.
 */
function statusOf(state: EnterpriseState, isIntegrated: boolean): 'active' | 'awaited' | 'forgotten' {
  if (isIntegrated) return 'active';
  return isHeardOf(state) ? 'awaited' : 'forgotten';
}

function flagOf(state: EnterpriseState, isIntegrated: boolean): FlagBody {
  const { key, statements, orders, items } = state;
  return partyFlag(state, statusOf(state, isIntegrated), [
    reference('customer.enterprises', '_id', key, isIntegrated ? 1 : 0),
    reference('sales.members', 'enterprise', key, statements.size),
    reference('sales.items', 'enterprise', key, items),
    reference('sales.revenues', 'enterprise', key, orders),
  ]);
}
