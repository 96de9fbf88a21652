import { MasterflagError } from './errors.ts';
import { fingerprint } from './key.ts';
import { SHAPES } from './shapes.ts';

/** Turns one version of a shape into the next. Pure: the older value is not changed. */
export type Upcaster = (older: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** By the name of the shape: the first upcaster turns version 1 into 2, the next one 2 into 3. */
export const UPCASTERS: Readonly<Record<string, readonly Upcaster[]>> = {
  // 2 may leave out the body of an only header; 1 never did. 3 tells the version of the source in every stamp.
  'meta/order': [second, (older) => ({ ...older, v: 3 })],
  'meta/stamp': [second],
  'meta/product': [second],
  'part/order': [second],
  'part/orderLine': [second],
  'part/payment': [second],
  'part/fulfilment': [second],
  'part/review': [second],
  'part/product': [second],
  'mall.payments': [second],
  'mall.deliveries': [second],
  'mall.boards': [second],
  'master.waiting': [second],
  'mall.members': [second],
  'customer.customers': [second],
  'customer.enterprises': [second],
  'meta/enterprise': [second],
  'part/customer': [second],
  'part/enterprise': [second],
  'event/order.headerRecorded': [second],
  'event/order.lineRecorded': [second],
  'event/order.paymentRecorded': [second],
  'event/order.deliveryRecorded': [second],
  'event/order.reviewRecorded': [second],
  'event/order.partAwaited': [second],
  'event/product.described': [second],
  'event/customer.described': [second],
  'event/enterprise.described': [(older) => ({ ...second(older), id: memberOf(older) })],
  'state/customer': [second],
  // Its statements stand in its document still; they get records of their own with what is heard next.
  'state/enterprise': [(older) => ({ ...second(older), members: [] })],
  // Effects that send a record again came with version 2: a node that knows none of them must not read on.
  'inbox/effects': [second],
  // Poisoned messages had neither rule nor field nor value, and nobody knew what a field was made of.
  'management.quarantine': [(older) => ({ rule: '', field: '', value: '', ...older, v: 2, from: [] })],
};

/** What the second version adds may be absent. */
function second(older: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...older, v: 2 };
}

function memberOf({ source, slot }: Readonly<Record<string, unknown>>): string {
  return fingerprint(`${String(source)}/${String(slot)}`);
}

/**
 * A persisted value in the present version of its shape. Throws MF_NEWER_VERSION for one that a newer node wrote:
 * to guess what it means could lose what it says.
 */
// The name of a shape stands for its type, which the caller knows.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function upcast<Value>(shape: string, value: unknown, upcasters = UPCASTERS[shape] ?? []): Value {
  const { v } = value as { readonly v: number };
  const present = upcasters.length + 1;
  if (v === present) return value as Value;
  if (!Object.hasOwn(SHAPES, shape)) throw new TypeError(`no shape is called ${shape}`);
  if (!Number.isInteger(v) || v < 1 || v > present) {
    throw new MasterflagError('MF_NEWER_VERSION', `${shape} is of version ${v}; this node reads up to ${present}`);
  }
  return upcasters
    .slice(v - 1)
    .reduce<unknown>((older, next) => next(older as Parameters<Upcaster>[0]), value) as Value;
}
