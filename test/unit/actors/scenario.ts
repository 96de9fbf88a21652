import type { CanonicalBodies, CanonicalName } from '../../../schemas/canonical/canonical.ts';
import type { Part } from '../../../schemas/canonical/part.ts';
import { fingerprint, matchingKey } from '../../../schemas/key.ts';
import type { Said } from './miniature.ts';

export const ORDER = matchingKey('main', 'order', 'shop', '1001');
export const CUSTOMER = matchingKey('main', 'customer', 'shop', 'ann');
export const OTHER_CUSTOMER = matchingKey('main', 'customer', 'shop', 'bo');
export const ENTERPRISE = matchingKey('main', 'enterprise', 'shop', 'acme');
export const OTHER_ENTERPRISE = matchingKey('main', 'enterprise', 'shop', 'best');
export const PRODUCT = matchingKey('main', 'product', 'shop', 'cup');

type Options = Partial<Omit<Part, 'v' | 'body'>>;

const KEY_OF = { customer: CUSTOMER, enterprise: ENTERPRISE, product: PRODUCT } as const;

/** A part as the pipeline hands it on; of source `shop`, slot `1`, and replaced by greater orders unless said otherwise. */
export function part<Name extends CanonicalName>(name: Name, body: CanonicalBodies[Name], options: Options = {}): Said {
  const key = name in KEY_OF ? KEY_OF[name as keyof typeof KEY_OF] : ORDER;
  const hash = fingerprint(JSON.stringify(body));
  return {
    name,
    key,
    part: { v: 2, source: 'shop', slot: '1', merge: 'replace', order: [], hash, version: 1, ...options, body },
  };
}

export const header = {
  number: '1001',
  type: 'sale',
  placedAt: '2024-05-01T10:00:00Z',
  customer: CUSTOMER,
  customerId: 'ann',
  currency: 'EUR',
} satisfies CanonicalBodies['order'];

export const line = {
  number: 1,
  product: PRODUCT,
  code: 'cup',
  quantity: 2,
  amount: 1998,
  freight: 500,
  currency: 'EUR',
  enterprise: ENTERPRISE,
} satisfies CanonicalBodies['orderLine'];

export const payment = {
  method: 'card',
  amount: 2498,
  currency: 'EUR',
  status: 'captured',
} satisfies CanonicalBodies['payment'];

/** One of everything: what waits, what is whole, what contradicts, and every kind of party. */
export const everything: readonly Said[] = [
  part('payment', payment),
  part('order', header),
  part('order', { ...header, lines: [{ ...line, number: 2 }], channel: 'till' }, { source: 'till', order: [1, 'a'] }),
  part('orderLine', line),
  part('orderLine', { ...line, enterprise: OTHER_ENTERPRISE }, { order: [2] }),
  part('payment', { ...payment, amount: 2000, status: 'pending' }, { slot: '2' }),
  part('payment', { ...payment, amount: 2000 }, { slot: '2', order: [2] }),
  part('fulfilment', { status: 'shipped', carrier: 'DHL', tracking: 'T1', shippedAt: '2024-05-02T10:00:00Z' }),
  part('fulfilment', { status: 'delivered', carrier: 'DHL', deliveredAt: '2024-05-04T10:00:00Z' }, { order: [2] }),
  part('review', { score: 5, title: 'Good', createdAt: '2024-05-05T10:00:00Z' }),
  part('customer', {
    id: 'ann',
    name: 'Ann Lee',
    nameParts: { family: 'Lee', given: 'Ann' },
    email: 'ann@example.org',
    identifiers: [{ type: 'email', value: 'ann@example.org' }],
    original: { email: ' ANN@example.org', rules: { email: ['emailCase'], nameParts: ['nameOrder'] } },
  }),
  part('enterprise', { id: 'acme', name: 'Acme AG', legalForm: 'AG', registrationNumber: '123', city: 'Oslo' }),
  part('product', { id: 'cup', name: 'Cup', category: 'kitchen', weightGrams: 300 }),
];

/** An order that nobody has stated: what waits stays. */
export const AWAITED = matchingKey('main', 'order', 'shop', '1002');

export const waiting: readonly Said[] = [{ ...part('orderLine', line), key: AWAITED }];
