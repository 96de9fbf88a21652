import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from '@jest/globals';
import type { Checkpoint } from '../../schemas/checkpoint.ts';
import { refName, type DocumentRef, type StoredDocument } from '../../schemas/document.ts';
import type { ErrorCode } from '../../schemas/errors.ts';
import { DATA_FILE, openReader } from '../../store/sqlite/reader.ts';
import { storeReads } from '../../store/sqlite/reads.ts';
import type { SqlStep } from '../../store/sqlite/program.ts';
import { logReads } from '../../streams/sqlite/reads.ts';
import { openEmbedded, temporaryFolders, type Embedded } from './embedded.ts';
import { order } from './store.contract.ts';

const newFolder = temporaryFolders();

/** An error of the catalogue, as a throw. */
function named(code: ErrorCode): Error {
  return expect.objectContaining({ code }) as unknown as Error;
}

const PAGE = { after: '', limit: 100 };

/** The document tables as shape 1 had them, with what the present ones hold. */
function backToShape1(path: string): void {
  const db = new DatabaseSync(path);
  const columns = 'id, version, partition, seq, at, json, meta';
  const types =
    'id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, partition TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, json TEXT, meta TEXT NOT NULL';
  const kinds = { order: 1, customer: 0, enterprise: 0, product: 0, other: 0 };
  const old = { 'mall.orders': 1, 'sales.revenues': 1, 'mall.members': 1, 'customer.customers': 0 };
  const indexed = { 'mall.payments': 2, 'mall.deliveries': 2, 'mall.boards': 1, 'master.waiting': 3 };
  const rest = { 'customer.enterprises': 0, 'mall.products': 0, 'master.flags': 0 };
  db.exec('DROP INDEX "mall.orders.k0"; DROP INDEX "sales.revenues.k0"');
  for (const [name, keys] of Object.entries({ ...old, ...rest })) {
    const all = keys === 0 ? columns : `${columns}, k0`;
    db.exec(`CREATE TABLE "${name}" (${types}${keys === 0 ? '' : ', k0'})`);
    if (keys > 0) db.exec(`CREATE INDEX "${name}.k0" ON "${name}" (k0, id)`);
    for (const [kind, kept] of Object.entries(kinds)) {
      if (kept < keys) continue;
      db.exec(`INSERT INTO "${name}" (${all}) SELECT ${all} FROM "entities.${kind}" WHERE collection = '${name}'`);
    }
  }
  for (const [name, keys] of Object.entries(indexed)) {
    for (let n = 0; n < keys; n++) db.exec(`DROP INDEX "${name}.k${n}"; ALTER TABLE "${name}" DROP COLUMN k${n}`);
  }
  for (const kind of Object.keys(kinds)) db.exec(`DROP TABLE "entities.${kind}"`);
  db.exec('PRAGMA user_version = 1');
  db.close();
}

const ALL = { messages: 1000, bytes: 1e9 };

async function withData(test: (data: Embedded, folder: string) => Promise<void>, maxPages?: number): Promise<void> {
  const folder = newFolder();
  const data = openEmbedded(folder, maxPages === undefined ? {} : { maxPages });
  try {
    await test(data, folder);
  } finally {
    await data.close();
  }
}

async function taken({ store }: Embedded): Promise<Checkpoint> {
  return { ...(await store.takeOver('order.0', 'a')), openings: 0 };
}

describe('a commit and its settling', () => {
  const outbox = {
    effects: [{ to: 'customer.2' as const, chunks: ['{"chunk":0}', '{"chunk":1}'] }],
    events: ['[{"event":0}]', '[{"event":1}]'],
  };

  test('are one transaction: checkpoint, documents, effects and events are there together', () =>
    withData(async (data) => {
      const own = await taken(data);
      const next = { ...own, seq: 1, changes: [order('x', 1)], outbox };
      expect(await data.store.commit(next)).toBe('settled');
      expect(await data.store.load([{ collection: 'mall.orders', id: 'x' }])).toEqual([order('x', 1)]);
      const effects = await data.log.read('customer.2', 'fast', 0, ALL);
      expect(effects.map(({ body }) => body)).toEqual(outbox.effects[0]?.chunks);
      const events = await data.log.readEvents('order.0', 0, ALL);
      expect(events.map(({ seq, chunk, body }) => [seq, chunk, body])).toEqual([
        [1, 0, '[{"event":0}]'],
        [1, 1, '[{"event":1}]'],
      ]);
    }));

  test('leave a checkpoint with nothing left to settle', () =>
    withData(async (data) => {
      const own = await taken(data);
      await data.store.commit({ ...own, seq: 1, changes: [order('x', 1)], outbox });
      const empty = { changes: [], outbox: { effects: [], events: [] } };
      expect(await data.store.checkpoint('order.0')).toEqual({ ...own, seq: 1, ...empty });
    }));

  test('refused, leave nothing of it: no document, no effect, no event', () =>
    withData(async (data) => {
      const own = await taken(data);
      await data.store.takeOver('order.0', 'b');
      expect(await data.store.commit({ ...own, seq: 1, changes: [order('x', 1)], outbox })).toBe('refused');
      expect(await data.store.count('mall.orders')).toBe(0);
      expect(await data.log.tail('customer.2', 'fast')).toBe(0);
      expect(await data.log.eventsTail('order.0')).toEqual({ position: 0, seq: 0, chunk: 0 });
    }));

  test('wake those who follow the destinations', () =>
    withData(async (data) => {
      const own = await taken(data);
      const woken = new Promise<void>((resolve) => data.log.follow('customer.2', resolve));
      await data.store.commit({ ...own, seq: 1, outbox });
      await woken;
    }));

  test('tell of documents that another hand had written', () =>
    withData(async (data) => {
      const own = await taken(data);
      await data.store.apply([order('x', 9, { partition: 'order.7' })]);
      await data.store.commit({ ...own, seq: 1, changes: [order('a', 1), order('x', 1)] });
      expect(data.foreign).toEqual([{ collection: 'mall.orders', id: 'x' }]);
    }));
});

describe('group commit', () => {
  test('a refused program among many undoes itself and nothing else', () =>
    withData(async (data) => {
      const own = await taken(data);
      const writes = [
        ...Array.from({ length: 30 }, (_, n) => data.log.append('order.0', 'bulk', [`before ${n}`])),
        data.store.commit({ ...own, seq: 5, changes: [order('refused', 1)] }),
        ...Array.from({ length: 30 }, (_, n) => data.log.append('order.0', 'bulk', [`after ${n}`])),
        data.store.commit({ ...own, seq: 1, changes: [order('written', 1)] }),
      ];
      const results = await Promise.all(writes);
      expect(results.filter((result) => result === 'refused')).toHaveLength(1);
      expect(await data.log.read('order.0', 'bulk', 0, ALL)).toHaveLength(60);
      expect((await data.store.page('mall.orders', { after: '', limit: 9 })).map(({ id }) => id)).toEqual(['written']);
    }));

  test('a program that fails halfway is undone alone, and named as not written', () =>
    withData(async (data) => {
      const bad: SqlStep[] = [
        {
          sql: 'INSERT INTO inbox (partition, lane, at, body) VALUES (?, ?, 1, ?)',
          width: 3,
          cells: ['order.0', 'bulk', 'x'],
        },
        { sql: 'INSERT INTO nowhere VALUES (?)', width: 1, cells: [1] },
      ];
      const [before, failed, after] = await Promise.allSettled([
        data.log.append('order.0', 'bulk', ['before']),
        data.file.run(bad),
        data.log.append('order.0', 'bulk', ['after']),
      ]);
      expect([before.status, failed.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(failed).toMatchObject({ reason: { code: 'MF_DATA_UNWRITABLE' } });
      expect((await data.log.read('order.0', 'bulk', 0, ALL)).map(({ body }) => body)).toEqual(['before', 'after']);
    }));

  test('an urgent append goes before the bulk that waits', () =>
    withData(async (data) => {
      const order: string[] = [];
      const body = 'x'.repeat(500_000);
      const bulk = Array.from({ length: 40 }, () =>
        data.log.append('order.0', 'bulk', [body]).then(() => order.push('bulk')),
      );
      const fast = data.log.append('order.1', 'fast', ['command']).then(() => order.push('fast'));
      await Promise.all([...bulk, fast]);
      expect(order.indexOf('fast')).toBeLessThan(30);
    }));

  test('after close, a write is refused and what was sent before is there', async () => {
    const folder = newFolder();
    const data = openEmbedded(folder);
    const sent = data.log.append('order.0', 'bulk', ['last']);
    await data.close();
    await sent;
    await expect(data.log.append('order.0', 'bulk', ['too late'])).rejects.toMatchObject({
      code: 'MF_DATA_UNWRITABLE',
    });
    const reader = openReader(folder);
    expect((await logReads(reader).read('order.0', 'bulk', 0, ALL)).map(({ body }) => body)).toEqual(['last']);
    reader.close();
  });
});

describe('a full disk', () => {
  test('is a named error, leaves nothing of the write, and spares what fits', () =>
    withData(async (data) => {
      const big = Array.from({ length: 20 }, () => 'x'.repeat(100_000));
      await expect(data.log.append('order.0', 'bulk', big)).rejects.toMatchObject({ code: 'MF_DISK_FULL' });
      expect(await data.log.tail('order.0', 'bulk')).toBe(0);
      await data.log.append('order.0', 'bulk', ['fits']);
      expect((await data.log.read('order.0', 'bulk', 0, ALL)).map(({ body }) => body)).toEqual(['fits']);
    }, 200));

  test('fails every write that does not fit and no other, however they are grouped', () =>
    withData(async (data) => {
      const writes = Array.from({ length: 40 }, (_, n) =>
        data.log.append('order.0', 'bulk', [`${n}`.padEnd(n % 2 ? 10 : 80_000, 'x')]),
      );
      const results = await Promise.allSettled(writes);
      const failed = results.filter(({ status }) => status === 'rejected');
      expect(failed.length).toBeGreaterThan(0);
      for (const result of failed) expect(result).toMatchObject({ reason: { code: 'MF_DISK_FULL' } });
      const kept = (await data.log.read('order.0', 'bulk', 0, ALL)).map(({ body }) => Number(body.replaceAll('x', '')));
      expect(kept).toEqual(results.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : [])));
    }, 200));
});

describe('a data folder', () => {
  test('has one owner: another is refused by name until the first has closed', async () => {
    const folder = newFolder();
    const first = openEmbedded(folder);
    expect(() => openEmbedded(folder)).toThrow(named('MF_DATA_OWNED'));
    await first.close();
    await openEmbedded(folder).close();
  });

  test('keeps identity, positions, tails and the clock when it is opened again', async () => {
    const folder = newFolder();
    const first = openEmbedded(folder);
    const identity = await first.log.identity('order.0');
    const tail = (await first.log.append('order.0', 'bulk', ['a', 'b'])).at(-1) ?? 0;
    await first.log.trimInbox(new Map([['order.0', { fast: 0, bulk: tail }]]), Number.MAX_SAFE_INTEGER);
    await first.file.run([{ sql: 'UPDATE file SET at = at + 1000000', width: 0, cells: [] }]);
    const at = Number(first.file.get('SELECT at FROM file', [])?.[0]);
    await first.close();
    const second = openEmbedded(folder);
    expect(await second.log.identity('order.0')).toBe(identity);
    expect(second.file.all('SELECT identity FROM file', [])).toEqual([[identity]]);
    expect(await second.log.tail('order.0', 'bulk')).toBe(tail);
    expect((await second.log.append('order.0', 'bulk', ['c']))[0]).toBeGreaterThan(tail);
    expect((await second.log.read('order.0', 'bulk', 0, ALL))[0]?.at).toBe(at);
    await second.close();
  });

  test('that a newer version wrote is opened neither to write nor to read', async () => {
    const folder = newFolder();
    await openEmbedded(folder).close();
    const raw = new DatabaseSync(join(folder, DATA_FILE));
    raw.exec('PRAGMA user_version = 999');
    raw.close();
    const newer = named('MF_NEWER_VERSION');
    expect(() => openEmbedded(folder)).toThrow(newer);
    expect(() => openReader(folder)).toThrow(newer);
  });

  test('of shape 1 is brought up to date by its owner, whole, and refused by readers until then', async () => {
    const folder = newFolder();
    const now = openEmbedded(folder);
    const flags = ['main.order.', 'main.customer.', 'main.party.'].map((kind) => order(`${kind}${'k'.repeat(22)}`, 3));
    const documents = [
      order('x', 2, { keys: ['main.customer.c'] }),
      order('dead', 2, { json: null, keys: [null] }),
      ...flags.map((flag): StoredDocument => ({ ...flag, collection: 'master.flags', keys: [] })),
      { ...order('x.e', 1, { keys: ['e'] }), collection: 'sales.revenues' },
      {
        ...order('x.d', 1, { json: '{"_id":"x.d","tracking":"1Z"}', keys: [null, '1Z'] }),
        collection: 'mall.deliveries',
      },
    ];
    await now.store.apply(documents);
    await now.close();
    backToShape1(join(folder, DATA_FILE));
    expect(() => openReader(folder)).toThrow(named('MF_DATA_OLDER'));
    const upgraded = openEmbedded(folder);
    const byName = (a: DocumentRef, b: DocumentRef): number => (refName(a) < refName(b) ? -1 : 1);
    expect((await upgraded.store.load(documents)).sort(byName)).toEqual([...documents].sort(byName));
    expect(await upgraded.store.query('mall.orders', 'customer', 'main.customer.c', PAGE)).toHaveLength(1);
    expect(await upgraded.store.query('mall.deliveries', 'tracking', '1Z', PAGE)).toHaveLength(1);
    expect((await upgraded.store.page('master.flags', PAGE)).map(({ id }) => id)).toEqual(
      flags.map(({ id }) => id).sort(),
    );
    await upgraded.close();
    openReader(folder).close();
  });

  test('without a data set is a named error to a reader, which makes none', () => {
    const folder = newFolder();
    const absent = named('MF_DATA_ABSENT');
    expect(() => openReader(folder)).toThrow(absent);
    expect(() => openReader(join(folder, 'nowhere'))).toThrow(absent);
    expect(existsSync(join(folder, DATA_FILE))).toBe(false);
  });

  test('is found empty, not broken, when its making was cut off', () => {
    const folder = newFolder();
    new DatabaseSync(join(folder, DATA_FILE)).close();
    expect(() => openReader(folder)).toThrow(named('MF_DATA_ABSENT'));
  });
});

describe('a reader beside the owner', () => {
  test('sees every acknowledged write, through the same reads', () =>
    withData(async (data, folder) => {
      const reader = openReader(folder);
      for (let n = 1; n <= 20; n++) {
        await Promise.all([data.log.append('order.0', 'bulk', [String(n)]), data.store.apply([order('x', n)])]);
        expect(await logReads(reader).read('order.0', 'bulk', 0, ALL)).toHaveLength(n);
        expect(await storeReads(reader).load([{ collection: 'mall.orders', id: 'x' }])).toEqual([order('x', n)]);
      }
      reader.close();
    }));

  test('cannot write', () =>
    withData(async (_, folder) => {
      const reader = openReader(folder);
      expect(() => reader.all('DELETE FROM file', [])).toThrow(/readonly/);
      reader.close();
    }));

  test('that stops in the middle of a read pins nothing: the WAL starts over', () =>
    withData(async (data, folder) => {
      await data.log.append('order.0', 'bulk', ['a', 'b', 'c']);
      const reader = openReader(folder);
      await logReads(reader).read('order.0', 'bulk', 0, { messages: 9, bytes: 1 });
      await data.log.append('order.0', 'bulk', ['d']);
      const outside = new DatabaseSync(join(folder, DATA_FILE));
      expect(outside.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0, log: 0 });
      outside.close();
      reader.close();
    }));
});

describe('a collection whose documents share a table with others', () => {
  const many = Array.from({ length: 5000 }, (_, n) => String(n).padStart(5, '0'));

  test('is counted exactly, tombstones left out', () =>
    withData(async ({ store }) => {
      const orders = many.map((id, n) => order(id, 1, n % 10 === 0 ? { json: null, keys: [null] } : {}));
      const revenues = many.slice(0, 100).map((id) => ({ ...order(`${id}.e`, 1), collection: 'sales.revenues' }));
      await store.apply([...orders, ...revenues]);
      expect(await store.count('mall.orders')).toBe(4500);
      expect(await store.count('sales.revenues')).toBe(100);
      expect(await store.count('master.flags')).toBe(0);
    }));

  test('is paged through indexes, and flags of all kinds in one order', () =>
    withData(async ({ file, store }) => {
      const kinds = ['order', 'product', 'customer', 'nothing'];
      const ids = kinds.flatMap((kind) => ['b', 'a'].map((letter) => `main.${kind}.${letter.repeat(22)}`));
      await store.apply(ids.map((id): StoredDocument => ({ ...order(id, 1), collection: 'master.flags', keys: [] })));
      const found: string[] = [];
      for (let after: string | undefined = ''; after !== undefined; after = found.at(-1)) {
        const page: readonly StoredDocument[] = await store.page('master.flags', { after, limit: 3 });
        if (page.length === 0) break;
        found.push(...page.map(({ id }) => id));
      }
      expect(found).toEqual([...ids].sort());
      const sql = `EXPLAIN QUERY PLAN SELECT id FROM "entities.order" WHERE collection = 'mall.orders' AND id > ? AND json IS NOT NULL ORDER BY id LIMIT ?`;
      expect(file.all(sql, ['', 1]).map((row) => String(row[3]))).toEqual([
        expect.stringContaining('SEARCH entities.order USING INDEX sqlite_autoindex_entities.order_1 (id>?)'),
      ]);
    }));
});

describe('indexes', () => {
  test.each(['query', 'range'] as const)('answer a %s without reading the collection', (kind) =>
    withData(async ({ file }) => {
      const where = { query: 'k0 = ? AND id > ?', range: 'k0 BETWEEN ? AND ?' }[kind];
      const by = { query: 'id', range: 'k0, id' }[kind];
      const sql = `EXPLAIN QUERY PLAN SELECT id, json FROM "master.timers" WHERE ${where} AND json IS NOT NULL ORDER BY ${by} LIMIT ?`;
      const plan = file.all(sql, [1, 2, 3]).map((row) => String(row[3]));
      expect(plan).toEqual([expect.stringContaining('USING INDEX master.timers.k0')]);
    }),
  );
});
