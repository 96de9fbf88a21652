import { describe, expect, test } from '@jest/globals';
import { matchingKey } from '../../../schemas/key.ts';
import type { MappedPart } from '../../../streams/mapping/parts.ts';
import { ValueFault, type Raw } from '../../../streams/mapping/scope.ts';
import { registryOf } from './sources.ts';

/** A source of one kind of JSON records, with what a test wants to say in it. */
function shop(rule: string): (raw: Raw) => MappedPart[] {
  const text = `name: shop
version: 1
namespace: shop
format: { type: ndjson }
records:
  order:
    route: { kind: order, id: id }
    identity: id
    order: [updated_at]
${rule.replace(/^/gm, '    ')}
`;
  const mapping = registryOf(text).newest('shop').mapping('order', undefined);
  if (mapping === undefined) throw new Error('no mapping');
  return mapping.map;
}

const ORDER = {
  id: 7,
  currency: 'EUR',
  updated_at: '2020-01-02',
  transactions: [
    { id: 't1', kind: 'sale', amount: '10.50', at: '2020-01-01' },
    { id: 't2', kind: 'void', amount: '10.50' },
    { id: 't3', kind: 'refund', amount: '3.00' },
  ],
  boxes: [
    { carrier: 'DHL', numbers: ['A', 'B'] },
    { carrier: 'UPS', numbers: 'C' },
  ],
};

const PAYMENTS = `parts:
  - name: payment
    each: transactions
    when: [kind, { oneOf: [sale, refund] }]
    slot: id
    fields:
      method: { const: card }
      status: { const: captured }
      currency: $parent.currency
      sequence: $index
      amount:
        - when:
            - { if: [kind, { equals: refund }], then: [amount, negate] }
            - { else: amount }
        - money: { from: $parent.currency }
`;

describe('each of a part', () => {
  test('makes one part of every element that its condition holds for, with access to what is around it', () => {
    const parts = shop(PAYMENTS)(ORDER);
    expect(parts.map(({ part }) => [part.slot, part.body])).toEqual([
      ['t1', { amount: 1050, currency: 'EUR', method: 'card', sequence: 0, status: 'captured' }],
      ['t3', { amount: -300, currency: 'EUR', method: 'card', sequence: 2, status: 'captured' }],
    ]);
    expect(parts.every(({ key, part }) => key === null && part.order[0] === '2020-01-02')).toBe(true);
  });

  test('makes none of a list that is empty or not there, and one of a lone value', () => {
    const map = shop(PAYMENTS);
    expect(map({ ...ORDER, transactions: [] })).toEqual([]);
    expect(map({ id: 7 })).toEqual([]);
    expect(map({ ...ORDER, transactions: ORDER.transactions[0] }).map(({ part }) => part.slot)).toEqual(['t1']);
  });

  const NUMBERS = `parts:
  - name: fulfilment
    each: boxes[*].numbers
    fields: { status: { const: shipped }, tracking: $item, carrier: $parent.carrier }
`;

  test('goes through several lists, and tells elements without an id apart by their places', () => {
    const parts = shop(NUMBERS)(ORDER);
    expect(parts.map(({ part }) => [part.slot, part.body])).toEqual([
      ['order/7/boxes[*].numbers.0.0', { carrier: 'DHL', status: 'shipped', tracking: 'A' }],
      ['order/7/boxes[*].numbers.0.1', { carrier: 'DHL', status: 'shipped', tracking: 'B' }],
      ['order/7/boxes[*].numbers.1.0', { carrier: 'UPS', status: 'shipped', tracking: 'C' }],
    ]);
  });

  test('names other entities, each by an id of its own, and an order of states of its own', () => {
    const parts = shop(`parts:
  - name: order
    of: { kind: order, id: [id, { case: upper }] }
    each: transactions
    slot: { const: t }
    order: [{ first: [at, { const: '' }] }, $root.updated_at]
    fields: { number: id, type: { const: sale }, currency: $root.currency }
`)(ORDER);
    expect(parts.map(({ key }) => key)).toEqual(
      ['T1', 'T2', 'T3'].map((id) => matchingKey('main', 'order', 'shop', id)),
    );
    expect(parts[0]?.part.order).toEqual(['2020-01-01', '2020-01-02']);
  });

  test('says in which element a fault is', () => {
    const run = () => shop(PAYMENTS)({ ...ORDER, transactions: [{}, { kind: 'sale', amount: 'ten', id: 1 }] });
    expect(run).toThrow(expect.objectContaining({ field: 'payment[1].amount', value: 'ten' }));
  });

  test('takes 20,000 elements at most', () => {
    const run = () => shop(PAYMENTS)({ ...ORDER, transactions: Array.from({ length: 20_001 }, () => ({})) });
    expect(run).toThrow(/20001 elements/);
  });
});

test('faults within nested lists name field, place and field', () => {
  const map = shop(`parts:
  - name: order
    fields:
      number: id
      type: { const: sale }
      currency: currency
      lines:
        each:
          in: lines
          give: { fields: { code: sku, amount: [price, { money: { from: $parent.currency } }] } }
`);
  const run = () => map({ ...ORDER, lines: [{ price: '1' }, { price: '1.234' }] });
  expect(run).toThrow(expect.objectContaining({ field: 'lines[1].amount', value: '1.234' }));
  const [order] = map({ ...ORDER, lines: [{ price: '1', sku: 'A' }, { price: '2' }] });
  expect(order?.part.body).toMatchObject({ number: '7', lines: [{ amount: 100, code: 'A' }, { amount: 200 }] });
});

describe('at of a record', () => {
  const EVENT = `at: data.object
parts:
  - name: order
    fields:
      number: id
      type: { const: sale }
      currency: [currency, { case: upper }]
      placedAt: [$root.created, { date: unix }]
`;

  test('is what all else is read from, with the envelope as its parent', () => {
    const event = { created: 0, data: { object: { id: 'o1', currency: 'usd' } } };
    const [order] = shop(EVENT)(event);
    expect(order?.part).toMatchObject({
      slot: 'order/o1',
      body: { number: 'o1', currency: 'USD', placedAt: '1970-01-01T00:00:00Z' },
    });
  });

  test('that is not there is a fault', () => {
    expect(() => shop(EVENT)({ id: 7 })).toThrow(ValueFault);
  });

  test('may be an expression: an envelope, or the record itself', () => {
    const map = shop(EVENT.replace('at: data.object', 'at: { first: [data.object, $item] }'));
    expect(map({ id: 'o2', currency: 'eur' })[0]?.part.slot).toBe('order/o2');
  });
});
