import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../../../config/settings.ts';
import { loadSources } from '../../../config/sources.ts';
import { matchingKey } from '../../../schemas/key.ts';
import { SourceRegistry } from '../../../streams/mapping/registry.ts';
import type { RecordWork } from '../../../streams/pipeline/batch.ts';
import { createStages } from '../../../streams/pipeline/stages.ts';
import { workOf, workOfBatch } from './work.ts';

const stages = createStages(new SourceRegistry(loadSources()), readSettings({}));

function run(work: RecordWork[]): RecordWork[] {
  for (const stage of stages) stage(work);
  return work;
}

const RETAIL = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
];

function line(changes: Partial<Record<string, string>> = {}): string[] {
  const row: Record<string, string | undefined> = {
    InvoiceNo: '700001',
    StockCode: '99001a',
    Description: ' PAPER  LANTERN ',
    Quantity: '3',
    InvoiceDate: '2011-07-01 09:30:00',
    UnitPrice: '1.25',
    CustomerID: '90001.0',
    Country: 'EIRE',
    ...changes,
  };
  return RETAIL.map((column) => row[column] ?? '');
}

function retail(...rows: string[][]): RecordWork[] {
  return run(workOf('online-retail', 'line', RETAIL, rows));
}

function body(work: RecordWork | undefined, name: string): unknown {
  return work?.parts.find((part) => part.name === name)?.part.body;
}

describe('an invoice line of online-retail', () => {
  test('says what it knows of order, line, customer, product and shop, of its own order first', () => {
    const [work] = retail(line());
    expect(work?.problem).toBeNull();
    expect(work?.parts.map(({ name, part }) => [name, part.merge])).toEqual([
      ['order', 'least'],
      ['orderLine', 'replace'],
      ['customer', 'least'],
      ['product', 'least'],
      ['enterprise', 'least'],
    ]);
    expect(body(work, 'order')).toEqual({
      channel: 'web',
      country: 'IE',
      currency: 'GBP',
      customer: matchingKey('main', 'customer', 'online-retail', '90001'),
      customerId: '90001',
      number: '700001',
      original: { country: 'EIRE', rules: { country: ['countryCode'] } },
      placedAt: '2011-07-01T08:30:00Z',
      type: 'sale',
    });
    expect(body(work, 'orderLine')).toMatchObject({
      amount: 375,
      code: '99001A',
      description: 'PAPER LANTERN',
      quantity: 3,
      unitPrice: 125,
      product: matchingKey('main', 'product', 'online-retail', '99001A'),
    });
    expect(body(work, 'customer')).toMatchObject({ id: '90001', country: 'IE' });
    expect(body(work, 'product')).toEqual({ id: '99001A', name: 'PAPER LANTERN' });
    expect(body(work, 'enterprise')).toEqual({ id: 'online-retail' });
  });

  test.each([
    ['C700001', 'return'],
    ['A700001', 'adjustment'],
    ['700001', 'sale'],
  ])('of invoice %s is of a %s', (InvoiceNo, type) => {
    expect(body(retail(line({ InvoiceNo }))[0], 'order')).toMatchObject({ type });
  });

  test('without a customer makes none', () => {
    const [work] = retail(line({ CustomerID: '' }));
    expect(work?.problem).toBeNull();
    expect(body(work, 'customer')).toBeUndefined();
    expect(body(work, 'order')).not.toHaveProperty('customer');
  });

  test.each(['', '?', 'damages', 'Found', 'thrown away'])(
    'described as %j says no name of its product',
    (Description) => {
      expect(body(retail(line({ Description }))[0], 'product')).toEqual({ id: '99001A' });
    },
  );

  test('that comes twice is a duplicate; one that differs in anything is not', () => {
    const work = retail(line(), line({ Quantity: '4' }), line(), line({ CustomerID: '90001' }));
    expect(work.map(({ duplicate }) => duplicate)).toEqual([false, false, true, false]);
  });

  test('has the same identity whatever file, order of columns and further columns it comes with', () => {
    const shuffled = [...RETAIL].reverse();
    const row = line();
    const again = run(workOf('online-retail', 'line', [...shuffled, 'Note'], [[...[...row].reverse(), 'hello']]));
    const slots = (work: RecordWork[]) => work[0]?.parts.map(({ key, part }) => [key, part.slot, part.hash]);
    expect(slots(again)).toEqual(slots(retail(row)));
  });

  test.each([
    ['Quantity', 'three', 'orderLine.quantity', 'number'],
    ['UnitPrice', '1.255', 'orderLine.unitPrice', 'money in GBP'],
    ['InvoiceDate', '01/07/2011', 'order.placedAt', 'date'],
  ])('whose %s is %j costs this line only, and says what would mend it', (column, value, field, rule) => {
    const [bad, good] = retail(line({ [column]: value }), line());
    expect(bad?.problem).toMatchObject({
      code: 'MF_RECORD_UNMAPPED',
      stage: 'extract',
      field,
      rule,
      value: JSON.stringify(value),
      from: [column],
    });
    expect(bad?.problem?.fix).not.toBe('');
    expect(good?.problem).toBeNull();
  });

  test('from a country that is none is quarantined; from nowhere in particular it is not', () => {
    const [atlantis, unspecified] = retail(line({ Country: 'Atlantis' }), line({ Country: 'Unspecified' }));
    expect(atlantis?.problem).toMatchObject({ stage: 'validate', field: 'order.country', value: '"Atlantis"' });
    expect(unspecified?.problem).toBeNull();
    expect(body(unspecified, 'order')).toMatchObject({ original: { country: 'Unspecified' } });
  });
});

test('rows whose fields run together the same way say different things', () => {
  const rows = [line({ CustomerID: '11', Country: '1:xUSA' }), line({ CustomerID: '111:x', Country: 'USA' })];
  const ids = retail(...rows).map((work) => body(work, 'customer'));
  expect(ids[0]).not.toEqual(ids[1]);
  const products = retail(line({ StockCode: 'A1', Description: 'BC' }), line({ StockCode: 'A', Description: '1BC' }));
  expect(products.map((work) => body(work, 'product'))).toEqual([
    { id: 'A1', name: 'BC' },
    { id: 'A', name: '1BC' },
  ]);
});

describe('what ingress or nobody understood is a problem of its own', () => {
  const base = { v: 1, type: 'records', source: 'online-retail', sourceVersion: 1, feed: 'f' } as const;

  test('faults keep their code', () => {
    const fault = { code: 'MF_RECORD_NOT_UTF8', detail: 'the record is not UTF-8' };
    const [work] = run(
      workOfBatch({ ...base, records: [{ key: 'k', record: 'line', raw: { base64: '/w==' }, fault }] }),
    );
    expect(work?.problem).toMatchObject({
      code: 'MF_RECORD_NOT_UTF8',
      stage: 'ingress',
      rule: 'notUtf8',
      field: '',
      value: '"/w=="',
      message: 'the record is not UTF-8',
      fix: expect.stringContaining('UTF-8'),
    });
  });

  test.each([
    ['a version that is not there', { sourceVersion: 99, columns: RETAIL }, 'line', line()],
    ['a kind of record that is not there', { columns: RETAIL }, 'lines', line()],
    ['a source that is not there', { source: 'gone', columns: RETAIL }, 'line', line()],
    ['a row without columns', {}, 'line', line()],
    ['an object with columns', { columns: RETAIL }, 'line', { InvoiceNo: '1' }],
  ])('%s', (_name, changes, record, raw) => {
    const [work] = run(workOfBatch({ ...base, ...changes, records: [{ key: 'k', record, raw }] }));
    expect(work?.problem).toMatchObject({ code: 'MF_SOURCE_UNKNOWN', stage: 'extract' });
  });
});

describe('olist', () => {
  const ORDERS = [
    ...['order_id', 'customer_id', 'order_status', 'order_purchase_timestamp', 'order_approved_at'],
    ...['order_delivered_carrier_date', 'order_delivered_customer_date', 'order_estimated_delivery_date'],
  ];
  const order = (status: string, ...times: string[]) => ['o1', 'c1', status, ...times, '', '', '', ''].slice(0, 8);
  const states = (...rows: string[][]) =>
    run(workOf('olist', 'orders', ORDERS, rows)).map((work) => work.parts[0]?.part);

  test('states of an order rank by status, then by their latest time', () => {
    const [created, shipped] = states(
      order('created', '2018-01-01 10:00:00'),
      order('shipped', '2018-01-01 10:00:00', '2018-01-01 11:00:00', '2018-01-02 10:00:00'),
    );
    expect(created?.order).toEqual([1, '2018-01-01T12:00:00Z']);
    expect(shipped?.order).toEqual([5, '2018-01-02T12:00:00Z']);
    expect(created?.slot).toBe(shipped?.slot);
  });

  test('a word for a status that nobody knows comes before all others, and is kept', () => {
    const [part] = states(order('lost', '2018-01-01 10:00:00'));
    expect(part?.order[0]).toBeLessThan(1);
    expect(part?.body).toMatchObject({ sourceStatus: 'lost' });
    expect(part?.body).not.toHaveProperty('status');
  });

  test('an item is a line, and says that there are its product and its seller', () => {
    const columns = [
      ...['order_id', 'order_item_id', 'product_id', 'seller_id'],
      'shipping_limit_date',
      'price',
      'freight_value',
    ];
    const [work] = run(
      workOf('olist', 'items', columns, [['o1', '2', 'p1', 's1', '2018-01-05 00:00:00', '39.9', '17.93']]),
    );
    expect(work?.problem).toBeNull();
    expect(body(work, 'orderLine')).toMatchObject({
      number: 2,
      quantity: 1,
      amount: 3990,
      freight: 1793,
      currency: 'BRL',
    });
    expect(body(work, 'product')).toEqual({ id: 'p1' });
    expect(body(work, 'enterprise')).toEqual({ id: 's1' });
  });

  test('a customer keeps the id that tells persons apart', () => {
    const columns = [
      'customer_id',
      'customer_unique_id',
      'customer_zip_code_prefix',
      'customer_city',
      'customer_state',
    ];
    const [work] = run(workOf('olist', 'customers', columns, [['c1', 'u1', '01409', 'são paulo', 'SP']]));
    expect(body(work, 'customer')).toEqual({
      city: 'são paulo',
      country: 'BR',
      id: 'c1',
      identifiers: [{ type: 'olist.customer_unique_id', value: 'u1' }],
      postcode: '01409',
      region: 'SP',
    });
  });

  test('a review keeps the lines of its message', () => {
    const columns = [
      ...['review_id', 'order_id', 'review_score', 'review_comment_title', 'review_comment_message'],
      ...['review_creation_date', 'review_answer_timestamp'],
    ];
    const row = ['r1', 'o1', '5', '', 'um\r\n dois ', '2017-10-15 00:00:00', '2017-10-16 10:00:00'];
    const [work] = run(workOf('olist', 'reviews', columns, [row]));
    expect(body(work, 'review')).toMatchObject({ score: 5, message: 'um\ndois', createdAt: '2017-10-15T03:00:00Z' });
  });
});
