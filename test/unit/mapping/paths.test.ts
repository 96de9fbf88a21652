import { describe, expect, test } from '@jest/globals';
import { loadSources } from '../../../config/sources.ts';
import type { RecordRule } from '../../../schemas/source.ts';
import { originOf, pathsIn, ROUTE } from '../../../streams/mapping/paths.ts';

describe('the raw fields that a value is made of', () => {
  test.each<[unknown, string[]]>([
    ['Quantity', ['Quantity']],
    [['Quantity', 'trim', { money: 'GBP' }], ['Quantity']],
    [{ path: 'address.city' }, ['address.city']],
    [{ const: 'GBP' }, []],
    [{ template: '{order}-{item}' }, ['order', 'item']],
    [{ first: ['mobile', ['phone', 'trim']] }, ['mobile', 'phone']],
    [{ concat: { of: ['first', 'last'], with: ' ' } }, ['first', 'last']],
    [
      [{ multiply: ['price', 'quantity'] }, { money: 'GBP' }],
      ['price', 'quantity'],
    ],
    [{ key: { kind: 'customer', id: ['CustomerID', 'trim'] } }, ['CustomerID']],
    [{ list: [{ object: { type: { const: 'email' }, value: 'mail' } }] }, ['mail']],
    [{ when: [{ if: ['a', { matches: '^x' }], then: 'b' }, { else: { const: 'c' } }] }, ['a', 'b']],
    [{ hash: ['a', 'a', '$root.b', '$index'] }, ['a', 'b']],
    [17, []],
  ])('%j', (expression, paths) => {
    expect(pathsIn(expression)).toEqual(paths);
  });
});

describe('the field of a part', () => {
  const retail = ruleOf('online-retail', 'line');

  test.each([
    ['orderLine.quantity', 'orderLine.quantity', ['Quantity']],
    ['quantity', 'orderLine.quantity', ['Quantity']],
    ['orderLine.amount', 'orderLine.amount', ['UnitPrice', 'Quantity']],
    ['customer.id', 'customer.id', ['CustomerID']],
    ['country', 'order.country', ['Country']],
    ['order.lines.3.amount', 'order.lines.3.amount', []],
    ['nothing', 'nothing', []],
    [ROUTE, ROUTE, ['InvoiceNo']],
  ])('%s is %s, made of the columns %j', (field, name, from) => {
    expect(originOf(retail, field)).toEqual({ name, from });
  });

  const nested: RecordRule = {
    at: 'data',
    route: { kind: 'order', id: 'id' },
    identity: 'id',
    parts: [
      {
        name: 'order',
        fields: {
          currency: 'currency',
          lines: {
            each: {
              in: 'items',
              give: {
                fields: {
                  amount: ['price', { money: { from: '$parent.currency' } }],
                  code: '$parent.sku',
                  number: '$index',
                },
              },
            },
          },
        },
      },
      {
        name: 'payment',
        each: 'refunds[*].payments',
        fields: { amount: 'value', method: '$root.data.way', currency: '$parent.currency' },
      },
      { name: 'review', each: { list: ['$item'] }, fields: { score: 'stars' } },
      {
        name: 'customer',
        of: { kind: 'customer', id: 'c' },
        fields: { identifiers: { list: [{ object: { type: { const: 'email' }, value: 'mail' } }] } },
      },
    ],
  };

  test.each([
    [ROUTE, ['data.id']],
    ['order.currency', ['data.currency']],
    ['order.lines[2].amount', ['data.items[2].price']],
    ['order.lines.2.amount', ['data.items[2].price']],
    ['order.lines.2.code', ['data.sku']],
    ['order.lines.2.number', []],
    ['order.lines', ['data.items']],
    ['payment[0.2].amount', ['data.refunds[0].payments[2].value']],
    ['review[0].score', ['data.stars']],
    ['payment.amount', ['data.refunds[*].payments[*].value']],
    ['payment[0.2].method', ['data.way']],
    ['customer.identifiers.0.value', ['data.mail']],
    ['customer.identifiers.0.type', []],
  ])('%s of an object is made of %j', (field, from) => {
    expect(originOf(nested, field).from).toEqual(from);
  });
});

function ruleOf(source: string, record: string): RecordRule {
  const rule = loadSources().find((file) => file.source.name === source)?.source.records[record];
  if (rule === undefined) throw new Error(`${source} has no ${record}`);
  return rule;
}
