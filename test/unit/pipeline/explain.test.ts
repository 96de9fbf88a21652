import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../../../config/settings.ts';
import { loadSources, parseSource } from '../../../config/sources.ts';
import { SourceRegistry } from '../../../streams/mapping/registry.ts';
import { createStages } from '../../../streams/pipeline/stages.ts';
import type { RecordWork } from '../../../streams/pipeline/batch.ts';
import { workOf, workOfBatch } from './work.ts';

const SHOP = `
name: shop
version: 1
namespace: shop
format: { type: ndjson }
records:
  order:
    route: { kind: order, id: order.id }
    identity: order.id
    parts:
      - name: order
        fields: { number: order.id, type: { const: sale }, currency: order.money.currency, country: order.country }
`;

const stages = createStages(new SourceRegistry([...loadSources(), parseSource(SHOP, 'shop.yaml')]), readSettings({}));

function run(works: RecordWork[]) {
  for (const stage of stages) stage(works);
  return works[0]?.problem;
}

function order(raw: object) {
  const head = { v: 1, type: 'records', source: 'shop', sourceVersion: 1, feed: 'f' } as const;
  return run(workOfBatch({ ...head, records: [{ key: 'main.order.x', record: 'order', raw }] }));
}

const ITEMS = ['order_id', 'order_item_id', 'product_id', 'seller_id', 'shipping_limit_date', 'price', 'freight_value'];

describe('a rejected record says of what the offending field is made, and what tells it from others', () => {
  test('of a column', () => {
    const problem = run(
      workOf('olist', 'items', ITEMS, [['o1', '2', 'p', 's', '2017-01-01 10:00:00', 'free', '1.00']]),
    );
    expect(problem).toMatchObject({ field: 'orderLine.unitPrice', from: ['price'], identity: 'items/o1-2' });
  });

  test('of a path into an object, also where nothing stands', () => {
    expect(order({ order: { id: '17' } })).toMatchObject({
      ...{ field: 'order.currency', rule: 'required', from: ['order.money.currency'], identity: 'order/17' },
    });
    expect(order({ order: { id: '17', money: { currency: 'gold pieces' } } })).toMatchObject({
      ...{
        field: 'order.currency',
        rule: 'pattern',
        value: expect.stringMatching(/gold pieces/i),
        from: ['order.money.currency'],
      },
    });
  });

  test.each([
    ['in its envelope', (order: object) => ({ order }), 'order.line_items[0].price'],
    ['bare', (order: object) => order, 'line_items[0].price'],
  ])('of a path into the form that the record has: %s', (_, wrapped, from) => {
    const raw = wrapped({
      ...{ id: 1, order_number: 1, currency: 'EUR', financial_status: 'paid' },
      line_items: [{ id: 2, quantity: 1, price: '7,95' }],
    });
    const head = { v: 1, type: 'records', source: 'shopify', sourceVersion: 1, feed: 'f' } as const;
    const problem = run(workOfBatch({ ...head, records: [{ key: 'main.order.x', record: 'order', raw }] }));
    expect(problem).toMatchObject({ field: 'order.lines[0].amount', value: '"7,95"' });
    expect(problem?.from[0]).toBe(from);
  });

  test('and nothing of it where its source is not known any more', () => {
    expect(run(workOf('gone', 'items', ITEMS, [[]]))).toMatchObject({ from: [], identity: '' });
  });

  test('a record that cannot be routed shows what stands where its id should be', () => {
    const fault = { code: 'MF_RECORD_UNROUTABLE', detail: 'the id of the order is missing' };
    const row = ['', '2', 'p', 's', '2017-01-01 10:00:00', '1.00', '1.00'];
    const head = { v: 1, type: 'records', source: 'olist', sourceVersion: 1, feed: 'f', columns: ITEMS } as const;
    const problem = run(workOfBatch({ ...head, records: [{ key: 'k', record: 'items', raw: row, fault }] }));
    expect(problem).toMatchObject({ field: 'route.id', value: '""', from: ['order_id'], identity: '' });
  });
});
