import { describe, expect, test } from '@jest/globals';
import { CUSTOMER, ENTERPRISE, header, line, ORDER, OTHER_ENTERPRISE, part, payment, PRODUCT } from './scenario.ts';
import { given, hears, typesOf, effectsOf, orderBody, stated } from './spoken.ts';

describe('an order line', () => {
  test('adds to the order, to its revenues, and tells customer and enterprise', () => {
    const world = given(part('order', header));
    const decision = world.hear(hears(part('orderLine', line)));
    expect(typesOf(decision)).toEqual(['order.lineRecorded']);
    expect(effectsOf(decision)).toMatchObject([
      { key: CUSTOMER, data: { deltas: [{ count: 0, goods: 1998, freight: 500, total: 2498 }] } },
      {
        key: ENTERPRISE,
        name: 'enterprise.orderChanged',
        data: { orders: 1, items: [{ product: PRODUCT, delta: { count: 1, quantity: 2000, goods: 1998 } }] },
      },
    ]);
    world.settle();
    expect(orderBody(world)).toMatchObject({ lines: [line], lineCount: 1, goods: 1998, freight: 500, total: 2498 });
    expect(world.all('sales.revenues')).toEqual([
      {
        v: 1,
        order: ORDER,
        number: '1001',
        enterprise: ENTERPRISE,
        customer: CUSTOMER,
        type: 'sale',
        placedAt: header.placedAt,
        currency: 'EUR',
        goods: 1998,
        freight: 500,
        total: 2498,
        lineCount: 1,
      },
    ]);
  });

  test('that moves to another enterprise is taken back from the former one', () => {
    const world = given(part('order', header), part('orderLine', line), part('orderLine', line, { slot: '2' }));
    world.batch([part('orderLine', { ...line, enterprise: OTHER_ENTERPRISE }, { order: [2] })]);
    world.settle();
    expect(world.all('sales.revenues')).toHaveLength(2);
    expect(world.all('sales.revenues').map(({ lineCount }) => lineCount)).toEqual([1, 1]);
    world.batch([part('orderLine', { ...line, enterprise: OTHER_ENTERPRISE }, { slot: '2', order: [2] })]);
    expect(world.all('sales.revenues')).toMatchObject([{ enterprise: OTHER_ENTERPRISE, lineCount: 2 }]);
  });

  test("of no enterprise is the mall's own", () => {
    const { enterprise: _none, ...own } = line;
    const world = given(part('order', header), part('orderLine', own));
    expect(world.all('sales.revenues')).toEqual([expect.not.objectContaining({ enterprise: expect.anything() })]);
  });

  test('in another currency is in no sum, and marked', () => {
    const world = given(part('order', header), part('orderLine', { ...line, currency: 'USD' }));
    expect(orderBody(world)).toMatchObject({
      goods: 0,
      marks: [{ code: 'mixedCurrency', currencies: ['EUR', 'USD'] }],
    });
  });

  test('lines stand by number, then by product, then by statement', () => {
    const { number: _number, ...unnumbered } = line;
    const world = given(
      part('order', header),
      part('orderLine', { ...unnumbered, code: 'b' }, { slot: 'a' }),
      part('orderLine', { ...unnumbered, code: 'a' }, { slot: 'c' }),
      part('orderLine', { ...unnumbered, code: 'a', quantity: 3 }, { slot: 'b' }),
      part('orderLine', { ...line, number: 7 }, { slot: 'd' }),
    );
    expect(orderBody(world)).toMatchObject({
      lines: [{ number: 7 }, { code: 'a', quantity: 3 }, { code: 'a', quantity: 2 }, { code: 'b' }],
    });
  });

  test('beyond 5,000 is refused, and so is one beyond 4 MB', () => {
    const lines = Array.from({ length: 5000 }, () => ({ quantity: 1, amount: 1, currency: 'EUR' }));
    const full = given(stated({ lines }));
    expect(full.hear(hears(part('orderLine', line)))).toMatchObject({ verdict: 'refused', code: 'MF_LINES_LIMIT' });
    const wide = given(part('order', header));
    const original = { code: 'x'.repeat(5 * 1024 * 1024) };
    expect(wide.hear(hears(part('orderLine', { ...line, original })))).toMatchObject({ code: 'MF_LINES_LIMIT' });
  });
});

describe('payments, deliveries and reviews', () => {
  test('have a record each, and a newer state takes the place of the older one', () => {
    const world = given(
      part('order', header),
      part('orderLine', line),
      part('payment', { ...payment, status: 'pending' }),
    );
    expect(orderBody(world)).toMatchObject({ paid: 0, status: { payment: 'pending' } });
    expect(typesOf(world.hear(hears(part('payment', payment, { order: [2] }))))).toEqual(['order.paymentRecorded']);
    expect(world.hear(hears(part('payment', payment, { order: [2] }))).verdict).toBe('duplicate');
    expect(world.hear(hears(part('payment', payment, { order: [1] }))).verdict).toBe('stale');
    world.settle();
    expect(world.all('mall.payments')).toEqual([{ v: 2, order: ORDER, source: 'shop', ...payment }]);
    expect(orderBody(world)).toMatchObject({ paid: 2498, status: { payment: 'paid' }, marks: [] });
    expect(world.saved(ORDER)).toMatchObject({ payments: { 'captured/EUR': { count: 1, amount: 2498 } } });
  });

  test('payments that differ from what is due are marked with the difference', () => {
    const world = given(part('order', header), part('payment', { ...payment, amount: 2400 }));
    expect(orderBody(world)).toMatchObject({ marks: [] });
    world.batch([part('orderLine', line)]);
    expect(orderBody(world)).toMatchObject({
      marks: [{ code: 'paymentDiffers', difference: -98 }],
      status: { payment: 'partlyPaid' },
    });
  });

  test('deliveries move the fulfilment, a review moves nothing', () => {
    const world = given(
      part('order', header),
      part('fulfilment', { status: 'shipped' }),
      part('fulfilment', { status: 'shipped' }, { slot: '2' }),
    );
    expect(orderBody(world)).toMatchObject({ status: { fulfilment: 'shipped' } });
    world.batch([part('fulfilment', { status: 'delivered' }, { order: [2] })]);
    expect(orderBody(world)).toMatchObject({ status: { fulfilment: 'partlyDelivered' } });
    expect(typesOf(world.hear(hears(part('fulfilment', { status: 'delivered' }, { slot: '2', order: [2] }))))).toEqual([
      'order.deliveryRecorded',
    ]);
    expect(typesOf(world.hear(hears(part('review', { score: 4 }))))).toEqual(['order.reviewRecorded']);
    world.batch([part('review', { score: 5 }, { order: [2] })]);
    expect(orderBody(world)).toMatchObject({ status: { fulfilment: 'delivered' } });
    expect(world.flag(ORDER)).toMatchObject({
      references: [{ task: 'orders' }, { task: 'deliveries', count: 2 }, { task: 'boards', count: 1 }],
    });
  });
});

describe('facts that contradict one another are accepted and marked', () => {
  const early = '2024-05-01T00:00:00Z';
  const late = '2024-05-01T01:00:00Z';
  test.each([
    [
      { shippedAt: early, approvedAt: late },
      { code: 'shippedBeforeApproval', shippedAt: early, approvedAt: late },
    ],
    [{ sourceStatus: 'delivered' }, { code: 'deliveredWithoutDate' }],
    [{ fulfilment: 'delivered' as const }, { code: 'deliveredWithoutDate' }],
    [
      { deliveredAt: early, shippedAt: late },
      { code: 'deliveredBeforeShipped', deliveredAt: early, shippedAt: late },
    ],
    [
      { status: 'cancelled' as const, deliveredAt: late },
      { code: 'cancelledButDelivered', deliveredAt: late },
    ],
  ])('%j', (change, mark) => {
    const world = given(stated(change));
    expect(orderBody(world)).toMatchObject({ marks: [mark] });
    expect(world.flag(ORDER)).toMatchObject({ facts: { marks: [mark.code] } });
  });

  test('times are compared as instants, whatever their zone', () => {
    const approvedAt = '2024-05-01T00:00:00Z';
    const before = given(stated({ shippedAt: '2024-05-01T08:30:00+09:00', approvedAt }));
    expect(orderBody(before)).toMatchObject({ marks: [{ code: 'shippedBeforeApproval' }] });
    const after = given(stated({ shippedAt: '2024-04-30T20:30:00-09:00', approvedAt }));
    expect(orderBody(after)).toMatchObject({ marks: [] });
  });
});
