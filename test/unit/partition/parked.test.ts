import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Entry } from '../../../actors/node/entries.ts';
import { matchingKey } from '../../../schemas/key.ts';
import { SourceRegistry } from '../../../streams/mapping/registry.ts';
import { shop, Workbench } from './workbench.ts';

const ORDER = matchingKey('main', 'order', 'shop', 'o1');
const ASKING = { by: 'ann', feed: 'again' };

/** One payment again and again: its source says that the last to arrive wins, so the last amount says who came last. */
const payment = (amount: number, more: object = {}): string =>
  `${JSON.stringify({ id: 'p', order: 'o1', method: 'card', amount: `${amount}.00`, ...more })}\n`;

let bench: Workbench;
/** Amounts in minor units that the actor throws at. */
let bugs: Set<number>;

beforeEach(() => {
  bugs = new Set();
  bench = new Workbench([shop(1)], {
    limits: { parkedPerKey: 2, redriveBatch: 2 },
    bug: (data) => {
      const { amount } = ((data as { body?: unknown }).body ?? {}) as { amount?: number };
      if (amount !== undefined && bugs.has(amount)) throw new TypeError(`cannot take ${amount} of ${ORDER}`);
    },
  });
  bench.start();
});
afterEach(() => bench.stop());

async function entries(type: Entry['type']): Promise<Entry[]> {
  return (await bench.quarantine()).filter((entry) => entry.type === type);
}

async function poison(): Promise<Entry> {
  const [entry, ...others] = await entries('poison');
  if (entry === undefined) throw new Error('nothing is parked');
  expect(others).toEqual([]);
  return entry;
}

function amounts(): unknown[] {
  return bench.documents('master.waiting').map(({ said }) => (said as { amount: number }).amount);
}

function heard(): unknown[] {
  const all = bench.log.history.flatMap(
    ({ body }) => JSON.parse(body) as { type: string; data: { body?: { amount: number } } }[],
  );
  return all.filter(({ type }) => type === 'order.partAwaited').map(({ data }) => data.body?.amount);
}

function verdicts(feed: string) {
  return bench.documents('management.feeds').find((document) => document['feed'] === feed);
}

describe('a message that makes its actor throw', () => {
  beforeEach(async () => {
    bugs.add(200);
    await bench.feed('shop', [1, 2, 3].map((n) => payment(n)).join(''), 'day');
  });

  test('is an entry with its record, its source, where it stood and its stack; what comes later waits', async () => {
    const entry = await poison();
    expect(entry).toMatchObject({
      ...{ code: 'MF_POISON', stage: 'integrate', rule: 'TypeError', source: 'shop', sourceVersion: 1 },
      ...{ cause: 'shop/MF_POISON/cannot take * of *', file: 'day', line: 2, entity: ORDER },
      stack: expect.stringContaining('TypeError'),
    });
    expect(entry.fix).toMatch(/redrive/);
    expect(await bench.entries.behind(ORDER)).toBe(1);
    expect(amounts()).toEqual([100]);
  });

  test('is refused as long as it throws, and heard once it does not, with what waits behind it', async () => {
    const entry = await poison();
    expect(await bench.trials().parked(ORDER)).toMatchObject({ verdict: 'refused', code: 'MF_POISON' });
    expect(await bench.command(bench.corrections().redrive(entry, ASKING).command)).toMatchObject({
      ...{ status: 'refused', code: 'MF_POISON' },
    });
    bugs.clear();
    expect(await bench.trials().parked(ORDER)).toMatchObject({ verdict: 'accepted' });
    expect(await bench.command(bench.corrections().redrive(await poison(), ASKING).command)).toMatchObject({
      status: 'done',
    });
    expect(heard()).toEqual([100, 200, 300]);
    expect(await bench.quarantine()).toEqual([]);
    expect(bench.documents('master.parked')).toEqual([]);
    expect(await bench.entries.resolution(entry._id)).toMatchObject({ how: 'redriven', by: 'ann' });
    expect(verdicts('day')).toMatchObject({ received: 3, accepted: 2, quarantined: 1 });
    expect(verdicts('again')).toBeUndefined();
  });

  test('is read by the present version of its source when it is redriven', async () => {
    await bench.stop();
    bench.sources = new SourceRegistry([shop(1), shop(2, '[{ multiply: [amount, { const: "10" }] }, { money: EUR }]')]);
    bench.start();
    await bench.command(bench.corrections().redrive(await poison(), ASKING).command);
    expect(heard()).toEqual([100, 2000, 300]);
    expect(await bench.quarantine()).toEqual([]);
  });

  test('that throws in its new form too is one entry still, and can be redriven again', async () => {
    bugs.add(2000);
    await bench.stop();
    bench.sources = new SourceRegistry([shop(1), shop(2, '[{ multiply: [amount, { const: "10" }] }, { money: EUR }]')]);
    bench.start();
    await bench.command(bench.corrections().redrive(await poison(), ASKING).command);
    expect(await poison()).toMatchObject({ sourceVersion: 2, line: 2 });
    bugs.clear();
    await bench.command(bench.corrections().redrive(await poison(), ASKING).command);
    expect(heard()).toEqual([100, 2000, 300]);
    expect(await bench.quarantine()).toEqual([]);
  });

  test('is given up by a drop, and what waits behind it is heard', async () => {
    const entry = await poison();
    await bench.command(bench.corrections().drop(entry, 'no use', ASKING).command);
    expect(heard()).toEqual([100, 300]);
    expect(await bench.quarantine()).toEqual([]);
    expect(await bench.entries.resolution(entry._id)).toMatchObject({ how: 'dropped', why: 'no use' });
  });

  test('is fixed by another record in its stead, which comes last', async () => {
    const entry = await poison();
    const correction = { type: 'fields', changes: [['amount', '4.00']] } as const;
    expect(await bench.command(bench.corrections().fix(entry, correction, ASKING).command)).toMatchObject({
      status: 'done',
    });
    expect(heard()).toEqual([100, 300, 400]);
    expect(await bench.quarantine()).toEqual([]);
    expect(verdicts('again')).toMatchObject({ received: 1, accepted: 1 });
  });

  test('that is fixed by what is wrong as well stays where it is', async () => {
    const entry = await poison();
    const correction = { type: 'fields', changes: [['amount', 'much']] } as const;
    expect(await bench.command(bench.corrections().fix(entry, correction, ASKING).command)).toMatchObject({
      ...{ status: 'refused', code: 'MF_RECORD_UNMAPPED' },
    });
    expect(await poison()).toEqual(entry);
    expect(heard()).toEqual([100]);
  });

  test('of which nobody knows the entry can be redriven by its entity', async () => {
    bugs.clear();
    await bench.command({ key: ORDER, name: 'redrive', data: { by: 'ann' } });
    expect(heard()).toEqual([100, 200, 300]);
    expect(await bench.command({ key: ORDER, name: 'redrive', data: { by: 'ann' } })).toMatchObject({
      code: 'MF_NOT_PARKED',
    });
  });
});

describe('beyond the limit of a parked key', () => {
  beforeEach(async () => {
    bugs.add(100).add(400);
    await bench.feed('shop', [1, 2, 3, 4, 5].map((n) => payment(n)).join(''), 'day');
  });

  test('messages wait in quarantine, in their order, and say behind what', async () => {
    const waiting = await entries('overflow');
    expect(waiting).toHaveLength(2);
    for (const entry of waiting) {
      expect(entry).toMatchObject({ code: 'MF_TOO_MANY_PARKED', entity: ORDER, source: 'shop', file: 'day' });
      expect(entry.message).toContain((await poison())._id);
      expect(entry.fix).toMatch(/\w/);
    }
    expect(waiting.map(({ line }) => line)).toEqual([4, 5]);
    expect(await bench.entries.behind(ORDER)).toBe(4);
    expect(verdicts('day')).toMatchObject({ received: 5, accepted: 2, quarantined: 3 });
  });

  test('commands are refused, and effects wait with the rest', async () => {
    expect(await bench.command({ key: ORDER, name: 'note', data: { text: 'hello' } })).toMatchObject({
      ...{ status: 'refused', code: 'MF_TOO_MANY_PARKED' },
    });
    expect(await entries('overflow')).toHaveLength(2);
  });

  test('nothing is heard before what it waits behind, and all of it with that, in its order', async () => {
    const [first] = await entries('overflow');
    if (first === undefined) throw new Error('nothing waits');
    expect(() => bench.corrections().redrive(first, ASKING)).toThrow(
      expect.objectContaining({ code: 'MF_WAITS_BEHIND' }),
    );
    const data = { entry: first._id, by: 'ann' };
    expect(await bench.command({ key: ORDER, name: 'redrive', data })).toMatchObject({ code: 'MF_WAITS_BEHIND' });
    bugs.clear();
    await bench.command(bench.corrections().redrive(await poison(), ASKING).command);
    expect(heard()).toEqual([100, 200, 300, 400, 500]);
    expect(await bench.quarantine()).toEqual([]);
  });

  test('what comes while some still wait there overtakes none of them', async () => {
    bugs.delete(100);
    await bench.command(bench.corrections().redrive(await poison(), ASKING).command);
    expect(heard()).toEqual([100, 200, 300]);
    expect(await poison()).toMatchObject({ line: 4 });
    await bench.feed('shop', payment(6), 'next day');
    bugs.clear();
    await bench.command(bench.corrections().redrive(await poison(), ASKING).command);
    expect(heard()).toEqual([100, 200, 300, 400, 500, 600]);
    expect(await bench.quarantine()).toEqual([]);
  });

  test('the count goes on after another opening', async () => {
    await bench.stop();
    bench.start();
    await bench.feed('shop', payment(6), 'next day');
    expect(await entries('overflow')).toHaveLength(3);
  });

  test('one of them can be dropped, and the others keep their order', async () => {
    const [first] = await entries('overflow');
    if (first === undefined) throw new Error('nothing waits');
    await bench.command(bench.corrections().drop(first, 'no use', ASKING).command);
    bugs.clear();
    await bench.command(bench.corrections().redrive(await poison(), ASKING).command);
    expect(heard()).toEqual([100, 200, 300, 500]);
  });
});
