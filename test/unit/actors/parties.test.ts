import { describe, expect, test } from '@jest/globals';
import type { ActorMessage } from '../../../actors/actor.ts';
import { Miniature, type Said } from './miniature.ts';
import { CUSTOMER, ENTERPRISE, header, line, ORDER, OTHER_CUSTOMER, part, PRODUCT } from './scenario.ts';

function given(...parts: readonly Said[]): Miniature {
  const world = new Miniature();
  for (const said of parts) world.batch([said]);
  world.settle();
  return world;
}

const hears = ({ name, key, part: data }: Said): ActorMessage => ({ type: 'part', name, key, data, now: 0 });
const ann = { id: 'ann', name: 'Ann', email: 'ann@example.org' };

describe('a customer', () => {
  test('that is described has a member record and an integrated record', () => {
    const world = given(part('customer', ann));
    expect(world.events.get(CUSTOMER)?.map(({ type }) => type)).toEqual(['customer.described', 'customer.claimed']);
    expect(world.all('mall.members')).toEqual([{ v: 2, customer: CUSTOMER, source: 'shop', slot: '1', ...ann }]);
    expect(world.all('customer.customers')).toEqual([
      { v: 2, ...ann, identifiers: [], members: 1, sales: 0, returns: 0, adjustments: 0, totals: [] },
    ]);
    expect(world.hear(hears(part('customer', ann))).verdict).toBe('duplicate');
    expect(world.hear(hears(part('customer', { ...ann, name: 'An' }, { order: [1] }))).verdict).toBe('accepted');
    expect(world.hear(hears(part('customer', ann))).verdict).toBe('stale');
  });

  test('of several sources takes each field from the one that says most, and all identifiers', () => {
    const email = (value: string) => ({ identifiers: [{ type: 'email', value }] });
    const world = given(
      part('customer', { ...ann, city: 'Oslo', ...email('b@x') }, { source: 'web' }),
      part('customer', { id: 'ann', name: 'Ann Lee', phone: '+31201358246', ...email('a@x') }, { source: 'erp' }),
    );
    expect(world.all('customer.customers')).toMatchObject([
      {
        name: 'Ann',
        city: 'Oslo',
        phone: '+31201358246',
        members: 2,
        identifiers: [{ value: 'a@x' }, { value: 'b@x' }],
      },
    ]);
  });

  test('that only orders speak of is awaited, and its totals are there when it is described', () => {
    const world = given(part('order', header), part('orderLine', line));
    expect(world.all('customer.customers')).toEqual([]);
    expect(world.flag(CUSTOMER)).toMatchObject({
      status: 'awaited',
      references: [{ task: 'orders', index: 'customer', count: 1 }],
    });
    world.batch([part('customer', ann)]);
    expect(world.all('customer.customers')).toMatchObject([
      {
        sales: 1,
        returns: 0,
        totals: [{ currency: 'EUR', type: 'sale', orders: 1, goods: 1998, freight: 500, total: 2498 }],
      },
    ]);
    expect(world.flag(CUSTOMER)).toMatchObject({ status: 'active' });
  });

  test('that lost its only order to another is forgotten, and no trace of the order is left', () => {
    const world = given(
      part('customer', ann),
      part('order', header),
      part('order', { ...header, customer: OTHER_CUSTOMER }, { order: [2] }),
    );
    expect(world.all('customer.customers')).toMatchObject([{ sales: 0, totals: [] }]);
    world.batch([part('order', header, { order: [3] })]);
    world.settle();
    expect(world.flag(OTHER_CUSTOMER)).toEqual({ status: 'forgotten', references: [] });
  });
});

describe('an enterprise', () => {
  test('knows what it sold, by product, even before it is described', () => {
    const world = given(
      part('order', header),
      part('orderLine', line),
      part('orderLine', { ...line, quantity: 1.001, amount: 2 }, { slot: '2' }),
    );
    const sold = { currency: 'EUR', type: 'sale', lines: 2, quantity: 3.001, revenue: 2000, freight: 1000 };
    expect(world.all('sales.items')).toEqual([
      { v: 1, enterprise: ENTERPRISE, product: PRODUCT, lines: 2, totals: [sold] },
    ]);
    expect(world.all('customer.enterprises')).toEqual([]);
    expect(world.flag(ENTERPRISE)).toMatchObject({ status: 'awaited' });
    world.batch([part('enterprise', { id: 'acme', name: 'Acme' })]);
    expect(world.all('customer.enterprises')).toEqual([
      { v: 2, id: 'acme', name: 'Acme', identifiers: [], items: 1, orders: 1, lines: 2, totals: [sold] },
    ]);
    expect(world.flag(ENTERPRISE)).toMatchObject({
      status: 'active',
      references: [
        { task: 'enterprises' },
        { task: 'members', count: 1 },
        { task: 'items', count: 1 },
        { task: 'revenues', index: 'enterprise', count: 1 },
      ],
    });
  });

  test('that sold nothing has no items', () => {
    const world = given(part('enterprise', { id: 'acme' }));
    expect(world.all('customer.enterprises')).toMatchObject([{ items: 0, orders: 0, lines: 0, totals: [] }]);
    expect(world.hear(hears(part('enterprise', { id: 'acme' }))).verdict).toBe('duplicate');
  });

  test('has an item no more once all of it was corrected away', () => {
    const { product: _product, ...unnamed } = line;
    const world = given(part('order', header), part('orderLine', line), part('orderLine', unnamed, { order: [2] }));
    expect(world.all('sales.items')).toEqual([expect.not.objectContaining({ product: expect.anything() })]);
    expect(world.events.get(ENTERPRISE)?.map(({ type }) => type)).toEqual([
      'enterprise.orderChanged',
      'enterprise.orderChanged',
    ]);
  });

  test('hears of a long order in effects of at most 500 items', () => {
    const lines = Array.from({ length: 1100 }, (_, i) => {
      const product = `main.product.${String(i).padStart(22, '0')}`;
      return { ...line, product };
    });
    const world = given(part('order', { ...header, lines }), part('enterprise', { id: 'acme' }));
    expect(world.sent.filter(({ key }) => key === ENTERPRISE)).toHaveLength(3);
    expect(world.all('customer.enterprises')).toMatchObject([{ items: 1100, orders: 1, lines: 1100 }]);
  });
});

describe('a product', () => {
  test('is what sources say of it', () => {
    const world = given(part('product', { id: 'cup', name: 'Cup', weightGrams: 300 }));
    expect(world.all('mall.products')).toEqual([{ v: 1, id: 'cup', name: 'Cup', weightGrams: 300 }]);
    expect(world.events.get(PRODUCT)?.map(({ type }) => type)).toEqual(['product.described']);
    expect(world.flag(PRODUCT)).toMatchObject({ status: 'active', references: [{ task: 'products', count: 1 }] });
    expect(world.hear(hears(part('product', { id: 'cup', name: 'Cup', weightGrams: 300 }))).verdict).toBe('duplicate');
  });
});

describe.each([
  ['customer', CUSTOMER, part('customer', ann)],
  ['enterprise', ENTERPRISE, part('enterprise', { id: 'acme' })],
  ['product', PRODUCT, part('product', { id: 'cup' })],
] as const)('any %s', (kind, key, known) => {
  const note = (text: string): ActorMessage => ({ type: 'command', name: 'note', key, data: { text }, now: 0 });

  test('can be noted on once it has been heard of', () => {
    expect(given().hear(note('hello'))).toMatchObject({ verdict: 'refused', code: 'MF_ENTITY_UNKNOWN' });
    const world = given(known);
    expect(world.hear(note(''))).toMatchObject({ verdict: 'refused', code: 'MF_NOTE_LENGTH' });
    expect(world.hear(note('hello'))).toMatchObject({
      events: [{ type: `${kind}.noted`, data: { v: 1, text: 'hello' } }],
    });
    world.settle();
    expect(world.flag(key)).toMatchObject({ facts: { notes: [{ text: 'hello', at: '1970-01-01T00:00:00.000Z' }] } });
  });

  test.each([
    ['part', 'order'],
    ['effect', 'order.changed'],
    ['command', 'delete'],
    ['timer', 'due'],
  ] as const)('refuses the %s %s', (type, name) => {
    expect(given(known).hear({ type, name, key, data: {}, now: 0 })).toMatchObject({ code: 'MF_MESSAGE_UNKNOWN' });
  });

  test('has at most 32 statements', () => {
    const others = Array.from({ length: 31 }, (_, i) => ({ ...known, part: { ...known.part, slot: `s${i}` } }));
    const world = given(known, ...others);
    const one = { ...known, part: { ...known.part, slot: 'one too many' } };
    expect(world.hear(hears(one))).toMatchObject({ verdict: 'refused', code: 'MF_STATEMENTS_LIMIT' });
  });
});

test('an order is counted for its customer by type, each apart', () => {
  const other = (type: 'return' | 'adjustment', id: string): Said => ({
    ...part('order', { ...header, type, total: -5 }),
    key: ORDER.slice(0, -1) + id,
  });
  const world = given(
    part('customer', ann),
    part('order', { ...header, total: 9 }),
    other('return', 'A'),
    other('adjustment', 'B'),
  );
  expect(world.all('customer.customers')).toMatchObject([
    {
      sales: 1,
      returns: 1,
      adjustments: 1,
      totals: [
        { type: 'adjustment', total: -5 },
        { type: 'return', total: -5 },
        { type: 'sale', total: 9 },
      ],
    },
  ]);
});
