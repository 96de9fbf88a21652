import type { OrderType } from '../../schemas/canonical/order.ts';
import type { OrderLineBody } from '../../schemas/canonical/order-line.ts';
import type { CustomerOrderChange, EnterpriseOrderChange, ItemChange } from '../../schemas/effect.ts';
import type { OrderEvent, OrderEventData } from '../../schemas/events/order.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import { toThousandths } from '../../schemas/money.ts';
import type { Total } from '../../schemas/totals.ts';
import type { Effect } from '../actor.ts';
import { statementId } from '../facts.ts';
import { addTotal, negative, type Totals } from '../totals.ts';
import { ITEMS_PER_EFFECT } from './limits.ts';
import { enterpriseOf } from './shares.ts';
import { linesOf, type OrderState } from './state.ts';
import { sumsOf } from './sums.ts';

/** What others learn of a change of this order: its customer, and the enterprises of its lines. */
export function effectsOf(before: OrderState, after: OrderState, event: OrderEvent): Effect[] {
  switch (event.type) {
    case 'order.headerRecorded':
      return [...customerEffects(before, after), ...enterpriseEffects(before, after, headerChanges(before, after))];
    case 'order.lineRecorded':
      return [...customerEffects(before, after), ...enterpriseEffects(before, after, lineChanges(before, event.data))];
    case 'order.paymentRecorded':
    case 'order.deliveryRecorded':
    case 'order.reviewRecorded':
    case 'order.partAwaited':
    case 'order.noted':
      return [];
  }
}

function customerEffects(before: OrderState, after: OrderState): Effect[] {
  const [was, is] = [before.header?.customer, after.header?.customer];
  const taken = totalOf(before).map(negative);
  if (was === is) return customerEffect(after.key, is, totalOf(after).reduce(addTotal, taken));
  return [...customerEffect(after.key, was, taken), ...customerEffect(after.key, is, totalOf(after))];
}

function customerEffect(order: MatchingKey, customer: MatchingKey | undefined, deltas: Totals): Effect[] {
  if (customer === undefined || deltas.length === 0) return [];
  const data: CustomerOrderChange = { v: 1, order, deltas };
  return [{ key: customer, name: 'customer.orderChanged', data }];
}

/** What the order counts for with its customer: nothing while it is awaited. */
function totalOf({ header, shares }: OrderState): Totals {
  if (header === null) return [];
  const { goods, freight, total } = sumsOf(header, shares);
  return [{ currency: header.currency, type: header.type, count: 1, quantity: 0, goods, freight, total }];
}

/** Changes of what enterprises sold, by enterprise and product. */
type Changes = Map<MatchingKey, Map<string, Totals>>;

function headerChanges(before: OrderState, after: OrderState): Changes {
  const changes: Changes = new Map();
  const [was, is] = [before.header, after.header];
  if (was?.type === is?.type && was?.lines === is?.lines) return changes;
  if (was !== null) for (const line of linesOf(before)) addLine(changes, line, was.type, -1);
  if (is !== null) for (const line of linesOf(after)) addLine(changes, line, is.type, 1);
  return changes;
}

/** The former state of a line is looked at only if there is one: turning the persistent map back costs time. */
function lineChanges(before: OrderState, data: OrderEventData<'order.lineRecorded'>): Changes {
  const changes: Changes = new Map();
  if (before.header === null) return changes;
  const { type } = before.header;
  const was = data.replaced === undefined ? undefined : before.lines.get(statementId(data));
  if (was !== undefined) addLine(changes, was.body, type, -1);
  addLine(changes, data.body, type, 1);
  return changes;
}

function addLine(changes: Changes, line: OrderLineBody, type: OrderType, sign: 1 | -1): void {
  const enterprise = enterpriseOf(line);
  if (enterprise === '') return;
  const items = changes.get(enterprise) ?? new Map<string, Totals>();
  changes.set(enterprise, items);
  const product = line.product ?? '';
  const total = lineTotal(line, type);
  items.set(product, addTotal(items.get(product) ?? [], sign === 1 ? total : negative(total)));
}

function lineTotal(line: OrderLineBody, type: OrderType): Total {
  const { currency, quantity, amount: goods, freight = 0 } = line;
  return { currency, type, count: 1, quantity: toThousandths(quantity), goods, freight, total: goods + freight };
}

function enterpriseEffects(before: OrderState, after: OrderState, changes: Changes): Effect[] {
  const effects: Effect[] = [];
  for (const [enterprise, items] of changes) {
    const orders = Number(sells(after, enterprise)) - Number(sells(before, enterprise));
    effects.push(...enterpriseEffect(after.key, enterprise, orders, itemChanges(items)));
  }
  return effects;
}

function sells({ header, shares }: OrderState, enterprise: MatchingKey): boolean {
  return header !== null && (shares.enterprises.get(enterprise)?.lines ?? 0) > 0;
}

function itemChanges(items: ReadonlyMap<string, Totals>): ItemChange[] {
  return [...items].flatMap(([product, totals]) =>
    totals.map((delta) => (product === '' ? { delta } : { product, delta })),
  );
}

function enterpriseEffect(
  order: MatchingKey,
  enterprise: MatchingKey,
  orders: number,
  changes: readonly ItemChange[],
): Effect[] {
  if (orders === 0 && changes.length === 0) return [];
  const effects: Effect[] = [];
  for (let from = 0; from === 0 || from < changes.length; from += ITEMS_PER_EFFECT) {
    const items = changes.slice(from, from + ITEMS_PER_EFFECT);
    const data: EnterpriseOrderChange = { v: 1, order, orders: from === 0 ? orders : 0, items };
    effects.push({ key: enterprise, name: 'enterprise.orderChanged', data });
  }
  return effects;
}
