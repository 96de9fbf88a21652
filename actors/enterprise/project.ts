import type { EnterpriseBody } from '../../schemas/canonical/enterprise.ts';
import type { EnterpriseEvent, ItemSold } from '../../schemas/events/enterprise.ts';
import { fromThousandths } from '../../schemas/money.ts';
import type { EnterpriseMeta, ItemMeta } from '../../schemas/state.ts';
import type { LineTotal } from '../../schemas/tasks/parties.ts';
import type { FlagBody, Projection, RecordWrite } from '../actor.ts';
import { integrated, ranked } from '../facts.ts';
import { identifiersOf } from '../identifiers.ts';
import { reference, references } from '../references.ts';
import { countOf, type Totals } from '../totals.ts';
import { ENTERPRISE_FIELDS, enterpriseRef, isHeardOf, itemRef, type EnterpriseState } from './state.ts';

/** What was sold, product by product: each event says what it comes to, so the last one counts. */
export function interim(state: EnterpriseState, events: readonly EnterpriseEvent[]): readonly RecordWrite[] {
  const items = new Map<string, ItemSold>();
  for (const event of events) {
    if (event.type !== 'enterprise.orderChanged') continue;
    for (const item of event.data.items) items.set(item.id, item);
  }
  return Array.from(items.values(), (item) => itemWrite(state.key, item));
}

export function project(state: EnterpriseState, events: readonly EnterpriseEvent[]): Projection {
  const party = integrated(state.statements, ENTERPRISE_FIELDS);
  const changed = events.some(({ type }) => type !== 'enterprise.noted');
  const whole = party === null || !changed ? [] : [enterpriseWrite(state, party)];
  return { records: [...interim(state, events), ...whole], flag: flagOf(state) };
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

function enterpriseWrite(state: EnterpriseState, party: EnterpriseBody): RecordWrite {
  const { identifiers: _identifiers, original, ...attributes } = party;
  const body = {
    v: 2,
    ...attributes,
    identifiers: identifiersOf(state.statements),
    items: state.items,
    orders: state.orders,
    lines: countOf(state.totals),
    totals: lineTotals(state.totals),
    ...(original === undefined ? {} : { original }),
  };
  const meta: EnterpriseMeta = { v: 2, statements: ranked(state.statements).map(([, statement]) => statement) };
  return { ...enterpriseRef(state.key), body, meta };
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
 * `awaited` while only orders speak of it; `forgotten` once none does any more, because whatever did was corrected:
 * its flag stays, since its events do, but it is part of no export.
 */
function statusOf(state: EnterpriseState): 'active' | 'awaited' | 'forgotten' {
  if (state.statements.size > 0) return 'active';
  return isHeardOf(state) ? 'awaited' : 'forgotten';
}

function flagOf(state: EnterpriseState): FlagBody {
  const { key, statements, orders, items, notes } = state;
  return {
    status: statusOf(state),
    references: references(
      reference('customer.enterprises', '_id', key, statements.size === 0 ? 0 : 1),
      reference('sales.items', 'enterprise', key, items),
      reference('sales.revenues', 'enterprise', key, orders),
    ),
    ...(notes.length > 0 && { facts: { notes } }),
  };
}
