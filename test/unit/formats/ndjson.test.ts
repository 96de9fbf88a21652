import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RECORD_LIMIT, type DecodedRecord } from '../../../streams/formats/format.ts';
import { decoded } from './decoded.ts';

async function read(input: string | Buffer, size = Infinity): Promise<readonly DecodedRecord[]> {
  return (await decoded({ type: 'ndjson' }, input, { sizes: [size] })).records;
}

async function one(line: string): Promise<DecodedRecord> {
  const [record] = await read(line);
  if (record === undefined) throw new Error('no record');
  return record;
}

describe('lines of JSON', () => {
  test('are records; blank ones are not, and line ends do not matter', async () => {
    const records = await read('\uFEFF{"a":1}\r\n\n  \n{"a":"é"}\r{"a":3}');
    expect(records).toMatchObject([
      { line: 1, value: { a: 1 } },
      { line: 4, value: { a: 'é' } },
      { line: 5, value: { a: 3 } },
    ]);
  });

  test('are read the same wherever the input is cut', async () => {
    const lines = fc.array(fc.oneof(fc.json(), fc.string(), fc.constant('{"a":"漢😀"}')), { maxLength: 8 });
    const property = fc.asyncProperty(lines, fc.integer({ min: 1, max: 30 }), async (given, size) => {
      const input = given.join('\n');
      expect(await read(input, size)).toEqual(await read(input));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('keep their text, which parses to their value', async () => {
    const text = '{ "a" : [1, 2.50, "\\u00e9"] }';
    expect(await one(text)).toMatchObject({ type: 'json', text, value: { a: [1, 2.5, 'é'] } });
  });
});

describe('numbers that no double holds become text, digit by digit', () => {
  test.each([
    ['{"id":9007199254740993}', { id: '9007199254740993' }],
    ['{"id":12345678901234567890123}', { id: '12345678901234567890123' }],
    ['{"a":[1,{"b":0.12345678901234567891}]}', { a: [1, { b: '0.12345678901234567891' }] }],
    ['{"id":9007199254740991}', { id: 9007199254740991 }],
    ['{"text":"9007199254740993","n":7}', { text: '9007199254740993', n: 7 }],
  ])('%s', async (line, value) => {
    const record = await one(line);
    expect(record).toMatchObject({ type: 'json', value });
    expect(record.type === 'json' && JSON.parse(record.text)).toEqual(value);
  });
});

describe('hostile input is a fault or safe', () => {
  test('deep nesting is refused', async () => {
    const depth = 100_000;
    expect(await one(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)).toMatchObject({
      code: 'MF_RECORD_JSON',
      detail: expect.stringContaining('deep'),
    });
  });

  test('brackets within text are no nesting', async () => {
    const value = { a: '[{"\\'.repeat(100) };
    expect(await one(JSON.stringify(value))).toMatchObject({ type: 'json', value });
  });

  test('__proto__ is a name like any other', async () => {
    const record = await one('{"__proto__":{"polluted":true},"n":12345678901234567890}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(record.type === 'json' && Object.keys(record.value)).toEqual(['__proto__', 'n']);
  });

  test.each(['[1]', 'null', '17', '"text"', '{"a":', '{"a":1}{"b":2}', 'a,b,c', '\0\0'])(
    '%j is no record',
    async (line) => {
      expect(await one(line)).toMatchObject({ type: 'fault', code: 'MF_RECORD_JSON', raw: { text: line } });
    },
  );

  test('bytes that are no UTF-8 cost their own line', async () => {
    const input = Buffer.concat([
      Buffer.from('{"a":"é"}\n{"a":"'),
      Buffer.from([0xff]),
      Buffer.from('"}\n{"a":"é"}\n'),
    ]);
    expect((await read(input)).map((record) => (record.type === 'fault' ? record.code : record.type))).toEqual([
      'json',
      'MF_RECORD_NOT_UTF8',
      'json',
    ]);
  });

  test('a lone surrogate in an escape goes through', async () => {
    expect(await one('{"a":"\\ud800"}')).toMatchObject({ type: 'json', value: { a: '\ud800' } });
  });

  test('a record beyond the limit keeps its beginning, length and hash', async () => {
    const record = await one(`{"a":"${'x'.repeat(RECORD_LIMIT)}"}`);
    expect(record).toMatchObject({ code: 'MF_RECORD_TOO_LARGE', raw: { truncated: { bytes: RECORD_LIMIT + 8 } } });
  });
});
