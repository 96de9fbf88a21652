import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { parseSource } from '../../../config/sources.ts';
import type { Source } from '../../../schemas/source.ts';
import { inferSource } from '../../../streams/infer/infer.ts';
import { CompiledSource } from '../../../streams/mapping/source.ts';
import { Trial } from '../../../streams/trial/trial.ts';

interface Inferred {
  readonly text: string;
  readonly source: Source;
  /** Of the one kind of record. */
  readonly rule: Source['records'][string];
  readonly fields: (part: string) => Record<string, unknown>;
}

async function infer(file: string, content: string | Buffer, name?: string): Promise<Inferred> {
  const bytes = Buffer.from(content);
  const text = await inferSource({ file, ...(name !== undefined && { name }), open: () => [bytes] });
  new CompiledSource(parseSource(text, 'inferred.yaml'));
  const source = parse(text) as Source;
  const [rule] = Object.values(source.records);
  if (rule === undefined) throw new Error('no kind of record');
  const fields = (part: string) => rule.parts.find(({ name: its }) => its === part)?.fields ?? {};
  return { text, source, rule, fields };
}

/** What the proposal makes of the file itself: no record of the sample may fail for want of an edit. */
async function verdicts(inferred: Inferred, file: string, content: string | Buffer): Promise<string[]> {
  const trial = new Trial(parseSource(inferred.text, 'inferred.yaml'));
  const tried = await Array.fromAsync(trial.file(file, [Buffer.from(content)]));
  return tried.map(({ verdict, problem }) => (problem === null ? verdict : problem.message));
}

const GERMAN = `Bestellnummer;Bestelldatum;Kundennummer;Vorname;Nachname;E-Mail;PLZ;Ort;Land;Artikelnummer;Bezeichnung;Menge;Einzelpreis;Währung;Status
B-1001;03.05.2023 14:22;K7;Anna;Müller;anna@beispiel.de;10115;Berlin;Deutschland;A-55;Teekanne, blau;2;1.234,50 €;EUR;Versendet
B-1001;03.05.2023 14:22;K7;Anna;Müller;anna@beispiel.de;10115;Berlin;Deutschland;A-56;Tasse;1;4,90 €;EUR;Versendet
B-1002;13.05.2023 09:02;K8;Jan;Kern;jan@beispiel.de;01067;Dresden;Deutschland;A-56;Tasse;3;4,90 €;EUR;Storniert
`;

test('a German export of order lines: names taken apart, decimal commas, days before months, the zone of its country', async () => {
  const inferred = await infer('bestellungen.csv', GERMAN);
  const { source, rule, fields } = inferred;
  expect(source.format).toEqual({ type: 'csv', delimiter: ';' });
  expect(rule.route).toEqual({ kind: 'order', id: 'Bestellnummer' });
  expect(rule.identity).toBe('content');
  expect(fields('order')).toMatchObject({
    placedAt: ['Bestelldatum', { date: { format: 'd.M.yyyy H:mm', zone: 'Europe/Berlin' } }],
    status: ['Status', { lookup: { otherwise: 'absent', table: { Storniert: 'cancelled', Versendet: 'approved' } } }],
    currency: 'Währung',
    customerId: 'Kundennummer',
  });
  expect(fields('orderLine')).toMatchObject({
    unitPrice: ['Einzelpreis', { money: { from: 'Währung', locale: 'de' } }],
    quantity: ['Menge', 'number'],
    code: 'Artikelnummer',
  });
  expect(fields('customer')).toMatchObject({
    name: [{ concat: { of: ['Vorname', 'Nachname'], with: ' ' } }, 'collapse'],
    country: ['Land', 'trim'],
    postcode: ['PLZ', 'trim'],
  });
  expect(await verdicts(inferred, 'bestellungen.csv', GERMAN)).toEqual(['accepted', 'accepted', 'accepted']);
});

const KOREAN = `주문번호,주문일시,고객번호,고객명,이메일,휴대폰번호,우편번호,상품코드,상품명,수량,단가,주문상태,판매자,사업자등록번호
20230501-0001,2023-05-01 09:12:33,C001,김민수,minsu@example.kr,010-1234-5678,06236,P100,머그컵,2,"12,000",배송완료,하나상사,116-82-00276
20230501-0002,2023-05-01 10:01:00,C002,이지은,jieun@example.kr,010-2222-3333,04524,P101,텀블러,1,"15,000",주문취소,두리,220-81-62517
20230501-0002,2023-05-01 10:01:00,C002,이지은,jieun@example.kr,010-2222-3333,04524,P102,접시,3,"5,000",주문취소,두리,220-81-62517
`;

test('a Korean one: won, Seoul, sellers with their registration numbers', async () => {
  const inferred = await infer('jumun.csv', KOREAN);
  const { text, fields } = inferred;
  expect(fields('order')).toMatchObject({
    currency: { const: 'KRW' },
    placedAt: ['주문일시', { date: { zone: 'Asia/Seoul' } }],
    status: ['주문상태', { lookup: { table: { 배송완료: 'completed', 주문취소: 'cancelled' } } }],
  });
  expect(fields('orderLine')).toMatchObject({ unitPrice: ['단가', { money: { currency: 'KRW', locale: 'en' } }] });
  expect(fields('customer')).toMatchObject({
    name: ['고객명', 'collapse'],
    phone: ['휴대폰번호', { phone: { country: 'KR', otherwise: 'keep' } }],
  });
  expect(fields('enterprise')).toMatchObject({ id: '판매자', registrationNumber: ['사업자등록번호', 'trim'] });
  // What it took for granted stands in one place each, behind a doubt.
  expect(text.match(/KRW/g)).toHaveLength(1);
  expect(text).toMatch(/# DOUBT: most records are of KR, and no column names a currency\n.*&currency KRW/);
  expect(await verdicts(inferred, 'jumun.csv', KOREAN)).toEqual(['accepted', 'accepted', 'accepted']);
});

test('bytes that are no UTF-8 are read as the encoding that they fit', async () => {
  // 주문번호,상품코드,수량,단가 and one row, in CP949.
  const header = Buffer.from('c1d6b9aeb9f8c8a32cbbf3c7b0c4dab5e52cbcf6b7ae2cb4dcb0a10a', 'hex');
  const { source, text, rule } = await infer('k.csv', Buffer.concat([header, Buffer.from('1,A,2,1000\n')]));
  expect(source.format).toEqual({ type: 'csv', encoding: 'cp949' });
  expect(rule.route).toEqual({ kind: 'order', id: '주문번호' });
  expect(text).toContain('# DOUBT: nothing says in which encoding the bytes are; this one fits them');
  const latin = await infer('l.csv', Buffer.from('Bestellnummer,Menge,Preis,Größe\n1,2,3.00,klein\n', 'latin1'));
  expect(latin.source.format).toEqual({ type: 'csv', encoding: 'windows-1252' });
});

describe('formats are told by their first bytes', () => {
  const order = (id: number) => ({
    id,
    created_at: '2020-01-01T10:00:00Z',
    total: '10.00',
    currency: 'USD',
    items: [{ sku: 'A', qty: 1, price: '10.00' }],
  });
  test.each([
    ['tabs', 'o.txt', 'order id\tsku\tquantity\tprice\n1\tA\t2\t3.00\n', { type: 'tsv' }],
    ['bars', 'o.csv', 'order id|sku|quantity|price\n1|A|2|3.00\n', { type: 'csv', delimiter: '|' }],
    ['objects', 'o.ndjson', `${JSON.stringify(order(1))}\n${JSON.stringify(order(2))}\n`, { type: 'ndjson' }],
    ['a list', 'o.json', JSON.stringify([order(1), order(2)]), { type: 'json' }],
    [
      'a list in an envelope',
      'o.json',
      JSON.stringify({ data: { orders: [order(1)] }, next: null }),
      { type: 'json', path: 'data.orders' },
    ],
    ['an object in one', 'o.json', JSON.stringify({ order: order(1) }), { type: 'json', path: 'order' }],
    ['a document', 'o.json', JSON.stringify(order(1), null, 2), { type: 'json' }],
    [
      'elements',
      'o.xml',
      '<Orders><Order><ID>1</ID></Order><Order><ID>2</ID></Order></Orders>',
      { type: 'xml', record: 'Order' },
    ],
    ['gzip', 'o.csv.gz', gzipSync('order id,sku,quantity,price\n1,A,2,3.00\n'), { type: 'csv' }],
  ])('%s', async (_what, file, content, format) => {
    const inferred = await infer(file, content);
    expect(inferred.source.format).toEqual(format);
    expect((await verdicts(inferred, file, content)).length).toBeGreaterThan(0);
  });
});

test('a JSON order: its lines in a list, its customer beside it, its states by when it was changed', async () => {
  const record = (id: number) => ({
    ...{
      id,
      order_number: id + 1000,
      created_at: '2020-01-01T10:00:00-05:00',
      updated_at: '2020-01-02T10:00:00-05:00',
    },
    ...{ currency: 'USD', subtotal_price: '20.00', total_price: '30.00', financial_status: 'paid' },
    customer: {
      id: 7,
      email: 'a@b.co',
      first_name: 'A',
      last_name: 'B',
      state: 'enabled',
      default_address: { city: 'X', zip: '1', country_code: 'US' },
    },
    line_items: [{ id: 1, sku: 'S1', title: 'Mug', quantity: 2, price: '10.00' }],
    shipping_address: { city: 'Y', country_code: 'US' },
  });
  const content = [1, 2].map((id) => JSON.stringify(record(id))).join('\n');
  const inferred = await infer('orders.ndjson', content, 'shop');
  const { rule, fields } = inferred;
  expect(rule.route).toEqual({ kind: 'order', id: 'id' });
  expect(rule.order).toEqual([['updated_at', 'date']]);
  expect(rule.input).toMatchObject({ customer: { default_address: { city: null } }, line_items: [{ sku: null }] });
  expect(fields('order')).toMatchObject({
    number: 'order_number',
    total: ['total_price', { money: { from: 'currency' } }],
    lines: { each: { in: 'line_items', give: { fields: { code: 'sku', currency: '$parent.currency' } } } },
  });
  expect(rule.parts[1]).toMatchObject({
    name: 'customer',
    of: { kind: 'customer', id: 'customer.id' },
    slot: 'customer.id',
  });
  expect(fields('customer')).toMatchObject({ city: ['customer.default_address.city', 'collapse'] });
  expect(await verdicts(inferred, 'orders.ndjson', content)).toEqual(['accepted', 'accepted']);
});

describe('what a file is about is told by its ids and by what only that has', () => {
  test.each([
    [
      'payments',
      'transaction_id,order_ref,date,amount,currency,method,status\nT1,O1,2021-05-13,19.99,usd,card,succeeded\nT2,O1,2021-05-14,-5,usd,card,refunded\n',
      'payment',
      'order',
    ],
    [
      'parcels',
      'Shipment ID,Order Number,Carrier,Tracking Number,Ship Date,Status\nS1,1,DHL,0034,2021-05-01,delivered\n',
      'fulfilment',
      'order',
    ],
    [
      'reviews',
      'review_id,order_id,stars,comment,created\nR1,O1,5,good,2021-05-01\nR1,O2,4,ok,2021-05-01\n',
      'review',
      'order',
    ],
    ['customers', 'id,first_name,last_name,email,city\n1,Ada,L,a@b.co,London\n', 'customer', 'customer'],
    ['sellers', 'seller_id,name,vat_id,city\nS1,Acme Ltd,GB123456789,Hull\n', 'enterprise', 'enterprise'],
    ['articles', 'SKU,Title,Brand,EAN,Price\nA1,Red mug,Acme,4006381333931,9.99\n', 'product', 'product'],
    [
      'orders',
      'order_id,customer_id,status,ordered_at,total\n1,7,shipped,2021-05-01,9.99\n2,7,new,2021-05-02,9.99\n',
      'order',
      'order',
    ],
  ])('%s', async (name, content, part, kind) => {
    const inferred = await infer(`${name}.csv`, content, 'shop');
    expect(inferred.rule.route.kind).toBe(kind);
    expect(inferred.rule.parts[0]?.name).toBe(part);
    expect(new Set(await verdicts(inferred, `${name}.csv`, content))).toEqual(new Set(['accepted']));
  });

  test.each([
    ['reviews', 'review', 'review_id,order_id,stars,created\nR1,O1,5,2021-05-01\nR2,O2,4,2021-05-01\n', 'review_id'],
    ['payments', 'payment', 'payment_id,order_id,method,amount\nP1,O1,card,5.00\nP2,O2,cash,4.00\n', 'payment_id'],
    ['parcels', 'fulfilment', 'Shipment ID,Order Number,Carrier,Ship Date\nS1,1,DHL,2021-05-01\n', 'Shipment ID'],
  ])('an id beside that of the order is the own one of what is said of it: %s', async (name, part, content, id) => {
    const { fields } = await infer(`${name}.csv`, content, 'shop');
    expect(fields(part)['id']).toBe(id);
  });

  test('nothing is taken of a file about none of them until somebody says so', async () => {
    const content = 'code,meaning\na,alpha\nb,beta\n';
    const inferred = await infer('words.csv', content);
    expect(inferred.text).toContain('# DOUBT: nobody can tell what these records are about');
    expect(await verdicts(inferred, 'words.csv', content)).toEqual(['skipped', 'skipped']);
  });
});

describe('doubts are written where they are', () => {
  test.each([
    ['3/4/2021', 'd/M/yyyy', 'the day may as well come after the month: M/d/yyyy'],
    ['3/14/2021', 'M/d/yyyy', null],
    ['2021-03-04 10:00:00', undefined, null],
  ])('a date as %s', async (date, format, doubt) => {
    const { text, fields } = await infer('o.csv', `order_id,customer_id,order_date\n1,2,${date}\n`);
    expect(fields('order')['placedAt']).toEqual([
      'order_date',
      { date: { ...(format !== undefined && { format }), zone: 'UTC' } },
    ]);
    if (doubt === null) expect(text).not.toContain('the day may');
    else expect(text).toContain(`# DOUBT: ${doubt}`);
    expect(text).toContain('# DOUBT: times say no zone');
  });

  test('a number with one group may be one with decimals', async () => {
    const { text, fields } = await infer('l.csv', 'order_id,sku,quantity,price\n1,A,1,"1,234"\n');
    expect(fields('orderLine')['unitPrice']).toEqual(['price', { money: { currency: 'USD', locale: 'en' } }]);
    expect(text).toContain('is 1,234 written with groups of digits, or with decimals?');
  });
});

test('whatever a file holds, the proposal passes check, and no record of it crashes', async () => {
  const names = fc.constantFrom(
    'order_id',
    'Order No.',
    'price',
    'a.b',
    'x[0]',
    '$index',
    'name',
    '주문번호',
    "it's",
    'date',
    '',
    ' ',
    '__proto__',
    '"q"',
    'E-Mail',
    'currency',
  );
  const values = fc.oneof(
    fc.constantFrom('1', '1.5', '1,50', '2020-01-02', '12/31/20', 'x@y.zz', 'EUR', '', ' a ', '€5', 'true', '-'),
    fc.string(),
  );
  const quotedField = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const csv = fc
    .tuple(
      fc.array(names, { minLength: 1, maxLength: 8 }),
      fc.array(fc.array(values, { maxLength: 8 }), { maxLength: 8 }),
    )
    .map(([header, rows]) => {
      return [header, ...rows].map((row) => row.map(quotedField).join(',')).join('\n');
    });
  const json = fc
    .array(fc.dictionary(names, fc.jsonValue({ maxDepth: 3 })))
    .map((records) => records.map((record) => JSON.stringify(record)).join('\n'));
  const any = fc.oneof(
    csv,
    json,
    fc.string(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(any, fc.constantFrom('a.csv', 'orders 2020.json', 'x', '.csv'), async (content, file) => {
      const inferred = await infer(file, content);
      expect(await verdicts(inferred, file, content)).toBeDefined();
    }),
    { numRuns: 150 },
  );
});

test('an id that shops write for their guests is nobody, and the number of an order is what is called so', async () => {
  const order = (id: number, customer: number): string =>
    JSON.stringify({
      ...{ id, order_key: `wc_${id}`, number: String(id), currency: 'EUR', customer_id: customer, total: '10.00' },
      billing: { first_name: 'Ann', last_name: 'Test', email: `ann${customer}@shop.example`, city: 'Utrecht' },
      date_created: '2023-08-16T07:45:56',
      line_items: [{ id, name: 'Pen', product_id: 14, quantity: 2, price: 5, total: '10.00' }],
    });
  const content = [order(15, 0), order(16, 7), order(17, 0), order(18, 8)].join('\n');
  const inferred = await infer('orders.ndjson', content);
  const somebody = { when: [{ if: { not: ['customer_id', { equals: '0' }] }, then: 'customer_id' }] };
  expect(inferred.text).toContain('# DOUBT: 0 is taken for nobody; 2 of the records in the sample have it');
  expect(inferred.fields('order')).toMatchObject({ number: 'number', customerId: somebody });
  const trial = new Trial(parseSource(inferred.text, 'inferred.yaml'));
  const tried = await Array.fromAsync(trial.file('orders.ndjson', [Buffer.from(content)]));
  expect(tried.map(({ verdict, parts }) => [verdict, parts.map(({ name }) => name).join()])).toEqual([
    ['accepted', 'order'],
    ['accepted', 'order,customer'],
    ['accepted', 'order'],
    ['accepted', 'order,customer'],
  ]);
});

const SMARTSTORE = `상품주문번호,주문번호,구매자명,구매자ID,주문일시,상품번호,상품명,수량,상품가격,배송비 합계,구매자연락처,우편번호,주문상태
2024031512345671,2024031598765431,김철수,kim01,2024-03-15 10:22:31,5001,텀블러,2,15000,3000,010-1234-5678,06234,배송완료
2024031512345672,2024031598765431,김철수,kim01,2024-03-15 10:22:31,5002,머그컵,1,9900,0,010-1234-5678,06234,배송완료
2024031612345673,2024031698765432,이영희,lee02,2024-03-16 21:05:00,5001,텀블러,1,15000,3000,051-987-6543,48094,취소완료
`;

test('a Korean export of order lines: the number of an ordered article is that of a line', async () => {
  const { rule, text } = await infer('orders.csv', SMARTSTORE);
  expect([rule.route, rule.identity]).toEqual([{ kind: 'order', id: '주문번호' }, '상품주문번호']);
  expect(text).toContain('# DOUBT: numbers without the code of a country are taken for numbers of KR');
});

const EXPORT = `Name,Email,Financial Status,Currency,Subtotal,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem taxable,Id
#1001,ann@shop.example,paid,USD,50.00,2024-02-01 10:00:58 -0500,2,Pen,10.00,PEN-1,true,5001
#1001,ann@shop.example,,,,2024-02-01 10:00:58 -0500,1,Ink,30.00,INK-1,true,
#1002,bob@shop.example,paid,USD,10.00,2024-02-03 10:59:00 -0500,1,Pen,10.00,PEN-1,true,5002
`;

test('a shop whose order numbers are names, and whose later lines say nothing of the order again', async () => {
  const inferred = await infer('orders.csv', EXPORT);
  expect([inferred.rule.route, inferred.rule.identity]).toEqual([{ kind: 'order', id: 'Name' }, 'content']);
  expect(inferred.text).toContain('# DOUBT: some records name no currency, and all others USD');
  expect(inferred.fields('orderLine')).toMatchObject({
    description: ['Lineitem name', 'collapse'],
    amount: [{ multiply: ['Lineitem price', 'Lineitem quantity'] }, { money: 'USD' }],
  });
  expect(await verdicts(inferred, 'orders.csv', EXPORT)).toEqual(['accepted', 'accepted', 'accepted']);
});

const CRAFTS = `Sale Date,Item Name,Buyer,Quantity,Price,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Order ID,SKU
03/14/24,"Mug, hand made",anna22,1,24.00,24.00,USD,3912345671,1400000001,03/14/2024,03/16/2024,3200000001,MUG-B
03/14/24,"Mug, hand made",anna22,2,24.00,48.00,USD,3912345672,1400000001,03/14/2024,03/16/2024,3200000001,MUG-R
03/25/24,Coaster,tomk,1,6.00,6.00,USD,3912345680,1400000002,03/25/2024,,3200000009,CO-1
`;

test('rows with the same order are lines of it, told apart by the id that no two of them share', async () => {
  const { rule, fields } = await infer('sold.csv', CRAFTS);
  expect([rule.route, rule.identity]).toEqual([{ kind: 'order', id: 'Order ID' }, 'Transaction ID']);
  expect(fields('orderLine')).toMatchObject({ code: 'SKU', description: ['Item Name', 'collapse'] });
});
