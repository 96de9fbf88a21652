import type { OrderBody } from '../../schemas/canonical/order.ts';
import type { OrderLineBody } from '../../schemas/canonical/order-line.ts';
import type { OrderEvent, OrderEventData } from '../../schemas/events/order.ts';
import { stampOf, statementId, withStatement, type Statement } from '../facts.ts';
import { withNote } from '../notes.ts';
import { weightOf } from './limits.ts';
import { withLine } from './shares.ts';
import { tallied, withContents, type OrderState, type Tally } from './state.ts';

/**
 * `decide` looks at the state that its event leads to (for limits and effects), and the worker evolves over the same
 * event again: the second time is a look-up. The result is the same either way, and only the last step is kept (a
 * WeakMap of all of them took a third of the time of a line).
 */
let last: { readonly from: OrderState; readonly event: OrderEvent; readonly to: OrderState } | null = null;

export function evolve(state: OrderState, event: OrderEvent): OrderState {
  if (last !== null && last.from === state && last.event === event) return last.to;
  const to = step(state, event);
  last = { from: state, event, to };
  return to;
}

function step(state: OrderState, event: OrderEvent): OrderState {
  switch (event.type) {
    case 'order.headerRecorded':
      return withHeader(state, event.data);
    case 'order.lineRecorded':
      return arrived(withLineStated(state, event.data), event.data.waited);
    case 'order.paymentRecorded':
      return arrived({ ...state, payments: paid(state.payments, event.data) }, event.data.waited);
    case 'order.deliveryRecorded':
      return arrived({ ...state, deliveries: delivered(state.deliveries, event.data) }, event.data.waited);
    case 'order.reviewRecorded':
      return arrived({ ...state, reviews: state.reviews + (event.data.replaced ? 0 : 1) }, event.data.waited);
    case 'order.partAwaited':
      return { ...state, waiting: new Map(state.waiting).set(event.data.id, event.data.weight) };
    case 'order.noted':
      return { ...state, notes: withNote(state.notes, event.data) };
  }
}

function withHeader(state: OrderState, data: OrderEventData<'order.headerRecorded'>): OrderState {
  const statement: Statement<OrderBody> = { ...stampOf(data), body: data.body };
  return withContents(state, withStatement(state.headers, statement), state.lines, state.weight);
}

function withLineStated(state: OrderState, data: OrderEventData<'order.lineRecorded'>): OrderState {
  const id = statementId(data);
  const statement: Statement<OrderLineBody> = { ...stampOf(data), body: data.body };
  const replaced = state.lines.get(id)?.body;
  const without = replaced === undefined ? state.shares : withLine(state.shares, replaced, -1);
  const weight = state.weight + weightOf(data.body) - (replaced === undefined ? 0 : weightOf(replaced));
  return { ...state, lines: state.lines.set(id, statement), weight, shares: withLine(without, data.body, 1) };
}

function paid(tally: Tally, { body, replaced }: OrderEventData<'order.paymentRecorded'>): Tally {
  const without =
    replaced === undefined ? tally : tallied(tally, `${replaced.status}/${replaced.currency}`, -1, 0 - replaced.amount);
  return tallied(without, `${body.status}/${body.currency}`, 1, body.amount);
}

function delivered(tally: Tally, { body, replaced }: OrderEventData<'order.deliveryRecorded'>): Tally {
  const without = replaced === undefined ? tally : tallied(tally, replaced.status, -1, 0);
  return tallied(without, body.status, 1, 0);
}

/** What had waited waits no longer. */
function arrived(state: OrderState, waited: string | undefined): OrderState {
  if (waited === undefined) return state;
  const waiting = new Map(state.waiting);
  waiting.delete(waited);
  return { ...state, waiting };
}
