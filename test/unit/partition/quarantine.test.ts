import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Correction } from '../../../actors/node/subject.ts';
import { matchingKey } from '../../../schemas/key.ts';
import { SourceRegistry } from '../../../streams/mapping/registry.ts';
import { shop, Workbench } from './workbench.ts';

const ORDER = matchingKey('main', 'order', 'shop', 'o1');
const ASKING = { by: 'ann', feed: 'again' };

const payment = (id: string, amount: unknown, more: object = {}): string =>
  `${JSON.stringify({ id, order: 'o1', method: 'card', amount, ...more })}\n`;

const field = (name: string, value: unknown): Correction => ({ type: 'fields', changes: [[name, value]] });

let bench: Workbench;

function open(...options: ConstructorParameters<typeof Workbench>): void {
  bench = new Workbench(...options);
  bench.start();
}

async function only() {
  const [entry, ...others] = await bench.quarantine();
  if (entry === undefined) throw new Error('nothing is in quarantine');
  expect(others).toEqual([]);
  return entry;
}

function amounts(): unknown[] {
  return bench.documents('master.waiting').map(({ said }) => (said as { amount: number }).amount);
}

function verdicts(feed: string) {
  const [counts] = bench.documents('management.feeds').filter((document) => document['feed'] === feed);
  return counts;
}

beforeEach(() => open([shop(1)]));
afterEach(() => bench.stop());

describe('an entry says', () => {
  test('what was rejected, by which rule, of what it is made, where it stood, and what would fix it', async () => {
    await bench.feed('shop', payment('p0', '1.00') + payment('p1', 'much'), 'day.ndjson');
    expect(await only()).toMatchObject({
      ...{ type: 'record', code: 'MF_RECORD_UNMAPPED', stage: 'extract', rule: 'money in EUR' },
      ...{ field: 'payment.amount', from: ['amount'], value: '"much"', fix: expect.stringMatching(/\w/) },
      ...{ source: 'shop', sourceVersion: 1, record: 'payment', identity: 'payment/p1', entity: ORDER },
      ...{ file: 'day.ndjson', line: 2, feed: 'day.ndjson' },
      cause: 'shop/MF_RECORD_UNMAPPED/payment.amount/money-in-EUR',
    });
  });
});

describe('fix', () => {
  beforeEach(() => bench.feed('shop', payment('p1', 'much'), 'day'));

  test('sends the corrected record as the next state of the record, and resolves the entry with a link to it', async () => {
    const entry = await only();
    const { command } = bench.corrections().fix(entry, field('amount', '2.50'), ASKING);
    expect(await bench.command(command)).toMatchObject({ status: 'done' });
    expect(await bench.quarantine()).toEqual([]);
    expect(amounts()).toEqual([250]);
    expect(await bench.entries.resolution(entry._id)).toMatchObject({
      ...{ how: 'fixed', by: 'ann', to: { entity: ORDER, feed: 'again' }, entry: { cause: entry.cause } },
    });
    expect(verdicts('day')).toMatchObject({ received: 1, quarantined: 1 });
    expect(verdicts('again')).toMatchObject({ received: 1, accepted: 1 });
  });

  test('to another entity, in another partition, goes there', async () => {
    const entry = await only();
    for (let n = 2; n < 6; n++) {
      const changes = [
        ['order', `o${n}`],
        ['amount', '1.00'],
      ] as const;
      const { command, send } = bench.corrections().fix(entry, { type: 'fields', changes }, ASKING);
      if (n === 5) await bench.command(command);
      else expect(send?.key).toBe(matchingKey('main', 'order', 'shop', `o${n}`));
    }
    expect(bench.documents('master.waiting')).toMatchObject([{ entity: matchingKey('main', 'order', 'shop', 'o5') }]);
  });

  test('that is wrong as well is refused, and leaves everything as it was', async () => {
    const entry = await only();
    const { command } = bench.corrections().fix(entry, field('amount', 'more'), ASKING);
    expect(await bench.command(command)).toMatchObject({ status: 'refused', code: 'MF_RECORD_UNMAPPED' });
    expect(await only()).toEqual(entry);
    expect(verdicts('again')).toBeUndefined();
  });

  test('twice under one key has one effect and one outcome; under another one it finds the entry gone', async () => {
    const { command } = bench.corrections().fix(await only(), field('amount', '2.50'), ASKING);
    const outcome = await bench.command(command);
    expect(await bench.command(command)).toEqual(outcome);
    const again = await bench.command({ ...command, idempotencyKey: 'another' });
    expect(again).toMatchObject({ status: 'refused', code: 'MF_NOT_QUARANTINED' });
    expect(again.reason).toMatch(/was fixed by ann at 20/);
    expect(verdicts('again')).toMatchObject({ received: 1 });
  });

  test('can be done again when the same bad record comes again', async () => {
    const { command } = bench.corrections().fix(await only(), field('amount', '2.50'), ASKING);
    await bench.command(command);
    await bench.feed('shop', payment('p1', 'much'), 'again, later');
    const second = bench.corrections().fix(await only(), field('amount', '2.50'), ASKING);
    expect(second.command.idempotencyKey).not.toBe(command.idempotencyKey);
    expect(await bench.command(second.command)).toMatchObject({ status: 'done' });
    expect(verdicts('again')).toMatchObject({ received: 2, accepted: 1, duplicate: 1 });
  });

  test('with a payload takes the place of a record that could not even be read', async () => {
    await bench.feed('shop', '{"id":"p2",\n', 'torn');
    const [torn] = (await bench.quarantine()).filter(({ code }) => code === 'MF_RECORD_JSON');
    if (torn === undefined) throw new Error('the torn record is not there');
    expect(() => bench.corrections().fix(torn, field('amount', '1.00'), ASKING)).toThrow(/--payload/);
    const payload = Buffer.from(payment('p2', '3.00'));
    expect(
      await bench.command(bench.corrections().fix(torn, { type: 'payload', payload }, ASKING).command),
    ).toMatchObject({
      status: 'done',
    });
    expect(amounts()).toEqual([300]);
  });
});

describe('redrive', () => {
  beforeEach(() => bench.feed('shop', payment('p1', '2,50'), 'day'));

  test('is refused while the record is still wrong, and leaves the entry as it is', async () => {
    const entry = await only();
    const { command } = bench.corrections().redrive(entry, ASKING);
    expect(await bench.command(command)).toMatchObject({ status: 'refused', code: 'MF_RECORD_UNMAPPED' });
    expect(await only()).toEqual(entry);
  });

  test('sends the record through the present version of its source', async () => {
    const entry = await only();
    await bench.stop();
    bench.sources = new SourceRegistry([
      shop(1),
      shop(2, "[amount, { replace: { pattern: ',', with: '.' } }, { money: EUR }]"),
    ]);
    bench.start();
    const { command } = bench.corrections().redrive(entry, ASKING);
    expect(await bench.trials().send(bench.corrections().redrive(entry, ASKING).send as never)).toEqual({
      ...{ verdict: 'accepted', note: 'waits until its order is stated' },
    });
    expect(amounts()).toEqual([]);
    expect(await bench.command(command)).toMatchObject({ status: 'done' });
    expect(amounts()).toEqual([250]);
    expect(await bench.entries.resolution(entry._id)).toMatchObject({ how: 'redriven', to: { feed: 'again' } });
  });

  test('through a version that finds something else wrong says that from then on', async () => {
    await bench.stop();
    bench.sources = new SourceRegistry([shop(1), shop(2, '[amount, { case: upper }]')]);
    bench.start();
    const before = await only();
    const { command } = bench.corrections().redrive(before, ASKING);
    expect(await bench.command(command)).toMatchObject({ status: 'refused', code: 'MF_RECORD_INVALID' });
    expect(await only()).toMatchObject({
      ...{ _id: before._id, sourceVersion: 2, code: 'MF_RECORD_INVALID', rule: 'type', file: 'day', line: 1 },
    });
  });
});

describe('drop', () => {
  test('gives the entry up, and keeps who did it, why, and the record', async () => {
    await bench.feed('shop', payment('p1', 'much'), 'day');
    const entry = await only();
    expect(await bench.command(bench.corrections().drop(entry, 'a test', ASKING).command)).toMatchObject({
      status: 'done',
    });
    expect(await bench.quarantine()).toEqual([]);
    expect(await bench.entries.resolution(entry._id)).toMatchObject({
      ...{ how: 'dropped', by: 'ann', why: 'a test', entry: { raw: { id: 'p1', amount: 'much' } } },
    });
    expect(verdicts('again')).toBeUndefined();
  });
});

describe('a part that its entity refuses', () => {
  const customer = matchingKey('main', 'customer', 'shop', 'c1');
  const described = (n: number): string => payment(`p${n}`, '1.00', { customer: 'c1', email: `c${n}@shop.example` });

  /** A customer takes 32 statements; the payments are taken, the parts of the last ones are not. */
  beforeEach(async () => {
    await bench.stop();
    // The same again is not sent on again, unless it is sent on purpose.
    open([shop(1, undefined, '[id]')]);
    await bench.feed('shop', Array.from({ length: 33 }, (_, n) => described(n)).join(''), 'day');
  });

  test('is an entry of its own, with its source and which statement it is', async () => {
    const entry = await only();
    expect(entry).toMatchObject({
      ...{ type: 'part', code: 'MF_STATEMENTS_LIMIT', stage: 'integrate', entity: customer, source: 'shop' },
      ...{ identity: 'payment/p32', raw: { type: 'part', name: 'customer', data: { body: { id: 'c1' } } } },
    });
    expect(entry.fix).toMatch(/slot/);
    expect(verdicts('day')).toMatchObject({ received: 33, accepted: 33 });
  });

  test('can be redriven, fixed and dropped', async () => {
    let again = await only();
    // Sent again, it is refused again, and the entry is there again, as often as it is tried.
    for (let n = 0; n < 2; n++) {
      const refused = again;
      await bench.command(bench.corrections().redrive(refused, ASKING).command);
      again = await only();
      expect(again).toMatchObject({ _id: refused._id, code: 'MF_STATEMENTS_LIMIT' });
      expect(again.version).toBeGreaterThan(refused.version);
    }

    const wrong = { type: 'payload', payload: Buffer.from('{"email":"c"}') } as const;
    expect(() => bench.corrections().fix(again, wrong, ASKING)).toThrow('customer.id is missing');
    const { send } = bench.corrections().fix(again, field('customer.email', 'c@shop.example'), ASKING);
    expect(send).toMatchObject({
      type: 'part',
      key: customer,
      data: { slot: 'payment/p32', body: { email: 'c@shop.example' } },
    });

    await bench.command(bench.corrections().drop(again, 'too many', ASKING).command);
    expect(await bench.quarantine()).toEqual([]);
  });
});
