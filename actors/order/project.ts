import type { OrderBody } from '../../schemas/canonical/order.ts';
import type { OrderEvent } from '../../schemas/events/order.ts';
import type { FlagBody, FlagReference, Projection, RecordRef, RecordWrite } from '../actor.ts';
import { refName } from '../../schemas/document.ts';
import { stampOf } from '../facts.ts';
import { reference, references } from '../references.ts';
import { findingsOf, orderDocument, type Findings } from './document.ts';
import { orderRef, ownRef, revenueRef, waitingRef, type OwnRecordName } from './records.ts';
import { amountsIn, countShares, enterpriseOf, type Share } from './shares.ts';
import { countAll, type OrderState } from './state.ts';

/** The records of single statements: the last event of each counts. */
export function interim(state: OrderState, events: readonly OrderEvent[]): readonly RecordWrite[] {
  const writes: RecordWrite[] = [];
  for (const event of events) addOwnWrites(writes, state.key, event);
  if (writes.length < 2) return writes;
  return [...new Map(writes.map((write) => [refName(write), write])).values()];
}

export function project(state: OrderState, events: readonly OrderEvent[]): Projection {
  const writes = interim(state, events);
  const { header } = state;
  if (header === null) return { records: writes, flag: flagOf(state, null) };
  const findings = findingsOf(state, header);
  return {
    records: [...writes, ...revenues(state, header, events), ...document(state, header, findings, events)],
    flag: flagOf(state, findings),
  };
}

/** The order's document and what it brings each enterprise; payments, deliveries and reviews stand in events only. */
export function restate(state: OrderState): Projection {
  const { key, header, shares } = state;
  if (header === null) return { records: [], flag: flagOf(state, null) };
  const findings = findingsOf(state, header);
  const revenue = [...shares.enterprises].map(([enterprise, share]) => ({
    ...revenueRef(key, enterprise),
    body: revenueBody(key, header, enterprise, share),
  }));
  const written = { ...orderRef(key), ...orderDocument(state, header, findings) };
  return { records: [...revenue, written], flag: flagOf(state, findings) };
}

type StatementData = Extract<OrderEvent['data'], { readonly slot: string; readonly body: object }>;

/** The records that belong to one statement: its own, and the one that it waited in. */
function addOwnWrites(to: RecordWrite[], key: string, event: OrderEvent): void {
  switch (event.type) {
    case 'order.headerRecorded':
    case 'order.noted':
      return;
    case 'order.lineRecorded':
      break;
    case 'order.paymentRecorded':
      to.push(ownWrite(key, 'payment', event.data));
      break;
    case 'order.deliveryRecorded':
      to.push(ownWrite(key, 'fulfilment', event.data));
      break;
    case 'order.reviewRecorded':
      to.push(ownWrite(key, 'review', event.data));
      break;
    case 'order.partAwaited':
      to.push(waitingWrite(key, event.data));
      return;
  }
  const { waited } = event.data;
  if (waited !== undefined) to.push({ ...waitingRef(key, waited), body: null });
}

function ownWrite(key: string, name: OwnRecordName, data: StatementData & { readonly id: string }): RecordWrite {
  return written(ownRef(key, name, data.id), { v: 2, order: key, source: data.source, ...data.body }, data);
}

function waitingWrite(
  key: string,
  data: Extract<OrderEvent, { readonly type: 'order.partAwaited' }>['data'],
): RecordWrite {
  const { id, name, source, slot, body } = data;
  return written(waitingRef(key, id), { v: 2, entity: key, name, source, slot, said: body }, data);
}

function written(ref: RecordRef, body: Record<string, unknown>, stamp: StatementData): RecordWrite {
  return { ...ref, body, meta: { v: 2, ...stampOf(stamp) } };
}

/** Reviews change nothing in the order's document, and notes nothing but the flag. */
function document(
  state: OrderState,
  header: OrderBody,
  findings: Findings,
  events: readonly OrderEvent[],
): RecordWrite[] {
  const changed = events.some(({ type }) => type !== 'order.reviewRecorded' && type !== 'order.noted');
  return changed ? [{ ...orderRef(state.key), ...orderDocument(state, header, findings) }] : [];
}

/** What the order brings each enterprise: those whose lines changed, and all when the header did. */
function revenues(state: OrderState, header: OrderBody, events: readonly OrderEvent[]): RecordWrite[] {
  const touched = new Set<string>();
  const whole = events.some(({ type }) => type === 'order.headerRecorded');
  for (const event of events) {
    if (event.type !== 'order.lineRecorded') continue;
    touched.add(enterpriseOf(event.data.body));
    if (event.data.replaced !== undefined) touched.add(enterpriseOf(event.data.replaced));
  }
  if (touched.size === 0 && !whole) return [];
  const writes: RecordWrite[] = [];
  for (const [enterprise, share] of state.shares.enterprises) {
    if (whole || touched.has(enterprise)) {
      writes.push({ ...revenueRef(state.key, enterprise), body: revenueBody(state.key, header, enterprise, share) });
    }
  }
  return writes;
}

function revenueBody(order: string, header: OrderBody, enterprise: string, share: Share) {
  if (share.lines === 0) return null;
  const { number, customer, type, placedAt, currency } = header;
  const { goods, freight } = amountsIn(share, currency);
  return {
    v: 1,
    order,
    number,
    enterprise: enterprise === '' ? undefined : enterprise,
    customer,
    type,
    placedAt,
    currency,
    goods,
    freight,
    total: goods + freight,
    lineCount: share.lines,
  };
}

function flagOf(state: OrderState, findings: Findings | null): FlagBody {
  const { key, notes } = state;
  const status = findings?.status.order ?? 'awaited';
  const marks = findings?.marks ?? [];
  const found = referencesOf(key, state);
  if (marks.length === 0 && notes.length === 0) return { status, references: found };
  const codes = marks.map(({ code }) => code);
  return {
    status,
    references: found,
    facts: { ...(codes.length > 0 && { marks: codes }), ...(notes.length > 0 && { notes }) },
  };
}

function referencesOf(key: string, state: OrderState): FlagReference[] {
  return references(
    reference('mall.orders', '_id', key, state.header === null ? 0 : 1),
    reference('mall.payments', 'order', key, countAll(state.payments)),
    reference('mall.deliveries', 'order', key, countAll(state.deliveries)),
    reference('mall.boards', 'order', key, state.reviews),
    reference('sales.revenues', 'order', key, countShares(state.shares)),
    reference('master.waiting', 'entity', key, state.waiting.size),
  );
}
