import type { MatchingKey } from '../../schemas/key.ts';
import type { OrderSaved } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordRef, Records } from '../actor.ts';
import { readDocument } from './document.ts';
import { orderRef } from './records.ts';
import { initial, withContents, type OrderState } from './state.ts';

/** What the flag keeps; headers and lines stand in the order's document. */
export function save(state: OrderState): OrderSaved {
  const { key, payments, deliveries, reviews, notes } = state;
  return {
    v: 1,
    key,
    document: state.header !== null,
    payments,
    deliveries,
    reviews,
    waiting: [...state.waiting],
    notes,
  };
}

export function stateRecords(saved: unknown): readonly RecordRef[] {
  const { key, document } = upcast<OrderSaved>('state/order', saved);
  return document ? [orderRef(key)] : [];
}

export function load(key: MatchingKey, saved: unknown, records: Records): OrderState {
  const { document, payments, deliveries, reviews, waiting, notes } = upcast<OrderSaved>('state/order', saved);
  const state = { ...initial(key), payments, deliveries, reviews, waiting: new Map(waiting), notes };
  if (!document) return state;
  const record = records.get(orderRef(key));
  if (record === undefined) throw new Error(`the flag of ${key} says that mall.orders has it, but it does not`);
  const { headers, lines, weight } = readDocument(record);
  return withContents(state, headers, lines, weight);
}
