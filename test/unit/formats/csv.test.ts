import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CsvDecoder } from '../../../streams/formats/csv.ts';
import { decode } from '../../../streams/formats/decode.ts';
import { RECORD_LIMIT, type DecodedRecord, type FaultRecord } from '../../../streams/formats/format.ts';
import { decoded, faultsOf, gist, pieces } from './decoded.ts';

const CSV = { type: 'csv' } as const;

const read = (input: string | Buffer, size = Infinity) => decoded(CSV, input, { sizes: [size] });
const rows = (input: string | Buffer, size = Infinity) => gist(CSV, input, { sizes: [size] });
const faults = (input: string | Buffer): Promise<FaultRecord[]> => faultsOf(CSV, input);

describe('well-formed CSV', () => {
  test.each([
    ['LF', 'a,b\n1,2\n3,4\n'],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['CR', 'a,b\r1,2\r3,4\r'],
    ['no end of the last line', 'a,b\n1,2\n3,4'],
    ['blank lines', '\na,b\n\n1,2\n\r\n3,4\n\n'],
    ['a byte order mark', '\uFEFFa,b\n1,2\n3,4\n'],
    ['quotes where none are needed', '"a","b"\n"1",2\n3,"4"\n'],
  ])('reads rows with %s', async (_name, text) => {
    const { header, records } = await read(text);
    expect(header).toEqual(['a', 'b']);
    expect(records).toMatchObject([{ fields: ['1', '2'] }, { fields: ['3', '4'] }]);
    for (let size = 1; size < 8; size++) expect((await read(text, size)).records).toEqual(records);
  });

  test('keeps line breaks and doubled quotes within quotes', async () => {
    expect(await rows('a,b\n"x\r\ny","say ""hi"""\n1,"\n"\n')).toEqual([
      ['x\r\ny', 'say "hi"'],
      ['1', '\n'],
    ]);
  });

  test('takes a quote in the middle of an unquoted field as it stands', async () => {
    expect(await rows('a,b\n5" nail,2\n')).toEqual([['5" nail', '2']]);
  });

  test('says on which line each record begins', async () => {
    const { records } = await read('a,b\n\n1,"x\ny"\r\n3,4\n');
    expect(records.map(({ line }) => line)).toEqual([3, 5]);
  });

  test('gives records as soon as their line has ended', () => {
    const decoder = new CsvDecoder(CSV);
    expect(decoder.push(Buffer.from('a,b\n1,"long')).records).toEqual([]);
    expect(decoder.push(Buffer.from('er\n2"')).records).toEqual([]);
    expect(decoder.push(Buffer.from('\n4,5')).records).toMatchObject([{ fields: ['1', 'longer\n2'] }]);
    expect(decoder.push(Buffer.from('\n')).records).toMatchObject([{ fields: ['4', '5'] }]);
  });

  test('gives records as soon as their line has ended, also with CR', () => {
    const decoder = new CsvDecoder(CSV);
    expect(decoder.push(Buffer.from('a,b\r1,2\r')).records).toEqual([]);
    expect(decoder.push(Buffer.from('3')).records).toMatchObject([{ line: 2, fields: ['1', '2'] }]);
  });

  test('reads nothing out of nothing', async () => {
    expect(await read('')).toEqual({ header: undefined, records: [] });
    expect(await read('a,b\n')).toEqual({ header: ['a', 'b'], records: [] });
  });
});

const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é', '漢', '😀', '\0'), maxLength: 8 });

function quote(text: string): string {
  return /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
}

test('what is written is read again, wherever the input is cut', async () => {
  const table = fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { maxLength: 12 });
  const property = fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (written, size) => {
    const text = [['h1', 'h2', 'h3'], ...written].map((row) => row.map(quote).join(',')).join('\n');
    expect(await rows(text, size)).toEqual(written);
  });
  await fc.assert(property, { numRuns: 300 });
});

test('any bytes are read to the end, and cutting them elsewhere changes nothing', async () => {
  const bytes = fc.array(fc.constantFrom(...Buffer.from('ab,"\n\r\0'), 0xff, 0xc3, 0xa9), { maxLength: 80 });
  const property = fc.asyncProperty(bytes, fc.integer({ min: 1, max: 9 }), async (given, size) => {
    const input = Buffer.from(given);
    const whole = await read(input);
    expect(await read(input, size)).toEqual(whole);
  });
  await fc.assert(property, { numRuns: 500 });
});

describe('faults cost their own record only', () => {
  test('a row of another width', async () => {
    expect(await rows('a,b\n1\n1,2,3\n"x\ny",2,3\n5,6\n')).toEqual([
      'MF_RECORD_WIDTH',
      'MF_RECORD_WIDTH',
      'MF_RECORD_WIDTH',
      ['5', '6'],
    ]);
    expect((await faults('a,b\n"x\ny",2,3\n'))[0]).toMatchObject({ line: 2, raw: { text: '"x\ny",2,3' } });
  });

  test('bytes that are no UTF-8 are kept', async () => {
    const broken = Buffer.from([0x31, 0x2c, 0xff, 0xfe]);
    const input = Buffer.concat([Buffer.from('a,b\né,1\n'), broken, Buffer.from('\né,2\n')]);
    expect(await rows(input)).toEqual([['é', '1'], 'MF_RECORD_NOT_UTF8', ['é', '2']]);
    expect((await faults(input))[0]?.raw).toEqual({ base64: broken.toString('base64') });
  });

  test('a quote that never ends is charged to its line, and every later row is read', async () => {
    const input = 'a,b\n1,"2\n3,4\n5,6\n';
    expect(await rows(input)).toEqual(['MF_RECORD_QUOTE', ['3', '4'], ['5', '6']]);
    expect((await faults(input))[0]).toMatchObject({ line: 2, raw: { text: '1,"2' } });
  });

  test('a quote that ends in a later row is charged to its line, and that row is read', async () => {
    expect(await rows('a,b\n1,"2\n3,4\n"5\n5",6\n7,8\n')).toEqual([
      'MF_RECORD_QUOTE',
      ['3', '4'],
      ['5\n5', '6'],
      ['7', '8'],
    ]);
  });

  test('a quote that goes beyond the record limit is given up before the end of the input', async () => {
    const good = '1,2\n'.repeat(RECORD_LIMIT / 2);
    const decoder = new CsvDecoder(CSV);
    let early: DecodedRecord[] = [];
    for (const piece of pieces(Buffer.from(`a,b\n1,"2\n${good}`), [64 * 1024])) {
      early = early.concat(decoder.push(piece).records);
    }
    expect(early[0]).toMatchObject({ type: 'fault', code: 'MF_RECORD_QUOTE', line: 2 });
    expect(early.length + decoder.end().records.length).toBe(1 + RECORD_LIMIT / 2);
  });

  test.each([
    ['open in every row', '1,"x\n', 1],
    ['look open both from within and from without', 'a",b"",c,"\n', 1],
    ['are open in every other row', '1,"x\n2,3\n', 0.5],
  ])('quotes that %s are read in linear time', async (_name, line, share) => {
    const count = Math.ceil((1024 * 1024) / line.length);
    const decoder = new CsvDecoder(CSV);
    let faulty = 0;
    let all = 0;
    const before = process.cpuUsage();
    for (const piece of pieces(Buffer.from('a,b\n' + line.repeat(count)), [64 * 1024])) {
      for (const record of decoder.push(piece).records) {
        all++;
        if (record.type === 'fault') faulty++;
      }
    }
    for (const record of decoder.end().records) {
      all++;
      if (record.type === 'fault') faulty++;
    }
    expect(faulty / all).toBeCloseTo(share, 2);
    // A quadratic scan of this takes an hour.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(20);
  });

  test('a line of 50 MB is one fault: its beginning, length and hash are kept, and little memory is used', async () => {
    const block = Buffer.alloc(64 * 1024, 'x');
    function* input(): Generator<Buffer> {
      yield Buffer.from('a,b\n1,2\n');
      for (let i = 0; i < 800; i++) yield block;
      yield Buffer.from('\r\n3,4\n');
    }
    const before = process.memoryUsage();
    const records: DecodedRecord[] = [];
    let most = 0;
    for await (const batch of decode(CSV, input())) {
      records.push(...batch.records);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before.arrayBuffers);
    }
    expect(records).toMatchObject([{ fields: ['1', '2'], line: 2 }, { line: 3 }, { fields: ['3', '4'], line: 4 }]);
    const sha256 = createHash('sha256')
      .update(Buffer.alloc(800 * block.length, 'x'))
      .digest('hex');
    expect(records[1]).toMatchObject({
      code: 'MF_RECORD_TOO_LARGE',
      raw: { text: 'x'.repeat(4096), truncated: { bytes: 800 * block.length, sha256 } },
    });
    expect(most).toBeLessThan(8 * 1024 * 1024);
  });

  test('a line beyond the limit that comes at once is no other fault than one that comes in pieces', async () => {
    const input = `a,b\n${'é'.repeat(RECORD_LIMIT)}\n1,2\n`;
    const whole = await read(input);
    expect(whole.records.map(({ type }) => type)).toEqual(['fault', 'row']);
    expect(await read(input, 50_000)).toEqual(whole);
  });

  test('a picture is a faulty header and faulty rows', async () => {
    const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb0043000a0d0a2c220a0affd9', 'hex');
    const { header, records } = await read(jpeg);
    expect(header).toBeUndefined();
    expect(records[0]).toMatchObject({ type: 'fault', header: true, code: 'MF_RECORD_NOT_UTF8' });
  });

  test('a header that names a column twice is at fault', async () => {
    expect((await read('a,b,a\n1,2,3\n')).records[0]).toMatchObject({ header: true, code: 'MF_FEED_COLUMNS' });
  });
});
