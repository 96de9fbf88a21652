import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onlineRetail } from './command-line.ts';

/** A feed cut into chapters: files that say together what the whole says, in parts that come one after another. */
export interface ChapteredFeed {
  readonly source: string;
  /** Per chapter its files. */
  readonly chapters: readonly (readonly string[])[];
  readonly records: number;
}

export interface FeedsWanted {
  readonly folder: string;
  readonly chapters: number;
  /** Days of Online Retail. */
  readonly days: number;
  /** Orders of Olist, with all that belongs to them. */
  readonly orders: number;
}

/** Online Retail and Olist: the real ones where MASTERFLAG_TEST_DATA has them, else the shipped day and made-up orders. */
export function twoFeeds({ folder, chapters, days, orders }: FeedsWanted): readonly ChapteredFeed[] {
  const retail = new Map(onlineRetail(days).map((path, n) => [`day${n}`, linesOf(path)]));
  return [
    chaptered('online-retail', join(folder, 'retail'), retail, chapters),
    chaptered('olist', join(folder, 'olist'), olist(orders), chapters),
  ];
}

type Tables = ReadonlyMap<string, readonly string[]>;

/**
 * Lines are dealt out in turn, so that an order, its lines, its payments and its customer come in different chapters.
 * The lines of one Online Retail invoice have no order of their own, and may be torn apart as well.
 */
function chaptered(source: string, folder: string, tables: Tables, count: number): ChapteredFeed {
  mkdirSync(folder, { recursive: true });
  const chapters: string[][] = Array.from({ length: count }, () => []);
  let records = 0;
  for (const [name, [header = '', ...rows]] of tables) {
    records += rows.length;
    for (const [n, files] of chapters.entries()) {
      const dealt = rows.filter((_, row) => row % count === n);
      if (dealt.length === 0) continue;
      const path = join(folder, `${name}.${n}.csv`);
      writeFileSync(path, `${[header, ...dealt].join('\n')}\n`);
      files.push(path);
    }
  }
  return { source, chapters, records };
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

function olist(orders: number): Tables {
  const folder = join(process.env['MASTERFLAG_TEST_DATA'] ?? '', 'olist');
  return existsSync(folder) ? slice(folder, orders) : madeUp(orders);
}

/** The first orders with what belongs to them, and a few payments of orders that never come. */
function slice(folder: string, orders: number): Tables {
  const tables = new Map<string, readonly string[]>();
  const known = new Set<string>();
  const rows = (table: string): string[] => linesOf(join(folder, `olist_${table}_dataset.csv`)).filter(isWhole);
  const keep = (table: string, wanted: (ids: readonly string[], n: number) => boolean): void => {
    const [header = '', ...all] = rows(table);
    const kept = all.filter((row, n) => wanted(row.split(',').map(unquoted), n));
    tables.set(`olist_${table}_dataset`, [header, ...kept]);
  };
  keep('orders', ([order = '', customer = ''], n) => {
    if (n < orders) known.add(order).add(customer);
    return n < orders;
  });
  keep('order_items', ([order = '', , product = '', seller = '']) => {
    if (known.has(order)) known.add(product).add(seller);
    return known.has(order);
  });
  keep('order_payments', ([order = ''], n) => known.has(order) || n < orders / 10);
  keep('order_reviews', ([, order = '']) => known.has(order));
  for (const table of ['customers', 'products', 'sellers']) keep(table, ([id = '']) => known.has(id));
  return tables;
}

/** A line that is a record: a quoted text may go over several. */
function isWhole(line: string): boolean {
  return (line.split('"').length - 1) % 2 === 0 && /^"?([0-9a-f]{32}|[a-z_]+)"?,/.test(line);
}

function unquoted(cell: string): string {
  return cell.replaceAll('"', '');
}

/** Orders as Olist has them, where the real ones are not there. */
function madeUp(orders: number): Tables {
  const id = (letter: string, n: number): string => `${letter}${n}`.padStart(32, '0');
  const each = (row: (n: number) => string): string[] => Array.from({ length: orders }, (_, n) => row(n));
  const time = (n: number): string => `2018-0${(n % 8) + 1}-1${n % 10} 1${n % 10}:30:00`;
  return new Map([
    [
      'olist_orders_dataset',
      [
        'order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date',
        ...each((n) => `${id('a', n)},${id('c', n)},shipped,${time(n)},${time(n)},${time(n)},,${time(n)}`),
      ],
    ],
    [
      'olist_order_items_dataset',
      [
        'order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value',
        ...each((n) => `${id('a', n)},1,${id('b', n % 20)},${id('e', n % 7)},${time(n)},${n + 1}.90,7.50`),
      ],
    ],
    [
      'olist_order_payments_dataset',
      [
        'order_id,payment_sequential,payment_type,payment_installments,payment_value',
        ...each((n) => `${id('a', n + Math.floor(orders / 10))},1,credit_card,1,${n + 9}.40`),
      ],
    ],
    [
      'olist_customers_dataset',
      [
        'customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state',
        ...each((n) => `${id('c', n)},${id('d', n % Math.ceil(orders / 2))},0${n % 10}000,sao paulo,SP`),
      ],
    ],
  ]);
}
