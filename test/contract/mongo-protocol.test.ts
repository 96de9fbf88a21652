import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { COLLECTIONS } from '../../config/tasks.ts';
import { unopened, type Checkpoint } from '../../schemas/checkpoint.ts';
import { CHECKPOINTS } from '../../store/mongo/checkpoints.ts';
import { connectMongo, type MongoConnection } from '../../store/mongo/connection.ts';
import { isAsWritten } from '../../store/mongo/documents.ts';
import { ensureIndexes, indexDifferences, INDEXES } from '../../store/mongo/indexes.ts';
import { mongoStore, openMongoStore, type MongoStore } from '../../store/mongo/store.ts';
import { HAS_MONGO, mongoForFile } from '../servers/mongo.ts';
import { order } from './store.contract.ts';

const given = mongoForFile('protocol');

(HAS_MONGO ? describe : describe.skip)('the store in MongoDB', () => {
  jest.setTimeout(60_000);

  let connection: MongoConnection;
  let store: MongoStore;
  let commands: { readonly name: string; readonly of: unknown }[] = [];

  beforeAll(async () => {
    connection = await connectMongo({ ...(await given()), monitorCommands: true });
    connection.client.on('commandStarted', ({ commandName: name, command }) => {
      commands.push({ name, of: (command as Record<string, unknown>)[name] });
    });
    await ensureIndexes(connection.db);
    store = mongoStore(connection);
  });

  afterAll(() => connection.close());

  beforeEach(async () => {
    await Promise.all([...COLLECTIONS, CHECKPOINTS].map((name) => connection.db.collection(name).deleteMany({})));
    commands = [];
  });

  const taken = async (): Promise<Checkpoint> => ({ ...(await store.takeOver('order.0', 'a')), openings: 0 });

  test('takes one write for a commit, one a collection for its changes, one read a collection for a load', async () => {
    const changes = ['mall.orders', 'master.timers', 'master.flags'].flatMap((collection) =>
      Array.from({ length: 200 }, (_, n) =>
        order(`o${n}`, 1, { collection, keys: collection === 'master.flags' ? [] : [null] }),
      ),
    );
    const own = await taken();
    commands = [];
    await store.commit({ ...own, seq: 1, changes });
    expect(commands).toEqual([{ name: 'update', of: CHECKPOINTS }]);
    for (const version of [1, 2]) {
      commands = [];
      await store.apply(changes.map((document) => ({ ...document, version })));
      expect(commands.map(({ name }) => name)).toEqual(['update', 'update', 'update']);
      // The flags only when all else is there.
      expect(commands.at(-1)).toEqual({ name: 'update', of: 'master.flags' });
    }
    commands = [];
    expect(await store.load(changes.map(({ collection, id }) => ({ collection, id })))).toHaveLength(600);
    expect(commands.map(({ name }) => name)).toEqual(['find', 'find', 'find']);
  });

  test('takes one write and one read a collection to apply again what is there', async () => {
    const changes = Array.from({ length: 200 }, (_, n) => order(`o${n}`, 2));
    await store.apply(changes);
    commands = [];
    expect(await store.apply(changes)).toEqual({ foreign: [] });
    expect(commands.map(({ name }) => name)).toEqual(['update', 'find']);
  });

  test('keeps bodies as fields that people can query', async () => {
    const json = '{"_id":"a","customer":"c","lines":[{"code":"cup","quantity":2}]}';
    await store.apply([order('a', 1, { json, keys: ['c'] })]);
    expect(await connection.documents('mall.orders').countDocuments({ 'lines.code': 'cup' })).toBe(1);
  });

  test('takes what is not ours for another hand, and writes over it', async () => {
    const orders = connection.documents('mall.orders');
    await orders.insertOne({ _id: 'a', customer: 'c' });
    await store.apply([order('b', 1, { keys: ['c'] })]);
    await orders.updateOne({ _id: 'b' }, { $set: { customer: 'd' } });
    const found = await orders.find().toArray();
    expect(found.map((document) => isAsWritten('mall.orders', document))).toEqual([false, false]);
    const ours = [order('a', 1), order('b', 2)];
    expect(await store.apply(ours)).toEqual({ foreign: [{ collection: 'mall.orders', id: 'a' }] });
    expect((await store.load(ours)).sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(ours);
  });

  test('many who apply the same commits at the same time, late ones too, leave the newest of each', async () => {
    const commits = Array.from({ length: 8 }, (_, seq) =>
      Array.from({ length: 20 }, (_each, n) => order(`o${n}`, seq + 1, { seq: seq + 1 })),
    );
    const foreign = order('o3', 99, { partition: 'order.1' });
    await store.apply([foreign]);
    const reports = await Promise.all([...commits, ...commits].map((changes) => store.apply(changes)));
    expect(reports.flatMap((report) => report.foreign)).toEqual([{ collection: 'mall.orders', id: 'o3' }]);
    const left = await store.load(commits[7] ?? []);
    expect(left.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, () => 8));
  });

  test('commits more characters than a document has bytes', async () => {
    const own = await taken();
    const json = JSON.stringify({ _id: 'a', text: '한'.repeat(4_100_000) });
    const changes = [order('a', 1, { json }), order('b', 1, { json: json.replace('"a"', '"b"') })];
    const next = { ...own, seq: 1, changes, outbox: { effects: [], events: ['[1]'] } };
    expect(await store.commit(next)).toBe('committed');
    expect((await store.checkpoint('order.0'))?.changes.map((change, n) => change.json === changes[n]?.json)).toEqual([
      true,
      true,
    ]);
    expect((await store.takeOver('order.0', 'b')).outbox).toEqual(next.outbox);
    await store.apply(changes);
    expect((await store.load(changes)).every((document) => document.json?.length === json.length)).toBe(true);
  });

  test('finds by values that BSON cannot tell from others only what has them', async () => {
    const [one, other] = ['\ud800', '\udc00'].map((customer, n) => order(`o${n}`, 1, { keys: [customer] }));
    const listed = order('o3', 1, { json: '{"_id":"o3","customer":["c"]}' });
    const plain = order('o4', 1, { keys: ['c'] });
    await store.apply([one, other, listed, plain].flatMap((document) => document ?? []));
    const found = async (key: string): Promise<unknown> =>
      store.query('mall.orders', 'customer', key, { after: '', limit: 1 });
    expect(await found('\udc00')).toEqual([other]);
    expect(await found('c')).toEqual([plain]);
  });

  describe('indexes', () => {
    test('are there after the start', async () => {
      expect(await indexDifferences(connection.db)).toEqual([]);
    });

    test('that are absent are told, and made by the next start', async () => {
      await connection.db.collection('mall.orders').dropIndex('mf_customer');
      expect(await indexDifferences(connection.db)).toMatchObject([
        { collection: 'mall.orders', index: 'mf_customer', is: 'absent' },
      ]);
      await (await openMongoStore(await given())).close();
      expect(await indexDifferences(connection.db)).toEqual([]);
    });

    test('that differ, and unique ones that nobody declared, are told by name', async () => {
      const orders = connection.db.collection('mall.orders');
      await orders.dropIndex('mf_customer');
      await orders.createIndexes([{ key: { customer: 1 }, name: 'mf_customer' }]);
      await orders.createIndexes([{ key: { number: 1 }, name: 'mine', unique: true }]);
      const opening = openMongoStore(await given());
      await expect(opening).rejects.toMatchObject({
        code: 'MF_STORE_INDEXES',
        message: expect.stringMatching(/mall\.orders has index mf_customer .*mall\.orders has index mine/s),
      });
      await orders.dropIndex('mf_customer');
      await orders.dropIndex('mine');
      await ensureIndexes(connection.db);
    });

    test('are declared for every collection, with the id behind the field', () => {
      expect([...INDEXES.keys()]).toEqual(COLLECTIONS);
      expect(INDEXES.get('mall.orders')?.[0]?.key).toEqual({ customer: 1, _id: 1 });
    });
  });

  test('a partition that was never taken over has no checkpoint to commit to', async () => {
    expect(await store.commit({ ...unopened('order.5'), seq: 1 })).toBe('refused');
  });
});
