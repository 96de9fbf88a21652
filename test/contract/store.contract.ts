import { sizeContract } from './store-size.contract.ts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isCollection, TASKS } from '../../config/tasks.ts';
import { unopened, type Checkpoint } from '../../schemas/checkpoint.ts';
import type { IndexKey, StoredDocument } from '../../schemas/document.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Page, Store } from '../../store/store.ts';

const P: PartitionId = 'order.0';
const Q: PartitionId = 'order.1';

const ALL: Page = { after: '', limit: 1000 };

/**
 * A document of mall.orders; its one index is `customer`. Its body has the keys that it is given in the fields that
 * the collection declares, as encode.ts takes them from there: a store may keep either.
 */
export function order(id: string, version: number, rest: Partial<StoredDocument> = {}): StoredDocument {
  const { collection = 'mall.orders', keys = [null] } = rest;
  const json = JSON.stringify({ _id: id, version, ...fieldsOf(collection, keys) });
  return {
    collection,
    id,
    version,
    partition: P,
    seq: version,
    at: 1000 + version,
    json,
    meta: '',
    keys,
    ...rest,
  };
}

function fieldsOf(collection: string, keys: readonly IndexKey[]): Record<string, IndexKey> {
  const fields: readonly string[] = isCollection(collection) ? TASKS[collection].indexes : [];
  return Object.fromEntries(
    fields.flatMap((field, n) => ((keys[n] ?? null) === null ? [] : [[field, keys[n] ?? null]])),
  );
}

/** A document of master.timers: its index is `due`, and its ids begin with the `entity`. */
function timer(id: string, due: IndexKey, rest: Partial<StoredDocument> = {}): StoredDocument {
  return order(id, 1, { collection: 'master.timers', keys: [due], ...rest });
}

/** What store/store.ts promises, for any adapter. Each test starts with the empty store that `open` gives. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`store: ${name}`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
    });

    afterEach(async () => {
      await store.close();
    });

    const one = async (id: string, collection = 'mall.orders'): Promise<StoredDocument | undefined> =>
      (await store.load([{ collection, id }]))[0];

    /** Commits as a worker does: if the adapter has not settled, the caller applies. */
    const commit = async (next: Checkpoint): Promise<void> => {
      const result = await store.commit(next);
      expect(result).not.toBe('refused');
      if (result === 'committed') await store.apply(next.changes);
    };

    describe('takeOver', () => {
      test('makes the checkpoint of a partition that never had one, at epoch 1', async () => {
        expect(await store.takeOver(P, 'a')).toEqual({ ...unopened(P), epoch: 1, openings: 1, owner: 'a' });
      });

      test('raises epoch and openings by one and names the new owner, every time', async () => {
        await store.takeOver(P, 'a');
        const second = await store.takeOver(P, 'b');
        expect(second).toMatchObject({ epoch: 2, openings: 2, owner: 'b' });
        expect(await store.checkpoint(P)).toEqual(second);
      });

      test('gives every one of many at the same time an epoch of its own', async () => {
        const taken = await Promise.all(Array.from({ length: 10 }, (_, n) => store.takeOver(P, String(n))));
        expect(taken.map(({ epoch }) => epoch).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        const last = taken.find(({ epoch }) => epoch === 10);
        expect(await store.checkpoint(P)).toEqual(last);
      });

      test('returns the checkpoint as the last commit left it', async () => {
        const { epoch } = await store.takeOver(P, 'a');
        const next: Checkpoint = {
          ...unopened(P),
          epoch,
          owner: 'a',
          seq: 1,
          trying: { lane: 'bulk', position: 7, item: 2 },
          logId: 'log',
          positions: { fast: { after: 3, skip: 0 }, bulk: { after: 6, skip: 4 } },
          marks: { 'customer.2': { seq: 9, chunk: 1 } },
          now: 123456,
        };
        await commit(next);
        expect(await store.takeOver(P, 'b')).toEqual({ ...next, epoch: epoch + 1, owner: 'b', openings: 1 });
      });

      test('leaves other partitions alone', async () => {
        await store.takeOver(P, 'a');
        await store.takeOver(Q, 'b');
        expect(await store.checkpoint(P)).toMatchObject({ epoch: 1, owner: 'a' });
        expect((await store.progress()).map(({ id }) => id)).toEqual([P, Q]);
      });
    });

    describe('commit', () => {
      const taken = async (): Promise<Checkpoint> => ({ ...(await store.takeOver(P, 'a')), openings: 0 });

      test('replaces a checkpoint of this epoch and the seq before', async () => {
        const own = await taken();
        await commit({ ...own, seq: 1, now: 5 });
        await commit({ ...own, seq: 2, now: 6 });
        expect(await store.checkpoint(P)).toMatchObject({ epoch: 1, seq: 2, now: 6, openings: 0 });
      });

      test('is refused at an older epoch, and changes nothing', async () => {
        const former = await taken();
        const present = await store.takeOver(P, 'b');
        expect(await store.commit({ ...former, seq: 1, changes: [order('x', 1)] })).toBe('refused');
        expect(await store.checkpoint(P)).toEqual(present);
        expect(await one('x')).toBeUndefined();
      });

      test('is refused at an epoch that is not there yet', async () => {
        const own = await taken();
        expect(await store.commit({ ...own, epoch: own.epoch + 1, seq: 1 })).toBe('refused');
      });

      test('is refused a second time, so that identical bytes can be sent again', async () => {
        const own = await taken();
        await commit({ ...own, seq: 1 });
        expect(await store.commit({ ...own, seq: 1 })).toBe('refused');
      });

      test('is refused when a seq is left out', async () => {
        const own = await taken();
        expect(await store.commit({ ...own, seq: 2 })).toBe('refused');
      });

      test('is refused for a partition that nobody took over', async () => {
        expect(await store.commit({ ...unopened(P), seq: 1 })).toBe('refused');
        expect(await store.checkpoint(P)).toBeUndefined();
      });

      test('of two at the same time one happens and the other is refused', async () => {
        const own = await taken();
        const results = await Promise.all([
          store.commit({ ...own, seq: 1, now: 1 }),
          store.commit({ ...own, seq: 1, now: 2 }),
        ]);
        expect(results.filter((result) => result === 'refused')).toHaveLength(1);
      });

      test('when committed, keeps changes and outbox for whoever settles; when settled, they are written', async () => {
        const own = await taken();
        const outbox = { effects: [{ to: Q, chunks: ['{"effect":1}'] }], events: ['[{"event":1}]'] };
        const changes = [order('x', 1, { keys: ['한국어'] })];
        const result = await store.commit({ ...own, seq: 1, changes, outbox });
        if (result === 'committed') expect(await store.checkpoint(P)).toMatchObject({ changes, outbox });
        else expect(await store.load([{ collection: 'mall.orders', id: 'x' }])).toEqual(changes);
      });
    });

    describe('checkpoint', () => {
      test('is undefined for a partition that was never taken over', async () => {
        expect(await store.checkpoint(P)).toBeUndefined();
        expect(await store.progress()).toEqual([]);
      });
    });

    describe('apply', () => {
      test('writes documents that are not there', async () => {
        const documents = [order('a', 1, { meta: '{"m":1}', keys: ['c1'] }), order('b', 2), timer('t', 5)];
        expect(await store.apply(documents)).toEqual({ foreign: [] });
        for (const document of documents) expect(await one(document.id, document.collection)).toEqual(document);
      });

      test('of nothing writes nothing', async () => {
        expect(await store.apply([])).toEqual({ foreign: [] });
      });

      test('writes over an older version, all of it', async () => {
        await store.apply([order('a', 1, { meta: 'old', keys: ['c1'] })]);
        const newer = order('a', 2, { meta: 'new', keys: ['c2'] });
        await store.apply([newer]);
        expect(await one('a')).toEqual(newer);
        expect(await store.query('mall.orders', 'customer', 'c1', ALL)).toEqual([]);
      });

      test('never writes over the same or a newer version, however late it comes', async () => {
        const newer = order('a', 5);
        await store.apply([newer]);
        expect(await store.apply([order('a', 4)])).toEqual({ foreign: [] });
        expect(await store.apply([order('a', 5, { json: '{"_id":"a","other":true}' })])).toEqual({ foreign: [] });
        expect(await one('a')).toEqual(newer);
      });

      test('is idempotent', async () => {
        const documents = [order('a', 1), order('b', 1), order('a', 2)];
        await store.apply(documents);
        await store.apply(documents);
        expect(await one('a')).toEqual(order('a', 2));
        expect(await store.count('mall.orders')).toBe(2);
      });

      test('writes documents in the order given', async () => {
        await store.apply([order('a', 1), order('a', 3), order('a', 2)]);
        expect(await one('a')).toEqual(order('a', 3));
      });

      test('an older document beside newer ones holds none of them back', async () => {
        await store.apply([order('b', 9)]);
        await store.apply([order('a', 1), order('b', 1), order('c', 1)]);
        expect((await store.page('mall.orders', ALL)).map(({ id, version }) => `${id}${version}`)).toEqual([
          'a1',
          'b9',
          'c1',
        ]);
      });

      test('writes over what another hand wrote, whatever its version, and reports it', async () => {
        await store.apply([order('a', 99, { partition: Q }), order('b', 1)]);
        const ours = order('a', 2);
        expect(await store.apply([order('b', 2), ours])).toEqual({ foreign: [{ collection: 'mall.orders', id: 'a' }] });
        expect(await one('a')).toEqual(ours);
        expect(await store.apply([ours])).toEqual({ foreign: [] });
      });

      test('reports another hand even where its version is older', async () => {
        await store.apply([order('a', 1, { partition: Q })]);
        expect(await store.apply([order('a', 2)])).toEqual({ foreign: [{ collection: 'mall.orders', id: 'a' }] });
        expect(await one('a')).toEqual(order('a', 2));
      });

      test('keeps a tombstone, so that a late write does not bring the document back', async () => {
        await store.apply([order('a', 1)]);
        const tombstone = order('a', 3, { json: null });
        await store.apply([tombstone]);
        await store.apply([order('a', 2)]);
        expect(await one('a')).toEqual(tombstone);
      });

      test('a newer version brings a document back', async () => {
        await store.apply([order('a', 1, { json: null })]);
        await store.apply([order('a', 2)]);
        expect((await store.page('mall.orders', ALL)).map(({ id }) => id)).toEqual(['a']);
      });

      test('keeps text, numbers and null in keys as they are', async () => {
        for (const due of [0, -1, 1.5, 1700000000000, '12', '', null]) {
          const document = timer(`t${String(due)}`, due);
          await store.apply([document]);
          expect(await one(document.id, 'master.timers')).toEqual(document);
        }
      });

      test('keeps bodies and ids as they are, whatever they hold', async () => {
        const odd = order('한국/어 "😀\'', 1, {
          json: JSON.stringify({ text: 'null\u0000 😀\n' }),
          meta: 'x'.repeat(100_000),
        });
        await store.apply([odd]);
        expect(await one(odd.id)).toEqual(odd);
      });
    });

    describe('load', () => {
      test('gives the documents that exist, of any collection, tombstones included', async () => {
        const documents = [order('a', 1), order('b', 1, { json: null }), timer('t', 1)];
        await store.apply(documents);
        const loaded = await store.load([
          { collection: 'mall.orders', id: 'a' },
          { collection: 'mall.orders', id: 'not there' },
          { collection: 'mall.orders', id: 'b' },
          { collection: 'master.timers', id: 't' },
          { collection: 'master.timers', id: 'a' },
        ]);
        expect(loaded).toHaveLength(3);
        expect(loaded).toEqual(expect.arrayContaining(documents));
      });

      test('gives nothing for nothing', async () => {
        expect(await store.load([])).toEqual([]);
      });

      test('gives many at once', async () => {
        const documents = Array.from({ length: 1500 }, (_, n) => order(`o${n}`, 1));
        await store.apply(documents);
        const loaded = await store.load(documents.map(({ collection, id }) => ({ collection, id })));
        expect(new Set(loaded.map(({ id }) => id)).size).toBe(1500);
      });
    });

    describe('query', () => {
      test('finds the live documents with the value, by id', async () => {
        const documents = [
          order('c', 1, { keys: ['x'] }),
          order('a', 1, { keys: ['x'] }),
          order('b', 1, { keys: ['y'] }),
        ];
        await store.apply([...documents, order('d', 1, { keys: ['x'], json: null })]);
        expect((await store.query('mall.orders', 'customer', 'x', ALL)).map(({ id }) => id)).toEqual(['a', 'c']);
        expect(await store.query('mall.orders', 'customer', 'z', ALL)).toEqual([]);
      });

      test('goes on after an id, up to a limit', async () => {
        await store.apply(['a', 'b', 'c', 'd'].map((id) => order(id, 1, { keys: ['x'] })));
        const ids = async (page: Page): Promise<string[]> =>
          (await store.query('mall.orders', 'customer', 'x', page)).map(({ id }) => id);
        expect(await ids({ after: '', limit: 2 })).toEqual(['a', 'b']);
        expect(await ids({ after: 'b', limit: 2 })).toEqual(['c', 'd']);
        expect(await ids({ after: 'd', limit: 2 })).toEqual([]);
      });

      test('finds by a declared index, whole', async () => {
        const document = timer('t', 5, { meta: '{"m":1}' });
        await store.apply([document, timer('u', 6)]);
        expect(await store.query('master.timers', 'due', 5, ALL)).toEqual([document]);
      });

      test('finds by the field that ids begin with, and by the whole of its value', async () => {
        const named = ['a', 'a.1', 'a.2', 'a-b.1', 'ab.1', 'b.1'].map((id) => timer(id, 5));
        await store.apply(named);
        const found = await store.query('master.timers', 'entity', 'a', ALL);
        expect(found.map(({ id }) => id)).toEqual(['a.1', 'a.2']);
        const next = await store.query('master.timers', 'entity', 'a', { after: 'a.1', limit: 10 });
        expect(next).toEqual([timer('a.2', 5)]);
      });

      test('finds null as a value, and no number as text', async () => {
        await store.apply([timer('none', null), timer('text', '5')]);
        expect((await store.query('master.timers', 'due', null, ALL)).map(({ id }) => id)).toEqual(['none']);
        expect(await store.query('master.timers', 'due', 5, ALL)).toEqual([]);
      });

      test('refuses an index that is not declared', async () => {
        await expect(store.query('mall.orders', 'nothing', 'x', ALL)).rejects.toThrow(RangeError);
      });
    });

    describe('range', () => {
      test('gives the first live documents from one value to another, both included, by value and id', async () => {
        await store.apply([
          timer('d', 30),
          timer('c', 10),
          timer('b', 20),
          timer('a', 20),
          timer('e', 40),
          timer('f', 9),
        ]);
        await store.apply([timer('g', 20, { json: null })]);
        const ids = async (from: IndexKey, to: IndexKey, limit: number): Promise<string[]> =>
          (await store.range('master.timers', 'due', from, to, limit)).map(({ id }) => id);
        expect(await ids(10, 30, 9)).toEqual(['c', 'a', 'b', 'd']);
        expect(await ids(10, 30, 2)).toEqual(['c', 'a']);
        expect(await ids(31, 39, 9)).toEqual([]);
        expect(await ids(30, 10, 9)).toEqual([]);
      });

      test('ranges over text as well, and leaves out other types', async () => {
        await store.apply([timer('a', '2026-01-01'), timer('b', '2026-02-01'), timer('c', 5), timer('d', null)]);
        const found = await store.range('master.timers', 'due', '2026-01-01', '2026-01-31', 9);
        expect(found.map(({ id }) => id)).toEqual(['a']);
        expect((await store.range('master.timers', 'due', 0, 9, 9)).map(({ id }) => id)).toEqual(['c']);
      });
    });

    describe('page and count', () => {
      test('pages through the live documents of a collection, by id', async () => {
        await store.apply([
          ...['c', 'a', 'b'].map((id) => order(id, 1)),
          order('aa', 1, { json: null }),
          timer('t', 1),
        ]);
        const ids = async (page: Page): Promise<string[]> =>
          (await store.page('mall.orders', page)).map(({ id }) => id);
        expect(await ids({ after: '', limit: 2 })).toEqual(['a', 'b']);
        expect(await ids({ after: 'b', limit: 2 })).toEqual(['c']);
        expect(await ids({ after: 'c', limit: 2 })).toEqual([]);
      });

      test('count is how many live documents a collection has', async () => {
        expect(await store.count('mall.orders')).toBe(0);
        await store.apply(Array.from({ length: 5000 }, (_, n) => order(`o${n}`, 1)));
        await store.apply([order('o7', 2, { json: null }), order('o8', 2), timer('t', 1)]);
        expect(await store.count('mall.orders')).toBe(4999);
      });

      sizeContract(() => store, { order, timer });

      test('a collection that is not declared is refused, not empty', async () => {
        await expect(store.page('mall.nothing', ALL)).rejects.toThrow(RangeError);
        await expect(store.count('mall.nothing')).rejects.toThrow(RangeError);
        await expect(store.size('mall.nothing')).rejects.toThrow(RangeError);
        await expect(store.load([{ collection: 'mall.nothing', id: 'x' }])).rejects.toThrow(RangeError);
      });
    });
  });
}
