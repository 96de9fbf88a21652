import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { invoice, SAMPLE, Workplace } from './command.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

let place: Workplace;
beforeAll(async () => {
  place = new Workplace();
  await place.json('feed', 'online-retail', SAMPLE);
  const broken = `${invoice(['700003', 'A1', 1, '1.50', '1'])}700004,A1,too,few\n700005,A1,few\n`;
  await place.json('feed', 'online-retail', place.file('broken.csv', broken));
});
afterAll(() => {
  place.remove();
});

interface Story {
  readonly key: string;
  readonly kind: string;
  readonly version: number;
  readonly records: readonly { readonly collection: string; readonly body: Record<string, unknown> }[];
  readonly events: readonly { readonly sequence: string; readonly type: string }[];
}

describe('show', () => {
  test('tells the whole story of an order by its own number', async () => {
    const story = await place.json<Story>('show', '536365');
    expect(story).toMatchObject({ kind: 'order', version: 8, waiting: [], parked: 0, quarantine: [] });
    expect(story.records.map(({ collection }) => collection)).toEqual(['mall.orders', 'sales.revenues']);
    expect(story.records[0]?.body).toMatchObject({ number: '536365', total: 13912, lineCount: 7 });
    expect(story.events.map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  });

  test('finds the same by its matching key', async () => {
    const { key } = await place.json<Story>('show', '536365');
    expect(await place.json<Story>('show', key)).toMatchObject({ key });
  });

  test('shows people the lines, the money and the events', async () => {
    const { stdout } = await place.run('show', '536365');
    expect(stdout).toMatch(/^order main\.order\./);
    expect(stdout).toMatch(/total 139\.12 GBP/);
    expect(stdout).toMatch(/6 {2}85123A {2}WHITE HANGING HEART T-LIGHT HOLDER {3}2\.55 GBP {4}15\.30 GBP/);
    expect(stdout).toMatch(/1 .* order\.headerRecorded {2}536365/);
  });

  test('shows a customer with its orders', async () => {
    const { stdout } = await place.run('show', '17850');
    expect(stdout).toMatch(/sales 10, returns 0/);
    expect(stdout).toMatch(/^mall\.orders \(10\)$/m);
  });

  test('shows all of several entities that have the same id, one story each', async () => {
    const file = place.file('same.csv', invoice(['17850', 'X', 1, '1.00', '']));
    await place.json('feed', 'online-retail', file);
    const { stdout } = await place.run('show', '17850', '--json');
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Story).kind);
    expect(kinds.sort()).toEqual(['customer', 'order']);
  });

  test('finds an order by what is its own id of a payment, a charge, a delivery, a parcel and a review, known or awaited', async () => {
    const said = [
      { name: 'order', id: 'N1', body: { number: 'N1', type: 'sale', currency: 'EUR' } },
      ...['N1', 'N2'].flatMap((id) => [
        {
          name: 'payment',
          id,
          slot: 'p',
          body: {
            id: `pay-${id}`,
            reference: `charge-${id}`,
            method: 'card',
            amount: 5,
            currency: 'EUR',
            status: 'captured',
          },
        },
        {
          name: 'fulfilment',
          id,
          slot: 'd',
          body: { id: `delivery-${id}`, status: 'shipped', tracking: `parcel-${id}` },
        },
        { name: 'review', id, slot: 'r', body: { id: `review-${id}`, score: 5 } },
      ]),
    ];
    const file = place.file('own-ids.ndjson', said.map((record) => `${JSON.stringify(record)}\n`).join(''));
    expect(await place.json('feed', 'native', file)).toMatchObject({ accepted: 7 });
    for (const order of ['N1', 'N2']) {
      const { key } = await place.json<Story>('show', order);
      for (const own of ['pay', 'charge', 'delivery', 'parcel', 'review']) {
        expect(await place.json<Story>('show', `${own}-${order}`)).toMatchObject({ key });
      }
    }
  });

  test('fails for an id that nobody ever used', async () => {
    const { code, stdout, stderr } = await place.run('show', 'nobody');
    expect(stderr).toMatch(/^MF_NOT_FOUND: nothing is known as "nobody"\n.*masterflag export master\.flags/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

describe('export', () => {
  test('prints every document of a collection, sorted by _id', async () => {
    const orders = await place.lines<{ _id: string }>('export', 'mall.orders');
    expect(orders.length).toBeGreaterThan(143);
    expect(orders.map(({ _id }) => _id)).toEqual(orders.map(({ _id }) => _id).sort());
  });

  test.each([
    ['a field', { type: 'return' }, 6],
    ['an index', { customer: 'main.customer.Ux2-P_aXGvgNfoDNvZgmJy' }, 10],
    ['a nested field, with dots', { 'status.payment': 'none', number: '536365' }, 1],
    ['a nested field, as an object', { status: { payment: 'none' }, number: '536365' }, 1],
    ['the _id', { _id: 'main.order.-h1hWQVHysRmp_RWJS1qon' }, 1],
    ['an absent field', { customer: null, number: '536365' }, 0],
    ['what nothing has', { type: 'gift' }, 0],
  ])('--where chooses by %s', async (_name, where, count) => {
    expect(await place.lines('export', 'mall.orders', '--where', JSON.stringify(where))).toHaveLength(count);
  });

  test('--meta adds who wrote it, and when', async () => {
    const [order] = await place.lines('export', 'mall.orders', '--meta', '--where', '{"number":"536365"}');
    expect(order).toMatchObject({
      number: '536365',
      _meta: { version: 8, partition: expect.stringMatching(/^order\.\d$/), seq: expect.any(Number), meta: { v: 3 } },
    });
  });

  test('names the nearest collection', async () => {
    const { code, stderr } = await place.run('export', 'mall.order');
    expect(stderr).toMatch(
      /^MF_USAGE: there is no collection mall\.order; did you mean "mall\.orders"\? \(mall\.orders, /,
    );
    expect(code).toBe(2);
  });

  test.each(['{type:return}', '[1]', '{"lines":[1]}'])('refuses --where %s', async (where) => {
    const { code, stderr } = await place.run('export', 'mall.orders', '--where', where);
    expect(stderr).toMatch(/^MF_USAGE: --where /);
    expect(code).toBe(2);
  });

  test('ends quietly when its reader goes away', async () => {
    const launcher = fileURLToPath(new URL('../../bin/masterflag.js', import.meta.url));
    const line = `'${process.execPath}' '${launcher}' export master.flags --data '${place.data}' | head -1; exit \${PIPESTATUS[0]}`;
    const shell = spawn('bash', ['-c', line]);
    const errors: Buffer[] = [];
    shell.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    expect(await once(shell, 'close')).toEqual([0, null]);
    expect(Buffer.concat(errors).toString()).toBe('');
  });

  test('without a data set fails with what to do', async () => {
    const empty = new Workplace();
    const { code, stderr } = await empty.run('export', 'mall.orders');
    empty.remove();
    expect(stderr).toMatch(/^MF_DATA_ABSENT: there is no data set in .*\n.*--data/);
    expect(code).toBe(1);
  });
});

interface Event {
  readonly id: string;
  readonly specversion: string;
  readonly subject: string;
  readonly time: string;
  readonly sequence: string;
}

describe('tap', () => {
  test('prints the events of a kind as CloudEvents, each entity in its order', async () => {
    const events = await place.lines<Event>('tap', 'order');
    expect(events[0]).toMatchObject({ specversion: '1.0', source: '/masterflag/order' });
    const last = new Map<string, number>();
    for (const { subject, sequence } of events) {
      expect(Number(sequence)).toBe((last.get(subject) ?? 0) + 1);
      last.set(subject, Number(sequence));
    }
  });

  test('--from TIME begins there, --from now after all', async () => {
    const events = await place.lines<Event>('tap');
    const times = events.map(({ time }) => time).sort();
    const middle = times[Math.floor(times.length / 2)] ?? '';
    const later = await place.lines<Event>('tap', '--from', middle);
    expect(later).toHaveLength(times.filter((time) => time >= middle).length);
    expect(await place.lines('tap', '--from', 'now')).toEqual([]);
  });

  test('--follow prints what happens until it is stopped', async () => {
    const tap = place.start(['tap', 'customer', '--from', 'now', '--follow']);
    const note = (text: string) => place.run('do', 'note', '17850', '--kind', 'customer', '--text', text);
    // Whether it listens already is seen by what it prints.
    const printed = tap.says('"text":"hello"');
    const heard = new AbortController();
    void printed.then(() => heard.abort());
    while (!heard.signal.aborted) expect((await note('hello')).code).toBe(0);
    tap.child.kill('SIGTERM');
    expect((await tap.ended).code).toBe(0);
  });

  test.each([
    [['tap', 'orders'], /there is no kind orders; did you mean "order"\?/],
    [['tap', '--from', 'yesterday'], /--from yesterday is neither beginning, now, nor a time/],
    [['tap', '--from', '2026-01-31T08:00:00'], /a time with its zone/],
  ])('refuses %j', async (words, message) => {
    const { code, stderr } = await place.run(...words);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

test('stats counts collections, orders, quarantine and partitions', async () => {
  const { collections, orders, quarantine, partitions } = await place.json<{
    collections: Record<string, number>;
    orders: object[];
    quarantine: object[];
    partitions: { id: string; behind: object }[];
  }>('stats');
  expect(collections['customer.customers']).toBe(99);
  expect(orders).toContainEqual({ type: 'return', status: 'placed', currency: 'GBP', orders: 6, total: -32523 });
  expect(quarantine).toMatchObject([{ cause: 'online-retail/MF_RECORD_WIDTH', count: 2 }]);
  expect(partitions).toHaveLength(14);
  for (const { behind } of partitions) expect(behind).toEqual({ fast: 0, bulk: 0 });
  expect((await place.run('stats')).stdout).toMatch(/^mall\.orders +\d+$/m);
});

test('sources lists what can be fed', async () => {
  const sources = await place.json<{ name: string }[]>('sources', 'list');
  expect(sources.map(({ name }) => name)).toEqual(expect.arrayContaining(['olist', 'online-retail']));
});

test('every command has a help with examples', async () => {
  const plain = ['feed', 'show', 'party', 'join', 'split', 'export', 'tap', 'stats', 'do', 'serve'];
  const sources = ['list', 'show', 'check', 'try'].map((name) => `sources ${name}`);
  const words = [...plain, ...sources];
  for (const name of ['list', 'show', 'fix', 'redrive', 'drop']) words.push(`quarantine ${name}`);
  for (const name of words) {
    const { code, stdout } = await place.run(...name.split(' '), '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Examples:\n {2}\S*masterflag/m);
    // Sources are looked at without a data set.
    if (!name.startsWith('sources')) expect(stdout).toMatch(/--data <dir>/);
    expect(stdout).toMatch(/--json/);
  }
});
