import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { SourceFormat } from '../../../schemas/format.ts';
import { uncompressedName } from '../../../schemas/format.ts';
import { decode } from '../../../streams/formats/decode.ts';
import { decoded, faultsOf, gist, isSame } from './decoded.ts';

const CSV: SourceFormat = { type: 'csv' };
const CHECKED = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

const COMPRESSIONS: [string, (bytes: Buffer) => Buffer][] = [
  ['gzip', (bytes) => gzipSync(bytes)],
  ['zstd', (bytes) => zstdCompressSync(bytes, CHECKED)],
];

const rows = (count: number, from = 0) =>
  Buffer.from(Array.from({ length: count }, (_, i) => `${from + i},row ${(i * 7919) % 1000}\n`).join(''));
const TABLE = Buffer.concat([Buffer.from('id,name\n'), rows(5000)]);

const CUTS = [[Infinity], [1], [1000, 3], [16 * 1024]];

describe.each(COMPRESSIONS)('%s', (name, compress) => {
  test('is recognised by its first bytes, wherever the input is cut', async () => {
    const plain = await decoded(CSV, TABLE);
    for (const sizes of CUTS) expect(await isSame(plain, CSV, compress(TABLE), { sizes })).toBe(true);
  });

  test('is what it is declared to be', async () => {
    expect(await gist({ ...CSV, compression: name as 'gzip' }, compress(rows(2)))).toHaveLength(1);
    const [fault] = await faultsOf({ ...CSV, compression: name as 'gzip' }, TABLE);
    expect(fault).toMatchObject({
      code: 'MF_FEED_COMPRESSION',
      detail: expect.stringContaining(`the ${name} stream is damaged`),
    });
    expect((await faultsOf({ ...CSV, compression: 'none' }, compress(TABLE))).length).toBeGreaterThan(0);
  });

  test('may be joined of several', async () => {
    const input = Buffer.concat([
      compress(Buffer.from('id,name\n1,')),
      compress(Buffer.from('a\n2')),
      compress(Buffer.from(',b\n')),
    ]);
    for (const sizes of CUTS) {
      expect(await gist(CSV, input, { sizes })).toEqual([
        ['1', 'a'],
        ['2', 'b'],
      ]);
    }
  });

  test('that is cut off is a fault that names the byte, and what came before is there', async () => {
    const whole = compress(TABLE);
    for (const length of [whole.length - 1, Math.floor(whole.length / 2), 6]) {
      const cut = whole.subarray(0, length);
      const feed = await decoded(CSV, cut);
      const last = feed.records.at(-1);
      expect(last).toMatchObject({
        code: 'MF_FEED_COMPRESSION',
        byte: length,
      });
      expect(feed.records.slice(0, -1).every(({ type }) => type === 'row')).toBe(true);
      for (const sizes of CUTS) expect(await isSame(feed, CSV, cut, { sizes })).toBe(true);
    }
    expect((await decoded(CSV, whole.subarray(0, -1))).records).toHaveLength(5001);
  });

  test('that is damaged is a fault that names the byte, and what came before is there', async () => {
    const damaged = compress(TABLE);
    // Within the checksum: all records are there.
    const at = damaged.length - (name === 'gzip' ? 6 : 2);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    const feed = await decoded(CSV, damaged);
    expect(feed.records.filter(({ type }) => type === 'row').length).toBeGreaterThan(name === 'gzip' ? 4999 : 0);
    expect(feed.records.at(-1)).toMatchObject({
      code: 'MF_FEED_COMPRESSION',
      detail: expect.stringContaining('is damaged'),
    });
    for (const sizes of CUTS) expect(await isSame(feed, CSV, damaged, { sizes })).toBe(true);
  });

  test('that something else follows is a fault after its records', async () => {
    const input = Buffer.concat([compress(Buffer.from('id,name\n1,a\n')), Buffer.from('garbage')]);
    for (const sizes of CUTS) expect(await gist(CSV, input, { sizes })).toEqual([['1', 'a'], 'MF_FEED_COMPRESSION']);
  });

  test('that grows a thousandfold costs no memory', async () => {
    const bomb = compress(Buffer.concat([Buffer.from('id,name\n'), Buffer.alloc(64 * 1024 * 1024)]));
    expect(bomb.length).toBeLessThan(70_000);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const records = [];
    for await (const batch of decode(CSV, [bomb])) {
      records.push(...batch.records);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(records).toMatchObject([{ code: 'MF_RECORD_TOO_LARGE', raw: { truncated: { bytes: 64 * 1024 * 1024 } } }]);
    expect(most).toBeLessThan(16 * 1024 * 1024);
  });

  test('is decompressed no faster than its records are taken', async () => {
    let asked = 0;
    function* input() {
      const input = compress(Buffer.concat([Buffer.from('id,name\n'), rows(200_000)]));
      for (let at = 0; at < input.length; at += 1024) {
        asked++;
        yield input.subarray(at, at + 1024);
      }
    }
    const batches = decode(CSV, input());
    await batches.next();
    await new Promise((resolve) => setImmediate(resolve));
    const first = asked;
    await batches.return();
    expect(first).toBeLessThan(70);
  });
});

describe('what is not ended when a stream is cut off is no record', () => {
  const half = (text: string) => gzipSync(Buffer.from(text), { level: 0 }).subarray(0, -9);

  test.each<[SourceFormat, string, unknown[], string]>([
    [CSV, 'a,b\n1,2\n3,40', [['1', '2']], '3,4'],
    [CSV, 'a,b\n1,2\n3,"4\n5"', [['1', '2']], '3,"4\n5'],
    [{ type: 'fixed', columns: [{ name: 'a', start: 1, length: 3 }] }, '123\n456', [['123']], '45'],
    [{ type: 'ndjson' }, '{"a":1}\n{"a":2}\n', [{ a: 1 }], '{"a":2}'],
    [{ type: 'json' }, '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }], ''],
    [{ type: 'json', path: 'o' }, '{"x":[{"a":1},{"a":2}', [], '{"x":[{"a":1},{"a":2'],
    [{ type: 'xml', record: 'o' }, '<a><o>1</o><o>2</o>', [{ '#name': 'o', '#text': '1' }], '<o>2</o'],
  ])('%j: %j', async (format, text, records, rest) => {
    const feed = await decoded(format, half(text));
    expect(await gist(format, half(text))).toEqual([...records, 'MF_FEED_COMPRESSION']);
    expect(feed.records.at(-1)).toMatchObject({ raw: { text: rest } });
    expect(await decoded(format, half(text), { sizes: [1] })).toEqual(feed);
  });
});

test('zeros after gzip are padding', async () => {
  const input = Buffer.concat([gzipSync(Buffer.from('a\n1\n')), Buffer.alloc(40_000), gzipSync(Buffer.from('2\n'))]);
  for (const sizes of CUTS) expect(await gist(CSV, input, { sizes })).toEqual([['1'], ['2']]);
});

test('frames of zstd that say nothing are passed over', async () => {
  const skippable = Buffer.from('502a4d1803000000616263', 'hex');
  const input = Buffer.concat([skippable, zstdCompressSync(Buffer.from('a\n1\n')), skippable]);
  for (const sizes of CUTS) expect(await gist(CSV, input, { sizes })).toEqual([['1']]);
});

test('bytes count as they came', async () => {
  const input = gzipSync(TABLE);
  let bytes = 0;
  for await (const batch of decode(CSV, [input])) bytes = batch.bytes;
  expect(bytes).toBe(input.length);
});

test.each([
  ['orders.csv.gz', 'orders.csv'],
  ['ORDERS.JSON.ZST', 'ORDERS.JSON'],
  ['orders.gz.csv', 'orders.gz.csv'],
])('%s is called %s', (name, plain) => {
  expect(uncompressedName(name)).toBe(plain);
});
