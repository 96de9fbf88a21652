import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { UnknownOutcome } from '../../../schemas/errors.ts';
import type { RecordBatch } from '../../../schemas/inbox.ts';
import { partitionOf } from '../../../schemas/key.ts';
import type { PartitionId } from '../../../schemas/partition.ts';
import { FeedBusy, Ingress, type Feed, type IngressOptions, type Receipt } from '../../../streams/ingress/ingress.ts';
import { whereOf } from '../../../streams/ingress/where.ts';
import type { Log } from '../../../streams/log.ts';
import { registryOf, sourceText } from '../mapping/sources.ts';

const counts = { customer: 3 };

/** A log of arrays, with whatever an append is to do first. */
function logOf(before: (partition: PartitionId, bodies: readonly string[]) => Promise<void> = async () => {}) {
  const lanes = new Map<PartitionId, string[]>();
  const append: Log['append'] = async (partition, _lane, bodies) => {
    await before(partition, bodies);
    const lane = lanes.get(partition) ?? [];
    lanes.set(partition, lane);
    return bodies.map((body) => lane.push(body));
  };
  const batches = (): { partition: PartitionId; batch: RecordBatch }[] =>
    [...lanes].flatMap(([partition, lane]) =>
      lane.map((body) => ({ partition, batch: JSON.parse(body) as RecordBatch })),
    );
  const records = () => batches().flatMap(({ batch }) => batch.records);
  return { log: { append } as unknown as Log, lanes, batches, records };
}

function ingress(log: Log, options: Partial<IngressOptions> = {}, text = sourceText()): Ingress {
  return new Ingress({ log, counts, sources: registryOf(text), ...options });
}

function feed(input: string | Buffer, more: Partial<Feed> = {}): Feed {
  return { source: 'shop', feed: 'f1', file: 'in/c.csv', chunks: [Buffer.from(input as string)], ...more };
}

function manyRows(count: number): string {
  return `id,name,at\n${Array.from({ length: count }, (_, i) => `c${i},Name ${i},x\n`).join('')}`;
}

describe('every record is appended once, where its key hashes to', () => {
  test('with its columns, source version and place', async () => {
    const { log, batches } = logOf();
    const report = await ingress(log).feed(feed(manyRows(1000)));
    expect(report).toMatchObject({ received: 1000, faults: 0 });
    let seen = 0;
    for (const { partition, batch } of batches()) {
      expect(batch).toMatchObject({ v: 1, type: 'records', source: 'shop', sourceVersion: 1, feed: 'f1' });
      expect(batch.columns).toEqual(['id', 'name', 'at']);
      for (const { key, record, raw, where } of batch.records) {
        seen++;
        const row = raw as string[];
        expect(partitionOf('customer', key, counts)).toBe(partition);
        expect(record).toBe('customer');
        expect(where).toBe(`in/c.csv:${Number(row[0]?.slice(1)) + 2}`);
      }
    }
    expect(seen).toBe(1000);
  });

  test('in the order of the input for each partition, however slow appends are', async () => {
    let appends = 0;
    const { log, lanes } = logOf(async () => {
      await new Promise((resolve) => setTimeout(resolve, appends++ % 3));
    });
    await ingress(log).feed(feed(manyRows(6000)));
    for (const lane of lanes.values()) {
      const records = lane.flatMap((body) => (JSON.parse(body) as RecordBatch).records);
      const lines = records.map(({ where }) => Number(where?.split(':')[1]));
      expect(lines).toEqual([...lines].sort((a, b) => a - b));
    }
  });

  test('in messages of bounded size', async () => {
    const { log, lanes } = logOf();
    const row = `c,${'x'.repeat(100_000)},y\n`;
    await ingress(log).feed(feed(`id,name,at\n${row.repeat(10)}`));
    const sizes = [...lanes.values()].flat().map((body) => body.length);
    expect(Math.max(...sizes)).toBeLessThan(256 * 1024);
    expect(sizes).toHaveLength(10);
  });

  test('JSON goes on as the text that came', async () => {
    const { log, lanes, records } = logOf();
    const text = '{ "id":"a",  "price": 1.50, "__proto__": {"x": 1} }';
    await ingress(log, {}, sourceText({ format: 'ndjson', record: 'identity: id' })).feed(feed(`${text}\n`));
    expect([...lanes.values()].flat()[0]).toContain(text);
    expect(records()[0]).toMatchObject({ record: 'customer', where: 'in/c.csv:1' });
  });

  test('a trickle is appended before its end', async () => {
    let release = (): void => undefined;
    const appended = new Promise<void>((resolve) => (release = resolve));
    const { log, records } = logOf(async () => release());
    async function* trickle() {
      yield Buffer.from('id,name,at\na,b,c\n');
      await appended;
      yield Buffer.from('d,e,f\n');
    }
    await ingress(log).feed(feed('', { chunks: trickle() }));
    expect(records()).toHaveLength(2);
  });
});

describe('faulty records are records too', () => {
  test('that cannot be decoded', async () => {
    const { log, records } = logOf();
    const input = Buffer.concat([Buffer.from('id,name,at\na,b\n'), Buffer.from([0xff, 0x0a]), Buffer.from('c,d,e\n')]);
    expect(await ingress(log).feed(feed(input))).toMatchObject({ received: 3, faults: 2 });
    const byLine = records().sort((a, b) => (a.where ?? '').localeCompare(b.where ?? ''));
    expect(byLine).toMatchObject([
      { where: 'in/c.csv:2:4', raw: { text: 'a,b' }, fault: { code: 'MF_RECORD_WIDTH' } },
      { where: 'in/c.csv:3', raw: { base64: '/w==' }, fault: { code: 'MF_RECORD_NOT_UTF8' } },
      { where: 'in/c.csv:4', raw: ['c', 'd', 'e'] },
    ]);
  });

  test('that have no routing key', async () => {
    const { log, records } = logOf();
    await ingress(log).feed(feed('id,name,at\n,b,c\n'));
    expect(records()).toMatchObject([{ raw: ['', 'b', 'c'], fault: { code: 'MF_RECORD_UNROUTABLE' } }]);
  });

  test('header and rows of a file with other columns, which says what is missing and nearest', async () => {
    const { log, records } = logOf();
    expect(await ingress(log).feed(feed('id,nmae,when\na,b,c\nd,e,f\n'))).toMatchObject({ received: 3, faults: 3 });
    for (const { fault } of records()) {
      expect(fault?.code).toBe('MF_FEED_COLUMNS');
      expect(fault?.detail).toContain('lacks name (nearest: nmae), at');
    }
  });

  test('a picture', async () => {
    const { log, records } = logOf();
    const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb0043000a0d0a2c220a0affd9', 'hex');
    const { received, faults } = await ingress(log).feed(feed(jpeg));
    expect(received).toBe(faults);
    expect(records()).toHaveLength(received);
  });

  test('one that grows beyond the limit as JSON', async () => {
    const { log, records, lanes } = logOf();
    await ingress(log).feed(feed(`id,name,at\na,${'\u0001'.repeat(400_000)},c\n`));
    expect(records()).toMatchObject([{ fault: { code: 'MF_RECORD_TOO_LARGE' }, raw: { truncated: {} } }]);
    expect(Math.max(...[...lanes.values()].flat().map((body) => body.length))).toBeLessThan(64 * 1024);
  });

  test('the same fault goes to the same partition', async () => {
    const { log, records } = logOf();
    await ingress(log).feed(feed('id,name,at\na\na\nb\n'));
    const [a, b, c] = records().sort((x, y) => (x.where ?? '').localeCompare(y.where ?? ''));
    expect(a?.key).toBe(b?.key);
    expect(a?.key).not.toBe(c?.key);
  });
});

describe('whatever the format', () => {
  const json = (more = '') => `name: shop
version: 1
namespace: shop
format: { type: json, path: [orders, order] }
records:
  customer: { files: ['customer*.json'], identity: id, route: { kind: customer, id: id }, parts: [{ name: customer, fields: { id: id } }] }
  other: { files: ['other*.json'], identity: id, route: { kind: customer, id: id }, parts: [{ name: customer, fields: { id: id } }]${more} }
`;

  test('a record says where it begins, and a fault where it shows', async () => {
    const { log, records } = logOf();
    const text = '{"orders":[\n {"id":"a"}, {"id":"b"\n  oops}]}\n{"x":1}';
    const report = await ingress(log, {}, json()).feed(feed(text, { file: 'in/o.json' }));
    expect(report).toMatchObject({ received: 3, faults: 2 });
    expect(records().map(({ where }) => whereOf(where ?? '')?.line)).toEqual([2, 3, 4]);
    expect(
      records()
        .map(({ where, fault }) => [where, fault?.code])
        .sort(),
    ).toEqual([
      ['in/o.json:2:2', undefined],
      ['in/o.json:3:3, in the record at 2:14', 'MF_RECORD_JSON'],
      ['in/o.json:4', 'MF_FEED_NO_RECORD'],
    ]);
  });

  test('a damaged file is named with the byte', async () => {
    const { log, records } = logOf();
    const input = gzipSync('id,name,at\na,b,c\nd,').subarray(0, -8);
    await ingress(log).feed(feed(input, { file: 'in/c.csv.gz' }));
    expect(records().map(({ where }) => where)).toEqual([
      'in/c.csv.gz:2',
      `in/c.csv.gz:3:3, at byte ${input.length} of the file`,
    ]);
    expect(whereOf(records()[1]?.where ?? '')).toEqual({ file: 'in/c.csv.gz', line: 3, column: 3, byte: input.length });
  });

  test.each([
    ['other-1.json.gz', 'other'],
    ['in/OTHERS.json', 'other'],
    ['in/customers.json', 'customer'],
    ['in/orders.json', 'customer'],
  ])('the name of a file chooses the kinds of record that are in it: %s', async (file, kind) => {
    const { log, records } = logOf();
    await ingress(log, {}, json()).feed(feed('{"order":{"id":"a"}}', { file }));
    expect(records()).toMatchObject([{ record: kind, raw: { id: 'a' } }]);
  });

  test('and what is not named is told by what it holds', async () => {
    const { log, records } = logOf();
    const source = json(', match: isOther')
      .replace("files: ['customer*.json']", 'match: isCustomer')
      .replace("files: ['other*.json'], ", '');
    const text = '{"orders":[{"id":"a","isOther":1},{"id":"b","isCustomer":1},{"id":"c"}]}';
    await ingress(log, {}, source).feed(feed(text, { file: 'x.json' }));
    const kinds = records().map(({ raw, record, fault }) => [(raw as { id: string }).id, record, fault?.code]);
    expect(kinds.sort()).toEqual([
      ['a', 'other', undefined],
      ['b', 'customer', undefined],
      ['c', '', 'MF_FEED_UNRECOGNISED'],
    ]);
  });

  test('columns that a header writes loosely are those that the source reads', async () => {
    const { log, records, batches } = logOf();
    const source = sourceText().replace('{ type: csv }', '{ type: csv, names: loose }');
    await ingress(log, {}, source).feed(feed('ID, Name ,AT\na,b,c\n'));
    expect(records()).toMatchObject([{ record: 'customer', raw: ['a', 'b', 'c'] }]);
    expect(batches()[0]?.batch.columns).toEqual(['id', 'name', 'at']);
  });

  test('XML goes on as the object that it becomes', async () => {
    const { log, records } = logOf();
    const source = sourceText({ format: 'xml, record: o', record: 'identity: id' });
    await ingress(log, {}, source).feed(feed('<a><o><id>7</id></o></a>'));
    expect(records()).toMatchObject([{ raw: { '#name': 'o', id: '7' }, where: 'in/c.csv:1:4' }]);
  });
});

describe('receipts', () => {
  test('name partition and position of each record, once it is durable', async () => {
    const { log, lanes } = logOf();
    const receipts: Receipt[] = [];
    await ingress(log).feed(feed('id,name,at\na,b,c\n,x,y\nd,e,f\n', { onReceipts: (some) => receipts.push(...some) }));
    expect(receipts.map(({ number }) => number).sort()).toEqual([0, 1, 2]);
    expect(receipts.find(({ number }) => number === 1)?.fault).toBe('MF_RECORD_UNROUTABLE');
    for (const { partition, position } of receipts) expect(lanes.get(partition)?.[position - 1]).toBeDefined();
  });
});

describe('trouble with the log', () => {
  test('an unknown outcome is repeated: twice is better than not at all', async () => {
    let failures = 2;
    const { log, records } = logOf(async () => {
      if (failures-- > 0) throw new UnknownOutcome('append');
    });
    expect(await ingress(log).feed(feed(manyRows(10)))).toMatchObject({ received: 10 });
    expect(records()).toHaveLength(10);
  });

  test('any other error ends the feed with it', async () => {
    const { log } = logOf(async () => {
      throw new Error('disk full');
    });
    await expect(ingress(log).feed(feed(manyRows(10)))).rejects.toThrow('disk full');
  });

  test('a reader that fails ends the feed with its error', async () => {
    async function* broken() {
      yield Buffer.from('id,name,at\na,b,c\n');
      throw new Error('connection lost');
    }
    await expect(ingress(logOf().log).feed(feed('', { chunks: broken() }))).rejects.toThrow('connection lost');
  });
});

describe('a partition with too much to do', () => {
  test('makes a feed wait', async () => {
    let asked = 0;
    const { log, records } = logOf();
    const options = { unapplied: () => (asked++ < 3 ? 10 : 0), budget: 5 };
    await ingress(log, options).feed(feed(manyRows(2000)));
    expect(records()).toHaveLength(2000);
    expect(asked).toBeGreaterThan(3);
  });

  test('refuses it, if its sender can wait instead, and says what was taken', async () => {
    const { log, records, lanes } = logOf();
    const options = { unapplied: () => (records().length > 0 ? 10 : 0), budget: 5 };
    const refused = ingress(log, options).feed(feed(manyRows(6000), { whenBusy: 'refuse' }));
    const error: unknown = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FeedBusy);
    expect((error as FeedBusy).retryAfterMs).toBeGreaterThan(0);
    expect(records().length).toBeLessThan(6000);
    const { positions } = (error as FeedBusy).report;
    expect([...positions]).toEqual([...lanes].map(([partition, lane]) => [partition, lane.length]));
  });

  test('refuses a feed of a few records as well: many of them are much', async () => {
    const { log, records } = logOf();
    const refused = ingress(log, { unapplied: () => 10, budget: 5 }).feed(feed(manyRows(3), { whenBusy: 'refuse' }));
    await expect(refused).rejects.toBeInstanceOf(FeedBusy);
    expect(records()).toEqual([]);
  });
});

test('an input without end is read no faster than it is appended', async () => {
  let pulled = 0;
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const { log } = logOf(async () => gate);
  const row = Buffer.from(`c,${'x'.repeat(1000)},y\n`.repeat(64));
  function* input() {
    yield Buffer.from('id,name,at\n');
    for (; pulled < 300; pulled++) yield row;
  }
  const done = ingress(log).feed(feed('', { chunks: input() }));
  for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
  // 8 MiB may wait for their append.
  expect(pulled).toBeLessThan(200);
  open();
  expect(await done).toMatchObject({ received: 300 * 64 });
});

test('a feed that is given up ends', async () => {
  const signal = AbortSignal.abort(new Error('given up'));
  await expect(ingress(logOf().log).feed(feed(manyRows(10), { signal }))).rejects.toThrow('given up');
});

test('a source that nobody knows is named with the nearest', async () => {
  await expect(ingress(logOf().log).feed(feed('', { source: 'shopp' }))).rejects.toThrow('did you mean "shop"?');
});
