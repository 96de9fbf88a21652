import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { Type } from 'typebox';
import { matchingKey } from '../schemas/key.ts';
import { compileCheck } from '../schemas/validate.ts';
import type { BenchOrder } from './orders.ts';

const text = Type.String({ minLength: 1, maxLength: 200 });
const Order = Type.Object({
  id: text,
  revision: Type.Integer(),
  placedAt: Type.String({ format: 'date-time' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  customer: Type.Object({ id: text, name: text, email: text, city: text, country: text }),
  lines: Type.Array(
    Type.Object({
      number: Type.Integer(),
      code: text,
      description: text,
      quantity: Type.Integer(),
      unitPrice: Type.Integer(),
      amount: Type.Integer(),
      currency: text,
    }),
  ),
});

/** Orders per transaction. */
const BATCH = 500;

/** Each with an index on `k0` where the engine looks records of it up by more than their id. */
const TABLES = { orders: true, order_flags: false, revenues: true, customers: false, customer_flags: false } as const;

/** Under what the rows are kept. */
export type RowKeys = 'matching keys' | 'running numbers';

/**
 * What the engine is measured against: one thread that parses, validates with Ajv, reduces, and writes five rows an
 * order in batches of 500, with the same pragmas. No log, no events, no protocol, no second process to trust.
 *
 * Its rows are kept as the engine's are, under their matching keys and with the indexes by which they are found.
 * Under the running numbers of the synthetic orders, without any, every row goes to the end of its table: faster, and
 * of no use to whoever looks an order up.
 */
export async function bareLoop(
  folder: string,
  file: string,
  keys: RowKeys,
): Promise<{ orders: number; seconds: number }> {
  const db = new DatabaseSync(join(folder, 'bare.db'));
  db.exec('PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768');
  for (const [table, isIndexed] of Object.entries(TABLES)) {
    db.exec(`CREATE TABLE ${table} (id TEXT PRIMARY KEY, version INTEGER NOT NULL, json TEXT NOT NULL, k0 TEXT)`);
    if (isIndexed && keys === 'matching keys') db.exec(`CREATE INDEX ${table}_k0 ON ${table} (k0, id)`);
  }
  const keyOf = keys === 'matching keys' ? benchKey : (_kind: string, id: string): string => id;
  const writes = Object.keys(TABLES).map((table) =>
    db.prepare(
      `INSERT INTO ${table} VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version, json = excluded.json, k0 = excluded.k0`,
    ),
  );
  const customers = new Map<string, { orders: number; total: number }>();
  const started = performance.now();
  let batch: BenchOrder[] = [];
  let orders = 0;
  const flush = (): void => {
    db.exec('BEGIN IMMEDIATE');
    for (const order of batch)
      for (const [table, row] of rowsOf(order, customers, keyOf).entries()) writes[table]?.run(...row);
    db.exec('COMMIT');
    orders += batch.length;
    batch = [];
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const order = JSON.parse(line) as BenchOrder;
    checkOrder(order);
    batch.push(order);
    if (batch.length === BATCH) flush();
  }
  flush();
  const seconds = (performance.now() - started) / 1000;
  db.close();
  return { orders, seconds };
}

const check = compileCheck(Order);

/** @throws TypeError */
export function checkOrder(order: BenchOrder): void {
  if (check(order) !== null) throw new TypeError(`order ${order.id} is invalid`);
}

export function benchKey(kind: string, id: string): string {
  return matchingKey('main', kind, 'bench', id);
}

type Row = [id: string, version: number, json: string, key: string];

/** The five documents of an order: itself, its flag, its revenue, its customer as of now, and that one's flag. */
export function rowsOf(
  order: BenchOrder,
  customers: Map<string, { orders: number; total: number }>,
  keyOf: (kind: string, id: string) => string,
): Row[] {
  const { id: number, lines, currency, placedAt } = order;
  const id = keyOf('order', number);
  const customer = { ...order.customer, id: keyOf('customer', order.customer.id) };
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const known = customers.get(customer.id) ?? { orders: 0, total: 0 };
  const sums = { orders: known.orders + 1, total: known.total + total };
  customers.set(customer.id, sums);
  const flag = (kind: string, key: string, task: string, count: number) =>
    JSON.stringify({
      _id: key,
      v: 1,
      kind,
      status: 'known',
      references: [{ system: 'mall', task, index: '_id', key, count, state: 'integrated' }],
    });
  return [
    [
      id,
      1,
      JSON.stringify({
        _id: id,
        v: 1,
        number,
        type: 'sale',
        placedAt,
        currency,
        customer: customer.id,
        lines,
        total,
      }),
      customer.id,
    ],
    [id, 1, flag('order', id, 'orders', 1), 'known'],
    [
      id,
      1,
      JSON.stringify({ _id: id, v: 1, order: id, customer: customer.id, currency, total, lineCount: lines.length }),
      id,
    ],
    [customer.id, sums.orders, JSON.stringify({ _id: customer.id, v: 1, ...customer, ...sums, currency }), ''],
    [customer.id, sums.orders, flag('customer', customer.id, 'members', 1), 'known'],
  ];
}
