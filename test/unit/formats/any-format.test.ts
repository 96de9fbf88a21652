import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SourceFormat } from '../../../schemas/format.ts';
import { decode, decodeWhole } from '../../../streams/formats/decode.ts';
import { RECORD_LIMIT, type DecodedRecord } from '../../../streams/formats/format.ts';
import { decoded } from './decoded.ts';

const columns = [
  { name: 'a', start: 1, length: 2 },
  { name: 'b', start: 4, length: 3 },
];

/** Formats, and what inputs of theirs are made of. */
const FORMATS: [string, SourceFormat[], string[]][] = [
  [
    'csv',
    [
      { type: 'csv' },
      { type: 'tsv' },
      { type: 'csv', escape: '\\', comment: '#' },
      { type: 'csv', quote: 'none', escape: '\\', skip: 1 },
      { type: 'csv', header: 'none', columns: ['x', 'y'] },
    ],
    ['a', ',', '\t', '"', '\n', '\r', '\r\n', '\\', '#', 'é', '漢', '😀', '""', '\0'],
  ],
  [
    'fixed',
    [
      { type: 'fixed', columns },
      { type: 'fixed', columns, unit: 'bytes', length: 6, comment: '#' },
    ],
    ['a', ' ', 'é', '漢', '😀', '\n', '\r', '#', 'abc'],
  ],
  [
    'json',
    [
      { type: 'ndjson' },
      { type: 'json' },
      { type: 'json', path: 'orders' },
      { type: 'json', path: ['.', 'a', 'a.orders', 'x.*'] },
    ],
    ['{', '}', '[', ']', '"', ':', ',', '"a":', '"orders":[', '{"a":1}', '1', 'null', '\\', '\\"', ' ', '\n', 'é', 'x'],
  ],
  [
    'xml',
    [
      { type: 'xml' },
      { type: 'xml', record: 'o' },
      { type: 'xml', record: ['o', 'a'], namespace: 'u', namespaces: { p: 'u' }, lists: ['a'] },
    ],
    [
      '<o>',
      '</o>',
      '<a>',
      '</a>',
      '<a',
      '>',
      '/>',
      '<',
      '/',
      ' x="1"',
      ' xmlns="u"',
      '<o/>',
      '"',
      "'",
      '=',
      '&',
      '&amp;',
      ' ',
      '\n',
      '\r',
      'é',
      'x',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?xml version="1.0"?>',
      '<?',
      '?>',
      '<!DOCTYPE',
      '[',
      ']',
    ],
  ],
];

const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });

describe.each(FORMATS)('%s', (_name, formats, tokens) => {
  const input = fc.record({
    format: fc.constantFrom(...formats),
    text: fc.array(fc.constantFrom(...tokens), { maxLength: 40 }).map((items) => items.join('')),
    bytes: fc.array(fc.record({ at: fc.nat(200), byte: fc.nat(255) }), { maxLength: 2 }),
    packed: fc.constantFrom<'no' | 'gzip' | 'cut'>('no', 'no', 'no', 'gzip', 'cut'),
  });

  test('gives the same records at the same places, wherever any input is cut', async () => {
    const property = fc.asyncProperty(input, sizes, async ({ format, text, bytes, packed }, cuts) => {
      const plain = Buffer.from(text);
      for (const { at, byte } of bytes) if (at < plain.length) plain[at] = byte;
      const packedBytes = packed === 'no' ? plain : gzipSync(plain);
      const whole = packed === 'cut' ? packedBytes.subarray(0, Math.ceil(packedBytes.length / 2)) : packedBytes;
      expect(await decoded(format, whole, { sizes: cuts })).toEqual(await decoded(format, whole));
    });
    await fc.assert(property, { numRuns: 400 });
  });
});

const MIB = 1024 * 1024;

/** Bytes as random as a picture's, behind its beginning. */
function jpeg(): Buffer {
  const bytes = Buffer.alloc(100_000);
  let seed = 1;
  for (let i = 0; i < bytes.length; i++) bytes[i] = (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
  return Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), bytes]);
}

/** 16 MiB of one text after a beginning. */
function* endless(begin: string, block: string, end = ''): Generator<Buffer> {
  yield Buffer.from(begin);
  const filling = Buffer.from(block.repeat(Math.ceil((64 * 1024) / block.length)));
  for (let i = 0; i < (16 * MIB) / filling.length; i++) yield filling;
  yield Buffer.from(end);
}

const ALL = FORMATS.flatMap(([, formats]) => formats);

interface Seen {
  records: number;
  faults: DecodedRecord[];
  memory: number;
}

async function watch(format: SourceFormat, chunks: Iterable<Buffer>): Promise<Seen> {
  const seen: Seen = { records: 0, faults: [], memory: 0 };
  const before = process.memoryUsage().arrayBuffers;
  for await (const { records } of decode(format, chunks)) {
    seen.records += records.length;
    for (const record of records) if (record.type === 'fault' && seen.faults.length < 10) seen.faults.push(record);
    seen.memory = Math.max(seen.memory, process.memoryUsage().arrayBuffers - before);
  }
  return seen;
}

describe('garbage in any format is faults, and nothing else', () => {
  test.each(ALL)('a picture as %j', async (format) => {
    const { records } = await decoded(format, jpeg());
    expect(records.length).toBeGreaterThan(0);
    const faulty = records.filter(({ type }) => type === 'fault').length;
    // Bytes that happen to be text are a row where every row is one.
    expect(faulty / records.length).toBeGreaterThan(format.type === 'fixed' ? 0.5 : 0.9);
    expect(await decoded(format, jpeg(), { sizes: [1000] })).toEqual({ ...(await decoded(format, jpeg())) });
  });

  test.each(ALL.filter((format) => !('skip' in format)))('zeros as %j', async (format) => {
    const { records } = await watch(format, [Buffer.alloc(2 * MIB)]);
    expect(records).toBe(1);
  });
});

describe('what does not end costs no memory, and one fault', () => {
  const XML: SourceFormat = { type: 'xml', record: 'o' };
  const JSON_LIST: SourceFormat = { type: 'json' };
  const ORDERS: SourceFormat = { type: 'json', path: 'orders' };
  const CSV: SourceFormat = { type: 'csv' };
  const FIXED: SourceFormat = { type: 'fixed', columns };

  test.each<[string, SourceFormat, Iterable<Buffer>, number]>([
    ['a line', CSV, endless('a,b\n1,2\n', 'x', '\n3,4\n'), 3],
    ['a quote', CSV, endless('a,b\n1,2\n3,"', 'x', ''), 2],
    ['a comment', { type: 'csv', comment: '#' }, endless('a,b\n1,2\n#', 'x', '\n3,4\n'), 2],
    ['a line of fixed width', FIXED, endless('1\n', 'x', '\n2\n'), 3],
    ['a line of JSON', { type: 'ndjson' }, endless('{"a":1}\n{"a":"', 'x', '"}\n{"a":2}'), 3],
    ['a text in JSON', JSON_LIST, endless('[{"a":1},{"a":"', 'x', '"},{"a":2}]'), 3],
    ['a name in JSON', ORDERS, endless('{"', 'x', '":1,"orders":[{"a":1}]}'), 1],
    ['a number in JSON', JSON_LIST, endless('[{"a":1},', '1', ',{"a":2}]'), 3],
    ['nesting in JSON', JSON_LIST, endless('[{"a":1},', '['), 2],
    ['objects in JSON', JSON_LIST, endless('[{"a":1},', '{"a":'), 2],
    ['white space in JSON', JSON_LIST, endless('[{"a":1},', ' ', '{"a":2}]'), 2],
    ['a document without records', ORDERS, endless('{"x":"', 'x', '"}'), 1],
    ['a document that may be one', { type: 'json', path: ['.', 'a'] }, endless('{"x":"', 'x', '","a":{}}'), 1],
    ['text in XML', XML, endless('<a><o>1</o><o>', 'x', '</o><o/></a>'), 3],
    ['CDATA in XML', XML, endless('<a><o>1</o><o><![CDATA[', ']', ']]></o><o/></a>'), 3],
    ['an attribute in XML', XML, endless('<a><o>1</o><o x="', 'x', '"/><o/></a>'), 3],
    ['a tag in XML', XML, endless('<a><o>1</o><', 'x', '/><o/></a>'), 2],
    ['a comment in XML', XML, endless('<a><o>1</o><!--', '-', '--><o/></a>'), 2],
    ['a document type', XML, endless('<!DOCTYPE a [', '<!ENTITY e "x">', ']><a><o>1</o></a>'), 1],
    ['nesting in XML', XML, endless('<a><o>', '<b>'), 1],
    ['nesting around records', XML, endless('<a>', '<b>', '<o/>'), 2],
    ['end tags in XML', XML, endless('<a><o>', '</b>', '</o><o/></a>'), 2],
  ])('%s', async (_name, format, chunks, count) => {
    const { records, memory } = await watch(format, chunks);
    expect(records).toBe(count);
    expect(memory).toBeLessThan(8 * MIB);
  });

  test.each<[SourceFormat, string, string]>([
    [JSON_LIST, `{"a":"${'x'.repeat(RECORD_LIMIT - 8)}"}`, '[%]'],
    [XML, `<o>${'x'.repeat(RECORD_LIMIT - 7)}</o>`, '<a>%</a>'],
  ])(
    'a record of %j is at most 512 KiB, and a longer one keeps its beginning, length and hash',
    async (format, record, around) => {
      const longer = record.replace('x', 'xx');
      const input = around.replace('%', record) + around.replace('%', longer);
      const feed = await decoded(format, input);
      expect(feed.records.map(({ type }) => type)).toEqual(['json', 'fault']);
      const sha256 = createHash('sha256').update(longer).digest('hex');
      const raw = { text: longer.slice(0, 4096), truncated: { bytes: RECORD_LIMIT + 1, sha256 } };
      expect(feed.records[1]).toMatchObject({ code: 'MF_RECORD_TOO_LARGE', raw });
      expect(await decoded(format, input, { sizes: [100_000] })).toEqual(feed);
      expect(decodeWhole(format, Buffer.from(input)).records).toEqual(feed.records);
    },
  );

  test('names of XML that would make a record long as JSON do not', async () => {
    const format: SourceFormat = { ...XML, namespaces: {} };
    const names = Array.from({ length: 20_000 }, (_, i) => `<p:a${i}/>`).join('');
    const input = `<o xmlns:p="${'u'.repeat(100_000)}">${names}</o>`;
    const { records, memory } = await watch(format, [Buffer.from(input)]);
    expect(records).toBe(1);
    expect(memory).toBeLessThan(8 * MIB);
  });
});
