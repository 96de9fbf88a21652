import { describe, expect, test } from '@jest/globals';
import { EventBook } from '../../../actors/node/verify/event-book.ts';
import { judgeBook, judgeTimer, type BookRules } from '../../../actors/verify/books.ts';
import { difference } from '../../../actors/verify/difference.ts';
import { judgeDocument } from '../../../actors/verify/document.ts';
import { truthOfEvents } from '../../../actors/verify/truth.ts';
import { product } from '../../../actors/product/index.ts';
import type { AnyActor } from '../../../actors/partition/resident.ts';
import { unopened } from '../../../schemas/checkpoint.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import { matchingKey } from '../../../schemas/key.ts';

const KEY = matchingKey('main', 'product', 'test', '1');
const RULES: BookRules = { counts: { product: 1 }, digestOf: () => undefined };
const SEQS = new Map([['product.0' as const, 9]]);

function stored(collection: string, id: string, body: object, keys: StoredDocument['keys'] = []): StoredDocument {
  const json = JSON.stringify({ _id: id, ...body });
  return { collection, id, version: 7, partition: 'product.0', seq: 7, at: 0, json, meta: '', keys };
}

describe('two texts', () => {
  test('differ where the first difference is', () => {
    expect(difference('x', '{"a":[{"b":1}]}', '{"a":[{"b":2}]}')).toEqual({ is: 'a[0].b 1', should: 'a[0].b 2' });
    expect(difference('x', '{"a":1}', '{"a":1,"b":2}')).toEqual({ is: 'b nothing', should: 'b 2' });
    expect(difference('x', '{"a"', '{"a":1}')?.is).toMatch(/not JSON/);
  });

  test('differ in the order of their names', () => {
    expect(difference('x', '{"a":1,"b":2}', '{"b":2,"a":1}')?.is).toMatch(/another order/);
  });

  test('say the same where an older version of the shape wrote one', () => {
    const said = { order: KEY, source: 'shop', method: 'card', amount: 1, currency: 'EUR', status: 'captured' };
    const [old, present] = [
      { v: 1, ...said },
      { ...said, v: 2 },
    ].map((body) => JSON.stringify(body));
    expect(difference('mall.payments', old ?? '', present ?? '')).toBeNull();
  });
});

describe('what partitions keep', () => {
  const out = { v: 1, file: 'entries-1', partition: 'product.0', collection: 'management.quarantine', documents: 2 };
  const at = '2024-03-01T10:00:00Z';

  test('of exports is told by their ids', () => {
    const good = stored('management.exports', 'entries-1.product.0.7', { ...out, at });
    expect(judgeBook(good, SEQS, RULES)).toEqual([]);
    const bad = stored('management.exports', 'entries-1.product.0.8', { ...out, at });
    expect(judgeBook(bad, SEQS, RULES)).toMatchObject([{ wrong: 'changed', mendedBy: null }]);
  });

  test('of timers is due in the partition of their entity', () => {
    const body = { v: 1, entity: KEY, timer: 'due', generation: 1, due: 'product.0 000000000000001' };
    expect(judgeTimer(stored('master.timers', `${KEY}.due`, body), 'product.0')).toEqual([]);
    expect(judgeTimer(stored('master.timers', `${KEY}.due`, body), 'product.1')).toMatchObject([{ wrong: 'changed' }]);
    expect(judgeTimer(stored('master.timers', `${KEY}.other`, body), 'product.0')).toMatchObject([
      { wrong: 'changed' },
    ]);
  });
});

test('a store that can tell that a text is not the one that was written is asked', () => {
  const document = stored('mall.products', KEY, { v: 1, id: '1', name: 'Mug' });
  const judged = (isAsWritten: boolean) =>
    judgeDocument(document, 'product.0', SEQS, { ...RULES, isAsWritten: () => isAsWritten }, 'events');
  expect(judged(true)).toEqual([]);
  expect(judged(false)).toMatchObject([{ wrong: 'changed', mendedBy: 'events' }]);
});

describe('events', () => {
  const events = (n: number) => {
    const data = {
      v: 2,
      source: 's',
      slot: 'product',
      merge: 'replace',
      order: [n],
      hash: `${n}`,
      body: { id: `${n}` },
    };
    return { sequence: n, type: 'product.described', data, seq: n };
  };

  test('tell the truth only if all of them are there', () => {
    const actor = product as AnyActor;
    expect(truthOfEvents(actor, KEY, [events(1), events(2)])).toMatchObject({ by: 'events', version: 2 });
    expect(truthOfEvents(actor, KEY, [events(2)])).toMatchObject({ by: null });
    expect(truthOfEvents(actor, KEY, [events(1), events(3)])).toMatchObject({ by: null });
  });

  test.each([
    ['in memory', 1 << 20],
    ['in a file', 100],
  ])('of many entities come entity by entity, in the order of the keys, though they were kept %s', async (_, most) => {
    const keys = Array.from({ length: 40 }, (__, n) => matchingKey('main', 'product', 'test', `${n}`));
    const batches = Array.from({ length: 5 }, (__, n) => ({
      ...{ position: n + 1, seq: n + 1, chunk: 0, at: 0 },
      body: JSON.stringify(
        keys.map((subject) => ({ subject, sequence: `${n + 1}`, type: 'product.described', data: { n } })),
      ),
    }));
    const log = {
      readEvents: async (___: string, after: number) => batches.filter(({ position }) => position > after).slice(0, 2),
      eventsTail: async () => ({ position: 5, seq: 5, chunk: 0 }),
    };
    const store = { checkpoint: async () => ({ ...unopened('product.0'), seq: 4 }) };
    const book = new EventBook(most);
    await book.read(log, store, ['product.0']);
    const found: string[] = [];
    for await (const [key, own] of book.entities()) {
      found.push(key);
      expect(own.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    }
    book.close();
    expect(found).toEqual([...keys].sort());
  });
});
