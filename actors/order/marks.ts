import type { OrderBody } from '../../schemas/canonical/order.ts';
import type { Mark } from '../../schemas/tasks/orders.ts';
import { compareText } from '../facts.ts';
import type { OrderState } from './state.ts';
import { dueOf, paidOf, saysDelivered } from './status.ts';

/**
 * Facts that contradict one another. They are accepted as they came, and marked: nobody here can know which of
 * them is wrong. Sorted by code.
 */
export function marksOf(state: OrderState, header: OrderBody): readonly Mark[] {
  const marks: Mark[] = [];
  for (const rule of RULES) {
    const mark = rule(header, state);
    if (mark !== undefined) marks.push(mark);
  }
  return marks;
}

const RULES: readonly ((header: OrderBody, state: OrderState) => Mark | undefined)[] = [
  cancelledButDelivered,
  deliveredBeforeShipped,
  deliveredWithoutDate,
  mixedCurrency,
  paymentDiffers,
  shippedBeforeApproval,
];

function cancelledButDelivered({ status, deliveredAt }: OrderBody): Mark | undefined {
  if (status !== 'cancelled' || deliveredAt === undefined) return undefined;
  return { code: 'cancelledButDelivered', deliveredAt };
}

function deliveredBeforeShipped({ shippedAt, deliveredAt }: OrderBody): Mark | undefined {
  if (shippedAt === undefined || deliveredAt === undefined || !isBefore(deliveredAt, shippedAt)) return undefined;
  return { code: 'deliveredBeforeShipped', shippedAt, deliveredAt };
}

function deliveredWithoutDate(header: OrderBody): Mark | undefined {
  if (!saysDelivered(header) || header.deliveredAt !== undefined) return undefined;
  return { code: 'deliveredWithoutDate' };
}

/** Amounts of other currencies than the order's are in no sum of it. */
function mixedCurrency(header: OrderBody, { shares, payments }: OrderState): Mark | undefined {
  let currencies: Set<string> | null = null;
  for (const currency in shares.all.amounts) {
    if (currency !== header.currency) currencies = (currencies ?? new Set([header.currency])).add(currency);
  }
  for (const name in payments) {
    const currency = name.slice(name.indexOf('/') + 1);
    if (currency !== header.currency) currencies = (currencies ?? new Set([header.currency])).add(currency);
  }
  return currencies === null ? undefined : { code: 'mixedCurrency', currencies: [...currencies].sort(compareText) };
}

function paymentDiffers(header: OrderBody, state: OrderState): Mark | undefined {
  if (state.shares.all.lines === 0 || state.payments[`captured/${header.currency}`] === undefined) return undefined;
  const difference = paidOf(state, header) - (dueOf(state, header) ?? 0);
  return difference === 0 ? undefined : { code: 'paymentDiffers', difference };
}

/** Handed to the carrier before the payment was approved. */
function shippedBeforeApproval({ shippedAt, approvedAt }: OrderBody): Mark | undefined {
  if (shippedAt === undefined || approvedAt === undefined || !isBefore(shippedAt, approvedAt)) return undefined;
  return { code: 'shippedBeforeApproval', approvedAt, shippedAt };
}

function isBefore(a: string, b: string): boolean {
  return Date.parse(a) < Date.parse(b);
}
