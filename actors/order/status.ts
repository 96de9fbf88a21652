import type { OrderBody } from '../../schemas/canonical/order.ts';
import type { OrderAxes } from '../../schemas/tasks/orders.ts';
import { countAll, type OrderState } from './state.ts';
import { sumsOf } from './sums.ts';

/** Where an order stands, axis by axis: what is true of one says nothing of the others. */
export function axesOf(state: OrderState, header: OrderBody): OrderAxes {
  return {
    order: orderAxis(header),
    payment: paymentAxis(state, header),
    fulfilment: fulfilmentAxis(state, header),
    settlement: 'none',
  };
}

function orderAxis({ status, approvedAt }: OrderBody): OrderAxes['order'] {
  if (status !== undefined && status !== 'placed') return status;
  return approvedAt === undefined ? 'placed' : 'approved';
}

/** Captured money in the order's currency, in minor units. */
export function paidOf({ payments }: OrderState, { currency }: OrderBody): number {
  return payments[`captured/${currency}`]?.amount ?? 0;
}

/** What is to be paid: as declared, else what the lines come to; unknown without either. */
export function dueOf({ shares }: OrderState, header: OrderBody): number | undefined {
  if (header.total !== undefined) return header.total;
  return shares.all.lines > 0 ? sumsOf(header, shares).total : undefined;
}

/** What speaks for a payment that is not there, from the best to the worst. */
const WITHOUT_CAPTURE = ['authorised', 'pending', 'refunded', 'voided', 'failed'] as const;

function paymentAxis(state: OrderState, header: OrderBody): OrderAxes['payment'] {
  if (countAll(state.payments) === 0) return 'none';
  const { currency } = header;
  if (state.payments[`captured/${currency}`] !== undefined) {
    return paidOf(state, header) < (dueOf(state, header) ?? 0) ? 'partlyPaid' : 'paid';
  }
  const status = WITHOUT_CAPTURE.find((name) => state.payments[`${name}/${currency}`] !== undefined);
  return status ?? 'none';
}

/** A source that has no field for it says so in its own word. */
export function saysDelivered({ fulfilment, sourceStatus }: OrderBody): boolean {
  return fulfilment === undefined ? sourceStatus?.toLowerCase() === 'delivered' : fulfilment === 'delivered';
}

function fulfilmentAxis({ deliveries }: OrderState, header: OrderBody): OrderAxes['fulfilment'] {
  const all = countAll(deliveries);
  if (all === 0) return withoutDeliveries(header);
  const count = (status: string): number => deliveries[status]?.count ?? 0;
  if (header.fulfilment === 'returned' || count('returned') === all) return 'returned';
  if (header.deliveredAt !== undefined || saysDelivered(header)) return 'delivered';
  if (count('delivered') === all) return 'delivered';
  if (count('delivered') > 0) return 'partlyDelivered';
  if (header.shippedAt !== undefined || header.fulfilment === 'shipped' || count('shipped') > 0) return 'shipped';
  return header.fulfilment === 'failed' || count('failed') === all ? 'failed' : 'pending';
}

function withoutDeliveries(header: OrderBody): OrderAxes['fulfilment'] {
  const { fulfilment } = header;
  if (fulfilment === 'returned') return 'returned';
  if (header.deliveredAt !== undefined || saysDelivered(header)) return 'delivered';
  if (header.shippedAt !== undefined || fulfilment === 'shipped') return 'shipped';
  return fulfilment === 'failed' || fulfilment === 'pending' ? fulfilment : 'none';
}
