import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { tableOf, tablesOf } from '../../../store/sqlite/tables.ts';

/** A document as it stands in the file of a closed data set. */
export interface Row {
  readonly collection: string;
  readonly id: string;
  readonly version: number;
  readonly seq: number;
  readonly partition: string;
  readonly json: string;
  readonly meta: string;
  readonly [key: string]: unknown;
}

/** Changes a closed data set behind its back, as another program would. */
export class Damage {
  private readonly db: DatabaseSync;

  constructor(folder: string) {
    this.db = new DatabaseSync(join(folder, 'masterflag.db'));
  }

  close(): void {
    this.db.close();
  }

  /** Live documents of a collection, by id. */
  rows(collection: string): Row[] {
    const all = tablesOf(collection).flatMap(({ name, shared }) => {
      const where = shared ? `collection = '${collection}' AND json IS NOT NULL` : 'json IS NOT NULL';
      return this.db.prepare(`SELECT * FROM "${name}" WHERE ${where}`).all() as unknown as Row[];
    });
    return all.map((row) => ({ ...row, collection })).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  set({ collection, id }: Pick<Row, 'collection' | 'id'>, column: string, value: string | number | null): void {
    this.change(collection, (table, mine) => {
      this.db.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE ${mine}id = ?`).run(value, id);
    });
  }

  /** Changes the body. */
  edit(row: Row, change: (body: Record<string, unknown>) => void): void {
    const body = JSON.parse(row.json) as Record<string, unknown>;
    change(body);
    this.set(row, 'json', JSON.stringify(body));
  }

  remove({ collection, id }: Row): void {
    this.change(collection, (table, mine) => {
      this.db.prepare(`DELETE FROM "${table}" WHERE ${mine}id = ?`).run(id);
    });
  }

  /** The like of a document under another id. */
  invent(row: Row, id: string): void {
    const { collection } = row;
    const json = JSON.stringify({ ...(JSON.parse(row.json) as object), _id: id });
    const { name, shared } = tableOf(collection, id);
    const columns = Object.keys(row).filter((column) => column !== 'collection' || shared);
    const cells = columns.map((column) => (column === 'id' ? id : column === 'json' ? json : (row[column] as string)));
    const sql = `INSERT INTO "${name}" (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    this.db.prepare(sql).run(...cells);
  }

  private change(collection: string, work: (table: string, mine: string) => void): void {
    for (const { name, shared } of tablesOf(collection)) work(name, shared ? `collection = '${collection}' AND ` : '');
  }
}

/** Orders with all that there is about one, customers that share a telephone, and payments of orders to come. */
export function everyCollection(): string {
  const records: object[] = [];
  const add = (name: string, id: string, body: object, slot?: string): void => {
    records.push({ name, id, order: ['2024-03-01T10:00:00Z'], ...(slot !== undefined && { slot }), body });
  };
  for (let n = 1; n <= 8; n++) {
    const line = { code: `P${n}`, quantity: 2, amount: 500 * n, currency: 'EUR', enterpriseId: `shop-${n}` };
    const placedAt = '2024-03-01T10:00:00Z';
    add('order', `${n}`, {
      number: `${n}`,
      type: 'sale',
      currency: 'EUR',
      customerId: `c${n}`,
      placedAt,
      lines: [line],
    });
    const payment = { id: `pay-${n}`, method: 'card', amount: 500 * n, currency: 'EUR', status: 'captured' };
    add('payment', `${n}`, payment, 'p');
    add('fulfilment', `${n}`, { id: `del-${n}`, status: 'shipped', tracking: `track-${n}` }, 'd');
    add('review', `${n}`, { id: `rev-${n}`, score: 4, message: 'Good' }, 'r');
    add('product', `P${n}`, { id: `P${n}`, name: `Thing ${n}`, price: 250 * n, currency: 'EUR' });
    add('enterprise', `shop-${n}`, { id: `shop-${n}`, name: `Shop ${n}`, city: 'Cork', country: 'IE' });
    add('payment', `later-${n}`, { ...payment, id: `early-${n}` }, 'p');
    for (const phone of ['+353861230001', '+353861230002']) {
      const id = `c${n}${phone.endsWith('1') ? '' : 'b'}`;
      add('customer', id, { id, name: `Person Number ${n}`, phone, country: 'IE' });
    }
  }
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
