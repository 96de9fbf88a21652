import { describe, expect, test } from '@jest/globals';
import { order } from '../../../actors/order/index.ts';
import type { OrderEvent } from '../../../schemas/events/order.ts';
import { Miniature } from './miniature.ts';
import { CUSTOMER, header, line, ORDER, OTHER_CUSTOMER, part, payment } from './scenario.ts';
import { given, hears, note, typesOf, effectsOf, orderBody, stated } from './spoken.ts';

describe('an order', () => {
  test('that is stated has a document, a flag and a customer who hears of it', () => {
    const world = given();
    const decision = world.hear(hears(part('order', header)));
    expect(typesOf(decision)).toEqual(['order.headerRecorded']);
    expect(effectsOf(decision)).toEqual([
      {
        key: CUSTOMER,
        name: 'customer.orderChanged',
        data: {
          v: 1,
          order: ORDER,
          deltas: [{ currency: 'EUR', type: 'sale', count: 1, quantity: 0, goods: 0, freight: 0, total: 0 }],
        },
      },
    ]);
    world.settle();
    expect(orderBody(world)).toMatchObject({
      v: 1,
      number: '1001',
      customer: CUSTOMER,
      lines: [],
      total: 0,
      marks: [],
    });
    expect(world.flag(ORDER)).toEqual({
      status: 'placed',
      references: [{ system: 'mall', task: 'orders', index: '_id', key: ORDER, count: 1, state: 'integrated' }],
    });
  });

  test('that is stated again is a duplicate, an older state is stale, a newer one replaces it', () => {
    const world = given(stated({ country: 'DE' }, [2]));
    expect(world.hear(hears(stated({ country: 'DE' }, [2]))).verdict).toBe('duplicate');
    expect(world.hear(hears(stated({ country: 'FR' }, [1]))).verdict).toBe('stale');
    expect(typesOf(world.hear(hears(stated({ country: 'KR' }, [3]))))).toEqual(['order.headerRecorded']);
    world.settle();
    expect(orderBody(world)).toMatchObject({ country: 'KR' });
  });

  test('without lines comes to its declared total, with lines to theirs', () => {
    const world = given(stated({ total: 3000 }));
    expect(orderBody(world)).toMatchObject({ total: 3000, declared: 3000, goods: 0 });
    world.batch([part('orderLine', line)]);
    expect(orderBody(world)).toMatchObject({ total: 2498, declared: 3000, goods: 1998, freight: 500, lineCount: 1 });
  });

  test('that is whole brings its lines, and a newer state replaces them all', () => {
    const world = given(stated({ lines: [line, { ...line, number: 2, amount: 2 }] }, [1]));
    expect(orderBody(world)).toMatchObject({ lineCount: 2, goods: 2000 });
    world.batch([stated({ lines: [{ ...line, amount: 7 }] }, [2])]);
    world.settle();
    expect(orderBody(world)).toMatchObject({ lineCount: 1, goods: 7 });
    expect(world.all('sales.revenues')).toHaveLength(1);
  });

  test('is integrated field by field from several sources, by the name of the source', () => {
    const world = given(
      stated({ country: 'FR', channel: 'web' }),
      part('order', { ...header, country: 'DE' }, { source: 'erp' }),
    );
    expect(orderBody(world)).toMatchObject({ country: 'DE', channel: 'web' });
  });

  test('keeps the list of lines as its source gave it, whatever order the document shows', () => {
    const lines = [{ ...line, number: 2 }, line];
    const whole = part('order', { ...header, lines }, { merge: 'least' });
    const forgetful = new Miniature((below) => below - 1);
    forgetful.batch([whole]);
    expect(orderBody(forgetful)).toMatchObject({ lines: [{ number: 1 }, { number: 2 }] });
    expect(forgetful.hear(hears(whole)).verdict).toBe('duplicate');
  });

  test('evolves from the state that it is given, even over the same event', () => {
    const { evolve, initial } = order;
    const { part: stamp } = part('review', { score: 1 });
    const event = { type: 'order.reviewRecorded', data: { id: 'r', ...stamp, body: { score: 1 } } } as OrderEvent;
    const once = evolve(initial(ORDER), event);
    expect(evolve(once, event).reviews).toBe(2);
    expect(evolve(initial(ORDER), event).reviews).toBe(1);
  });

  test('of least values takes each field from whoever said the least', () => {
    const least = { merge: 'least' } as const;
    const world = given(
      part('order', { ...header, placedAt: '2024-05-02T00:00:00Z', country: 'DE' }, least),
      part('order', { ...header, placedAt: '2024-05-01T00:00:00Z', country: 'FR' }, least),
    );
    expect(orderBody(world)).toMatchObject({ placedAt: '2024-05-01T00:00:00Z', country: 'DE' });
    expect(world.hear(hears(part('order', { ...header, country: 'GB' }, least))).verdict).toBe('duplicate');
  });

  test('of a source where the last to arrive wins takes an older state too', () => {
    const last = { merge: 'arrival' } as const;
    const world = given(part('order', { ...header, country: 'DE' }, { ...last, order: [2] }));
    world.batch([part('order', { ...header, country: 'FR' }, { ...last, order: [1] })]);
    expect(orderBody(world)).toMatchObject({ country: 'FR' });
    expect(world.hear(hears(part('order', { ...header, country: 'FR' }, last))).verdict).toBe('duplicate');
  });

  test('that gets another customer leaves the former one', () => {
    const world = given(part('order', header), part('orderLine', line));
    const effects = effectsOf(world.hear(hears(stated({ customer: OTHER_CUSTOMER }))));
    const total = { currency: 'EUR', type: 'sale', quantity: 0 };
    expect(effects).toEqual([
      {
        key: CUSTOMER,
        name: 'customer.orderChanged',
        data: { v: 1, order: ORDER, deltas: [{ ...total, count: -1, goods: -1998, freight: -500, total: -2498 }] },
      },
      {
        key: OTHER_CUSTOMER,
        name: 'customer.orderChanged',
        data: { v: 1, order: ORDER, deltas: [{ ...total, count: 1, goods: 1998, freight: 500, total: 2498 }] },
      },
    ]);
    world.settle();
    expect(world.all('sales.revenues')).toMatchObject([{ customer: OTHER_CUSTOMER }]);
  });

  test('that turns out to be a return counts as one with its customer and its enterprises', () => {
    const world = given(part('order', header), part('orderLine', line));
    const [toCustomer, toEnterprise] = effectsOf(world.hear(hears(stated({ type: 'return' }))));
    expect(toCustomer?.data).toMatchObject({
      deltas: [
        { type: 'return', count: 1 },
        { type: 'sale', count: -1 },
      ],
    });
    expect(toEnterprise?.data).toMatchObject({
      orders: 0,
      items: [{ delta: { type: 'return', count: 1 } }, { delta: { type: 'sale', count: -1 } }],
    });
  });
});

describe('an awaited order', () => {
  test('has a flag and what waits, and no document', () => {
    const world = given();
    expect(typesOf(world.hear(hears(part('payment', payment))))).toEqual(['order.partAwaited']);
    world.settle();
    expect(world.all('mall.orders')).toEqual([]);
    expect(world.all('mall.payments')).toEqual([]);
    expect(world.all('master.waiting')).toEqual([
      { v: 2, entity: ORDER, name: 'payment', source: 'shop', slot: '1', said: payment },
    ]);
    expect(world.flag(ORDER)).toMatchObject({
      status: 'awaited',
      references: [{ system: 'master', task: 'waiting', index: 'entity', key: ORDER, count: 1 }],
    });
  });

  test('keeps the newest state of what waits', () => {
    const world = given(part('payment', payment, { order: [2] }));
    expect(world.hear(hears(part('payment', payment, { order: [2] }))).verdict).toBe('duplicate');
    expect(world.hear(hears(part('payment', payment, { order: [1] }))).verdict).toBe('stale');
    world.batch([part('payment', { ...payment, amount: 1 }, { order: [3] })]);
    expect(world.all('master.waiting')).toMatchObject([{ said: { amount: 1 } }]);
    expect(world.flag(ORDER)).toMatchObject({ references: [{ count: 1 }] });
  });

  test('takes up everything that waited, in one decision, when it is stated', () => {
    const world = given(
      part('payment', payment),
      part('orderLine', line),
      part('review', { score: 3 }),
      part('fulfilment', { status: 'pending' }),
    );
    const decision = world.hear(hears(part('order', header)));
    const [first, ...others] = typesOf(decision);
    expect(first).toBe('order.headerRecorded');
    expect(others.sort()).toEqual([
      'order.deliveryRecorded',
      'order.lineRecorded',
      'order.paymentRecorded',
      'order.reviewRecorded',
    ]);
    world.settle();
    expect(world.all('master.waiting')).toEqual([]);
    expect(orderBody(world)).toMatchObject({ lineCount: 1, paid: 2498 });
    expect(world.saved(ORDER)).toMatchObject({ waiting: [] });
    expect(world.hear(hears(part('payment', payment))).verdict).toBe('duplicate');
  });

  test('keeps at most 1,000 statements waiting, or 2 MB', () => {
    const many = new Miniature();
    many.batch(Array.from({ length: 1000 }, (_, i) => part('review', { score: 1 }, { slot: `${i}` })));
    expect(many.hear(hears(part('review', { score: 1 }, { slot: 'one more' })))).toMatchObject({
      verdict: 'refused',
      code: 'MF_WAITING_LIMIT',
    });
    expect(many.hear(hears(part('review', { score: 2 }, { slot: '7', order: [2] }))).verdict).toBe('accepted');
    const original = { score: 'x'.repeat(3 * 1024 * 1024) };
    expect(given().hear(hears(part('review', { score: 1, original })))).toMatchObject({ code: 'MF_WAITING_LIMIT' });
  });
});

describe('a note', () => {
  test('is kept in the flag, the newest five of them', () => {
    const world = given(part('order', header));
    for (const text of ['1', '2', '3', '4', '5', ' 6 '])
      expect(typesOf(world.hear(note(text)))).toEqual(['order.noted']);
    world.settle();
    const notes = ['2', '3', '4', '5', '6'].map((text) => ({ text, at: '2024-05-01T10:00:00.000Z' }));
    expect(world.flag(ORDER)).toMatchObject({ facts: { notes } });
  });

  test('is refused when it is empty or too long, and for an order that nobody has heard of', () => {
    expect(given().hear(note('hello'))).toMatchObject({ verdict: 'refused', code: 'MF_ENTITY_UNKNOWN' });
    const world = given(part('payment', payment));
    expect(world.hear(note('  '))).toMatchObject({ verdict: 'refused', code: 'MF_NOTE_LENGTH', field: 'text' });
    expect(world.hear(note('x'.repeat(1001)))).toMatchObject({ code: 'MF_NOTE_LENGTH' });
    expect(world.hear(note('x'.repeat(1000))).verdict).toBe('accepted');
  });
});

describe('an order refuses', () => {
  test.each([
    ['part', 'customer'],
    ['effect', 'customer.orderChanged'],
    ['command', 'cancel'],
    ['timer', 'due'],
  ] as const)('the %s %s', (type, name) => {
    const message = { type, name, key: ORDER, data: {}, now: 0 };
    expect(given(part('order', header)).hear(message)).toMatchObject({
      verdict: 'refused',
      code: 'MF_MESSAGE_UNKNOWN',
    });
  });

  test('more than 32 sources or slots of its header', () => {
    const world = given(...Array.from({ length: 32 }, (_, i) => part('order', header, { slot: `${i}` })));
    expect(world.hear(hears(part('order', header, { slot: '32' })))).toMatchObject({ code: 'MF_STATEMENTS_LIMIT' });
    expect(world.hear(hears(part('order', header, { slot: '3', order: [2] }))).verdict).toBe('accepted');
  });
});
