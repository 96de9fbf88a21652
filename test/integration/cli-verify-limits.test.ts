import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Collection } from '../../config/tasks.ts';
import type { Row } from './verify/damage.ts';
import { bodies, DataSet, FIELD, oneOf } from './verify/data-set.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(300_000);

const set = new DataSet();
beforeAll(() => set.fill());
afterAll(() => {
  set.remove();
});

describe('what partitions keep beside the entities', () => {
  test('is found where it contradicts itself, and said to be beyond repair, with what to do', async () => {
    const touched: string[] = [];
    const folder = set.damaged((damage) => {
      const change = (collection: string, n: number, work: (row: Row) => void): void => {
        const row = damage.rows(collection)[n];
        if (row === undefined) throw new Error(`there is no ${n}th in ${collection}`);
        work(row);
        touched.push(`${collection}/${row.id}`);
      };
      const first = (collection: string, work: (body: Record<string, unknown>) => void): void =>
        change(collection, 0, (row) => damage.edit(row, work));
      first('management.feeds', (body) => (body['accepted'] = Number(body['accepted']) + 1));
      change('management.feeds', 1, (row) => damage.set(row, 'version', row.version + 1));
      change('management.feeds', 2, (row) => damage.set(row, 'k0', 'another feed'));
      change('management.feeds', 3, (row) => damage.set(row, 'partition', 'order.77'));
      first('management.quarantine', (body) => (body['raw'] = { other: true }));
      first('management.resolutions', (body) => ((body['entry'] as Record<string, unknown>)['raw'] = { other: true }));
      first('management.sources', (body) => (body['digest'] = 'another'));
      first('master.outcomes', (body) => (body['status'] = 'perhaps'));
    });
    const { code, findings } = await set.verify(folder);
    expect(code).toBe(1);
    expect([...new Set(findings.map(({ collection, id }) => `${collection}/${id}`))].sort()).toEqual(touched.sort());
    for (const finding of findings)
      expect(finding).toMatchObject({ mendedBy: null, advice: expect.stringMatching(/./) });
    const repaired = await set.verify(folder, '--repair');
    expect(repaired.code).toBe(1);
    expect(repaired.findings.filter(({ mended }) => mended === true)).toEqual([]);
  });
});

describe('records of nobody', () => {
  test('are found, and left to a person', async () => {
    const nobody = 'main.order.AAAAAAAAAAAAAAAAAAAAAA';
    const folder = set.damaged((damage) => {
      const [payment, flag, order] = [
        oneOf(damage.rows('mall.payments')),
        oneOf(damage.rows('master.flags')),
        oneOf(damage.rows('mall.orders')),
      ];
      damage.invent(payment, `${nobody}.BBBBBBBBBBBBBBBBBBBBBB`);
      damage.invent(order, 'no key at all');
      damage.invent(flag, 'main.planet.AAAAAAAAAAAAAAAAAAAAAA');
    });
    const { code, findings } = await set.verify(folder, '--repair');
    const unknown = findings.filter(({ wrong }) => wrong === 'unknown');
    expect(code).toBe(1);
    expect(unknown.map(({ collection, id, mendedBy }) => [collection, id, mendedBy]).sort()).toEqual([
      ['mall.orders', 'no key at all', null],
      ['mall.payments', `${nobody}.BBBBBBBBBBBBBBBBBBBBBB`, null],
      ['master.flags', 'main.planet.AAAAAAAAAAAAAAAAAAAAAA', null],
    ]);
  });
});

describe('entities whose first events are not kept any more', () => {
  /** Without all but the last event of each partition, as after the events' days are over. */
  function forgetEvents(folder: string): void {
    const db = new DatabaseSync(join(folder, 'masterflag.db'));
    db.exec('DELETE FROM events WHERE position NOT IN (SELECT max(position) FROM events GROUP BY partition)');
    db.close();
  }

  test('have nothing wrong with them either', async () => {
    const folder = set.copy();
    forgetEvents(folder);
    expect(await set.verify(folder)).toMatchObject({ code: 0, findings: [] });
  });

  test('are mended from their state as far as it tells', async () => {
    const touched: string[] = [];
    const folder = set.damaged((damage) => {
      const edit = (collection: Collection, row: Row): void => {
        damage.edit(row, FIELD[collection] ?? (() => undefined));
        touched.push(`${collection}/${row.id}`);
      };
      edit('sales.revenues', oneOf(damage.rows('sales.revenues')));
      edit('customer.customers', oneOf(damage.rows('customer.customers')));
      edit('customer.enterprises', oneOf(damage.rows('customer.enterprises')));
      edit('master.flags', oneOf(damage.rows('master.flags').filter(({ json }) => json.includes('"kind":"product"'))));
      const gone = oneOf(damage.rows('sales.revenues').slice(1));
      damage.remove(gone);
      touched.push(`sales.revenues/${gone.id}`);
    });
    forgetEvents(folder);
    const { code, findings } = await set.verify(folder);
    expect(code).toBe(1);
    const mendable = findings.filter(({ mendedBy }) => mendedBy === 'state');
    expect(mendable.map(({ collection, id }) => `${collection}/${id}`)).toEqual(expect.arrayContaining(touched));
    expect(await set.verify(folder, '--repair')).toMatchObject({ code: 0 });
    expect(await set.verify(folder)).toMatchObject({ code: 0, findings: [] });
    expect(bodies(folder)).toEqual(bodies(set.place.data));
  });

  test('are said to be beyond repair where the state itself is damaged', async () => {
    const touched: string[] = [];
    const folder = set.damaged((damage) => {
      const orders = damage.rows('mall.orders');
      const [changed, gone, flag] = [
        oneOf(orders),
        oneOf(orders.slice(1)),
        oneOf(damage.rows('master.flags').filter(({ id }) => id === orders[2]?.id)),
      ];
      damage.edit(changed, (body) => (body['total'] = 7));
      damage.remove(gone);
      damage.remove(flag);
      touched.push(changed.id, gone.id, flag.id);
    });
    forgetEvents(folder);
    const { findings } = await set.verify(folder, '--repair');
    for (const id of touched) {
      const own = findings.filter((finding) => finding.id === id || finding.id.startsWith(`${id}.`));
      expect(own.length).toBeGreaterThan(0);
      for (const finding of own) expect(finding).toMatchObject({ mendedBy: null, advice: expect.stringMatching(/./) });
    }
  });
});
