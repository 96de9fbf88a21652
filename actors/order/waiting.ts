import type { OrderLineBody } from '../../schemas/canonical/order-line.ts';
import type { Part } from '../../schemas/canonical/part.ts';
import type { OrderEvent, PartName } from '../../schemas/events/order.ts';
import type { StampMeta } from '../../schemas/state.ts';
import type { WaitingDocument } from '../../schemas/tasks/flags.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { Decision, Records, TaskRecord } from '../actor.ts';
import { compareText, hear, stampOf, type Statement } from '../facts.ts';
import { refused, type Refusal } from '../refusals.ts';
import { DELIVERY_FIELDS, LINE_FIELDS, PAYMENT_FIELDS, REVIEW_FIELDS } from './fields.ts';
import { WAITING_LIMIT, WAITING_WEIGHT_LIMIT } from './limits.ts';
import { ownEvent } from './own.ts';
import { recordId, waitingRef } from './records.ts';
import type { OrderState } from './state.ts';

const FIELDS_OF: Readonly<Record<PartName, readonly string[]>> = {
  orderLine: LINE_FIELDS,
  payment: PAYMENT_FIELDS,
  fulfilment: DELIVERY_FIELDS,
  review: REVIEW_FIELDS,
};

type AwaitedEvent = Extract<OrderEvent, { readonly type: 'order.partAwaited' }>;

/** A statement that came before its order: it is kept, and later states of it supersede it, while it waits. */
export function await_(state: OrderState, name: PartName, part: Part, records: Records): Decision<OrderEvent> {
  const id = recordId(name, part);
  const known = waitingStatement(records.get(waitingRef(state.key, id)));
  const heard = hear(known, part as Part<object>, FIELDS_OF[name]);
  if (typeof heard === 'string') return { verdict: heard };
  const body = heard.body as AwaitedEvent['data']['body'];
  const weight = JSON.stringify(body).length;
  const refusal = tooMuchWaits(state, id, weight);
  if (refusal !== undefined) return refusal;
  return {
    verdict: 'accepted',
    events: [{ type: 'order.partAwaited', data: { v: 2, id, name, weight, ...stampOf(heard), body } }],
  };
}

/** What the waiting statements become once the order is known, in the order of their ids. */
export function integrateWaiting(state: OrderState, records: Records): OrderEvent[] {
  if (state.waiting.size === 0) return [];
  const ids = [...state.waiting.keys()].sort(compareText);
  return ids.map((id) => {
    const record = records.get(waitingRef(state.key, id));
    const statement = waitingStatement(record);
    if (record === undefined || statement === undefined) throw new Error(`${state.key} waits with ${id}: no record`);
    return integrateOne(id, upcast<WaitingDocument>('master.waiting', record.body).name, statement);
  });
}

function integrateOne(id: string, name: PartName, statement: Statement<object>): OrderEvent {
  const { body, ...stamp } = statement;
  if (name === 'orderLine') {
    return { type: 'order.lineRecorded', data: { v: 2, ...stamp, body: body as OrderLineBody, waited: id } };
  }
  const event = ownEvent(name, id, { v: 2, ...stamp, body }, undefined);
  if (typeof event === 'string') throw new Error(`what waits has no record yet, but ${id} is ${event}`);
  return { type: event.type, data: { ...event.data, waited: id } } as OrderEvent;
}

function waitingStatement(record: TaskRecord | undefined): Statement<object> | undefined {
  if (record === undefined) return undefined;
  const { said } = upcast<WaitingDocument>('master.waiting', record.body);
  return { ...stampOf(upcast<StampMeta>('meta/stamp', record.meta)), body: said };
}

function tooMuchWaits(state: OrderState, id: string, weight: number): Refusal | undefined {
  const count = state.waiting.size + (state.waiting.has(id) ? 0 : 1);
  const total = [...state.waiting].reduce((sum, [other, size]) => (other === id ? sum : sum + size), weight);
  if (count <= WAITING_LIMIT && total <= WAITING_WEIGHT_LIMIT) return undefined;
  return refused(
    'MF_WAITING_LIMIT',
    `${count} statements of ${total} characters would wait for the order ${state.key}`,
  );
}
