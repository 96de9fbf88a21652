import type { DecodedRecord } from '../../streams/formats/format.ts';
import type { Random } from './world.ts';

/** A file of a source, as a decoder would give it. */
export interface FeedFile {
  readonly source: string;
  readonly file: string;
  readonly columns: readonly string[];
  readonly records: readonly DecodedRecord[];
}

type Row = readonly string[];

/** Small feeds of the shape of the real ones, with what is wrong with those: repeats, garbage, parts before wholes. */
export function realFeed(random: Random): FeedFile[] {
  return [onlineRetail(random), ...olist(random)];
}

function onlineRetail(random: Random): FeedFile {
  const invoices = Array.from({ length: 12 }, (_, n) => ({
    number: `${random.chance(0.15) ? 'C' : ''}${536_000 + n}`,
    date: `2011-0${1 + random.below(9)}-1${random.below(9)} 0${8 + random.below(2)}:26:00`,
    customer: random.chance(0.2) ? '' : `${17_850 + random.below(4)}.0`,
  }));
  const rows = Array.from({ length: 110 }, (): Row => {
    const { number, date, customer } = random.pick(invoices);
    const quantity = random.chance(0.04)
      ? 'many'
      : String(number.startsWith('C') ? -1 - random.below(5) : 1 + random.below(9));
    const price = `${random.below(9)}.${10 + random.below(90)}`;
    const code = `8512${random.below(6)}${random.chance(0.3) ? 'a' : ''}`;
    return [
      number,
      code,
      random.pick(['WHITE LANTERN', '?', 'damaged']),
      quantity,
      date,
      price,
      customer,
      'United Kingdom',
    ];
  });
  const columns = [
    'InvoiceNo',
    'StockCode',
    'Description',
    'Quantity',
    'InvoiceDate',
    'UnitPrice',
    'CustomerID',
    'Country',
  ];
  return fileOf(random, 'online-retail', 'retail.csv', columns, rows);
}

function olist(random: Random): FeedFile[] {
  const orders = Array.from({ length: 12 }, (_, n) => `order-${n}`);
  const file = (name: string, columns: string, rows: Row[]): FeedFile =>
    fileOf(random, 'olist', `olist_${name}_dataset.csv`, columns.split(' '), rows);
  return [
    file(
      'orders',
      'order_id customer_id order_status order_purchase_timestamp order_approved_at order_delivered_carrier_date order_delivered_customer_date order_estimated_delivery_date',
      // Two orders never come: their payments wait for ever.
      orders.slice(2).flatMap((id) => states(random, id)),
    ),
    file(
      'order_items',
      'order_id order_item_id product_id seller_id shipping_limit_date price freight_value',
      Array.from({ length: 45 }, (_, n) => item(random, random.pick(orders), n)),
    ),
    file(
      'order_payments',
      'order_id payment_sequential payment_type payment_installments payment_value',
      Array.from({ length: 20 }, (_, n) => [random.pick(orders), String(n), 'boleto', '1', `${random.below(90)}.50`]),
    ),
    file(
      'order_reviews',
      'review_id order_id review_score review_comment_title review_comment_message review_creation_date review_answer_timestamp',
      Array.from({ length: 10 }, (_, n) => [
        `review-${n}`,
        random.pick(orders),
        String(random.below(7)),
        '',
        'bom',
        time(random),
        time(random),
      ]),
    ),
    file(
      'customers',
      'customer_id customer_unique_id customer_zip_code_prefix customer_city customer_state',
      Array.from({ length: 6 }, (_, n) => [`customer-${n}`, `person-${n % 3}`, '01000', 'sao  paulo', 'SP']),
    ),
    file(
      'sellers',
      'seller_id seller_zip_code_prefix seller_city seller_state',
      Array.from({ length: 3 }, (_, n) => [`seller-${n}`, '02000', 'campinas', 'SP']),
    ),
  ];
}

/** An order's row in one to three of its states, as feeds of several days have it. */
function states(random: Random, id: string): Row[] {
  const customer = `customer-${random.below(8)}`;
  const times = [time(random), time(random), time(random), time(random)];
  const some = ['created', 'approved', 'shipped', 'delivered'].filter(() => random.chance(0.5));
  return (some.length === 0 ? ['canceled'] : some).map((status) => [id, customer, status, ...times, time(random)]);
}

function item(random: Random, order: string, n: number): Row {
  const price = random.chance(0.05) ? 'free' : `${1 + random.below(90)}.90`;
  return [order, String(n), `product-${random.below(5)}`, `seller-${random.below(4)}`, time(random), price, '8.72'];
}

function time(random: Random): string {
  return random.chance(0.1) ? '' : `2017-1${random.below(3)}-0${1 + random.below(9)} 1${random.below(9)}:56:33`;
}

/** The rows in any order, some of them twice, and a few that no decoder could read. */
function fileOf(
  random: Random,
  source: string,
  file: string,
  columns: readonly string[],
  rows: readonly Row[],
): FeedFile {
  const all = shuffled(random, [...rows, ...rows.filter(() => random.chance(0.1))]);
  const records = all.map((fields, n): DecodedRecord => {
    if (!random.chance(0.02)) return { type: 'row', line: n + 2, fields };
    return {
      type: 'fault',
      line: n + 2,
      column: 1,
      code: 'MF_RECORD_WIDTH',
      detail: 'too few fields',
      raw: { text: fields.join() },
    };
  });
  return { source, file, columns, records };
}

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const all = [...items];
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [all[i], all[j]] = [all[j] as T, all[i] as T];
  }
  return all;
}
