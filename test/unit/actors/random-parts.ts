import fc from 'fast-check';
import type { CanonicalName } from '../../../schemas/canonical/canonical.ts';
import { fingerprint, matchingKey } from '../../../schemas/key.ts';
import type { Said } from './miniature.ts';

export const KEYS = {
  order: ['a', 'b'].map((id) => matchingKey('main', 'order', 'test', id)),
  customer: ['c', 'd'].map((id) => matchingKey('main', 'customer', 'test', id)),
  enterprise: ['e', 'f'].map((id) => matchingKey('main', 'enterprise', 'test', id)),
  product: ['p', 'q'].map((id) => matchingKey('main', 'product', 'test', id)),
} as const;

const few = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
const amount = fc.integer({ min: -3, max: 9 });
const currency = few('EUR', 'EUR', 'EUR', 'USD');
const time = few('2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z', '2020-01-03T00:00:00+09:00');
const field = few('number', 'name', 'code', 'method');
const rules = fc.dictionary(field, fc.subarray(['r', 's'], { minLength: 1 }), { maxKeys: 2 });
const original = fc
  .tuple(fc.dictionary(field, few('X', 'Y'), { maxKeys: 2 }), fc.option(rules))
  .map(([before, rules]) => (rules === null ? before : { ...before, rules }));
const key = (kind: keyof typeof KEYS) => few(...KEYS[kind]);

function shape(required: Record<string, fc.Arbitrary<unknown>>, optional: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record({ ...required, ...optional, original }, { requiredKeys: Object.keys(required) as never[] });
}

const line = shape(
  { quantity: fc.constantFrom(-1, 0, 1, 0.1, 0.2, 2.5), amount, currency },
  { product: key('product'), code: few('x', 'y'), enterprise: key('enterprise'), freight: amount, number: amount },
);

const bodies: Readonly<Record<CanonicalName, fc.Arbitrary<object>>> = {
  order: shape(
    { number: few('1', '2'), type: few('sale', 'return', 'adjustment'), currency },
    {
      customer: key('customer'),
      placedAt: time,
      approvedAt: time,
      shippedAt: time,
      deliveredAt: time,
      status: few('placed', 'cancelled'),
      sourceStatus: few('delivered', 'open'),
      total: amount,
      lines: fc.array(line, { maxLength: 3 }),
    },
  ),
  orderLine: line,
  payment: shape({ method: few('card', 'cash'), amount, currency, status: few('captured', 'pending', 'failed') }, {}),
  fulfilment: shape({ status: few('pending', 'shipped', 'delivered', 'returned') }, { shippedAt: time }),
  review: shape({ score: amount }, { title: few('good', 'bad') }),
  customer: shape({ id: few('c') }, { name: few('Ann', 'Bo'), city: few('Oslo', 'Rio'), identifiers: identifiers() }),
  enterprise: shape(
    { id: few('e') },
    { name: few('Acme', 'Best'), city: few('Oslo', 'Rio'), identifiers: identifiers() },
  ),
  product: shape({ id: few('p') }, { name: few('Cup', 'Jug'), weightGrams: fc.nat(3) }),
};

function identifiers() {
  return fc.array(fc.record({ type: few('email'), value: few('a@x', 'b@x') }), { maxLength: 2 });
}

const KIND_OF = {
  order: 'order',
  orderLine: 'order',
  payment: 'order',
  fulfilment: 'order',
  review: 'order',
  customer: 'customer',
  enterprise: 'enterprise',
  product: 'product',
} as const satisfies Record<CanonicalName, keyof typeof KEYS>;

/** Slots have one merge rule each, as a source declares it; `arrival` is exempt from what is tested with these. */
const slots = fc.constantFrom(
  { source: 'one', slot: 'new', merge: 'replace' as const },
  { source: 'one', slot: 'other', merge: 'replace' as const },
  { source: 'two', slot: 'new', merge: 'replace' as const },
  { source: 'two', slot: 'low', merge: 'least' as const },
);

const states = fc.constantFrom([], [1], [2], [2, 'b'], ['2020']);

/** By which version of its source a state was read; the oldest parts did not tell. */
const versions = fc.constantFrom(undefined, 1, 2, 3);

function saidOf(name: CanonicalName): fc.Arbitrary<Said> {
  return fc
    .record({ slot: slots, order: states, version: versions, key: key(KIND_OF[name]), body: bodies[name] })
    .map(({ slot, order, version, key: about, body }) => {
      const part = { v: 2, ...slot, order, hash: fingerprint(JSON.stringify(body)), body } as const;
      return { name, key: about, part: version === undefined ? part : { ...part, version } };
    });
}

/** Any part of any name, about one of two entities of its kind. Lines and headers come more often. */
export const saidBy: fc.Arbitrary<Said> = fc.oneof(
  { weight: 3, arbitrary: saidOf('order') },
  { weight: 5, arbitrary: saidOf('orderLine') },
  { weight: 3, arbitrary: saidOf('payment') },
  { weight: 1, arbitrary: saidOf('fulfilment') },
  { weight: 1, arbitrary: saidOf('review') },
  { weight: 2, arbitrary: saidOf('customer') },
  { weight: 1, arbitrary: saidOf('enterprise') },
  { weight: 1, arbitrary: saidOf('product') },
);
