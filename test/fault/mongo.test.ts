import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Checkpoint } from '../../schemas/checkpoint.ts';
import { UnknownOutcome } from '../../schemas/errors.ts';
import { openMongoStore, type MongoStore } from '../../store/mongo/store.ts';
import { order } from '../contract/store.contract.ts';
import { databaseName, HAS_MONGO, mongoForFile, STANDIN, startStandIn } from '../servers/mongo.ts';
import { startProxy, type Proxy } from '../servers/proxy.ts';

const given = mongoForFile('fault');

const portOf = (url: string): number => Number(new URL(url).port);

/** The same server through a proxy, and no other that it may name. */
function through(url: string, port: number): string {
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${port}`;
  proxied.searchParams.set('directConnection', 'true');
  return proxied.href;
}

/** Asks again as a worker does. */
async function untilKnown<T>(operation: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof UnknownOutcome)) throw error;
    }
  }
}

(HAS_MONGO ? describe : describe.skip)('MongoDB over a wire with faults', () => {
  jest.setTimeout(60_000);
  const ANSWER_MS = 700;

  let proxy: Proxy;
  let store: MongoStore;
  let own: Checkpoint;
  let partitions = 0;

  beforeAll(async () => {
    const { url, database } = await given();
    proxy = await startProxy(portOf(url));
    store = await openMongoStore({ url: through(url, proxy.port), database, answerMs: ANSWER_MS });
  });

  afterAll(async () => {
    await store.close();
    await proxy.close();
  });

  beforeEach(async () => {
    own = { ...(await store.takeOver(`order.${partitions++}`, 'a')), openings: 0 };
  });

  afterEach(() => {
    proxy.delay(0);
    proxy.resume();
  });

  /** Lets the question through, and keeps the answer, until the connection is cut. */
  const withoutAnswer = async <T>(operation: () => Promise<T>): Promise<T> => {
    proxy.pauseAnswers();
    const answered = proxy.answered();
    const asked = operation();
    asked.catch(() => undefined);
    await answered;
    proxy.cut();
    proxy.resume();
    return asked;
  };

  test('a commit whose answer was cut off is unknown, and the checkpoint tells that it is there', async () => {
    const next = { ...own, seq: 1, changes: [order('x', 1)] };
    await expect(withoutAnswer(() => store.commit(next))).rejects.toThrow(UnknownOutcome);
    expect(await untilKnown(() => store.checkpoint(next.id))).toEqual(next);
    expect(await store.commit(next)).toBe('refused');
  });

  test('a commit that never got there is unknown, and can be sent again', async () => {
    proxy.pause();
    await expect(store.commit({ ...own, seq: 1 })).rejects.toThrow(UnknownOutcome);
    proxy.cut();
    proxy.resume();
    const found = await untilKnown(() => store.checkpoint(own.id));
    const result = await untilKnown(() => store.commit({ ...own, seq: 1 }));
    expect([found?.seq, result]).toEqual([0, 'committed']);
  });

  test('an apply whose answer was cut off is unknown, and can be done again', async () => {
    const changes = Array.from({ length: 50 }, (_, n) => order(`p${n}`, 1));
    await expect(withoutAnswer(() => store.apply(changes))).rejects.toThrow(UnknownOutcome);
    expect(await untilKnown(() => store.apply(changes))).toEqual({ foreign: [] });
    expect(await store.load(changes)).toHaveLength(50);
  });

  test('a take-over whose answer was cut off is unknown, and the next one has a higher epoch', async () => {
    await expect(withoutAnswer(() => store.takeOver(own.id, 'b'))).rejects.toThrow(UnknownOutcome);
    const again = await untilKnown(() => store.takeOver(own.id, 'c'));
    expect(again).toMatchObject({ owner: 'c', epoch: own.epoch + 2 });
    expect(await store.commit({ ...own, seq: 1 })).toBe('refused');
  });

  test('a server that answers late is waited for, and one that answers too late leaves the outcome unknown', async () => {
    proxy.delay(100);
    expect(await untilKnown(() => store.commit({ ...own, seq: 1 }))).toBe('committed');
    proxy.pauseAnswers();
    await expect(store.commit({ ...own, seq: 2 })).rejects.toThrow(UnknownOutcome);
    proxy.resume();
    proxy.delay(0);
    expect((await untilKnown(() => store.checkpoint(own.id)))?.seq).toBe(2);
  });

  test('connections cut time and again under load lose nothing and double nothing', async () => {
    const done = new AbortController();
    const cuts = (async () => {
      for (let n = 0; !done.signal.aborted; n++) {
        await proxy.answered();
        if (n % 7 === 6) proxy.cut();
      }
    })();
    for (let seq = 1; seq <= 40; seq++) {
      const changes = [order(`q${seq}`, seq, { seq }), order('q', seq, { seq })];
      const next = { ...own, seq, changes };
      while ((await store.commit(next).catch(unknown)) !== 'committed') {
        if ((await untilKnown(() => store.checkpoint(own.id)))?.seq === seq) break;
      }
      await untilKnown(() => store.apply(changes));
    }
    done.abort();
    // One more answer, for whoever cuts.
    await untilKnown(() => store.checkpoint(own.id));
    await cuts;
    expect(await untilKnown(() => store.checkpoint(own.id))).toMatchObject({ epoch: own.epoch, seq: 40 });
    const ids = ['q', ...Array.from({ length: 40 }, (_, n) => `q${n + 1}`)];
    const found = await untilKnown(() => store.load(ids.map((id) => ({ collection: 'mall.orders', id }))));
    expect(found).toHaveLength(41);
    expect(found.find(({ id }) => id === 'q')?.version).toBe(40);
  });
});

function unknown(error: unknown): 'unknown' {
  if (error instanceof UnknownOutcome) return 'unknown';
  throw error;
}

describe('MongoDB that is not there', () => {
  test('is an error of its own at the start', async () => {
    const proxy = await startProxy(1);
    await proxy.close();
    const opening = openMongoStore({ url: `mongodb://127.0.0.1:${proxy.port}/`, database: 'x', answerMs: 300 });
    await expect(opening).rejects.toMatchObject({ code: 'MF_STORE_UNREACHABLE' });
  });
});

(STANDIN === undefined ? describe.skip : describe)('MongoDB stopped and started again', () => {
  jest.setTimeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'masterflag-mongo-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is unknown while it is away, and goes on with all that it acknowledged', async () => {
    const data = join(folder, 'data');
    const first = await startStandIn({ data });
    const port = portOf(first.url);
    const store = await openMongoStore({ url: first.url, database: databaseName('restart'), answerMs: 2000 });
    const own = { ...(await store.takeOver('order.0', 'a')), openings: 0 };
    const changes = [order('a', 1), order('b', 1)];
    await store.commit({ ...own, seq: 1, changes });
    await store.apply(changes);
    await first.stop();
    await expect(store.commit({ ...own, seq: 2 })).rejects.toThrow(UnknownOutcome);
    await expect(store.load(changes)).rejects.toThrow(UnknownOutcome);
    const second = await startStandIn({ data, port });
    expect(await untilKnown(() => store.checkpoint('order.0'))).toMatchObject({ epoch: 1, seq: 1, changes });
    expect(await untilKnown(() => store.load(changes))).toHaveLength(2);
    await untilKnown(() => store.commit({ ...own, seq: 2 }));
    expect(await untilKnown(() => store.checkpoint('order.0'))).toMatchObject({ epoch: 1, seq: 2 });
    await store.close();
    await second.stop();
  });
});
