import { describe, expect, test } from '@jest/globals';
import type { JsonFormat } from '../../../schemas/format.ts';
import { decode } from '../../../streams/formats/decode.ts';
import { decoded, faultsOf, gist } from './decoded.ts';

const json = (path?: string | string[]): JsonFormat => ({ type: 'json', ...(path === undefined ? {} : { path }) });

/** The same in one piece and in many. */
async function read(path: string | string[] | undefined, text: string): Promise<unknown[]> {
  const whole = await decoded(json(path), text);
  for (const sizes of [[1], [2, 3]]) expect(await decoded(json(path), text, { sizes })).toEqual(whole);
  return gist(json(path), text);
}

describe('records are found', () => {
  test.each<[string, string | string[] | undefined, string, unknown[]]>([
    ['in a list', undefined, '[{"a":1},\n {"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['as the document', undefined, ' {"a":[{"b":1}]} ', [{ a: [{ b: 1 }] }]],
    ['in documents one after another', undefined, '{"a":1}\n[{"a":2}]\x1e{"a":3}', [{ a: 1 }, { a: 2 }, { a: 3 }]],
    ['in a list at a path', 'data.items', '{"data":{"x":{"items":[7]},"items":[{"a":1}]}}', [{ a: 1 }]],
    ['at a path', 'order', '{"order":{"a":1}}', [{ a: 1 }]],
    ['below lists', 'order', '[{"order":{"a":1}},{"order":[{"a":2}]}]', [{ a: 1 }, { a: 2 }]],
    ['under any name', 'res.*', '{"res":{"x":{"a":1},"y":{"a":2}}}', [{ a: 1 }, { a: 2 }]],
    ['at any of several paths', ['a', 'b'], '{"b":[{"x":1}],"c":[{"x":2}],"a":{"x":3}}', [{ x: 1 }, { x: 3 }]],
    ['at the longer path if it is there', ['p', 'p.q'], '{"p":{"r":1,"q":[{"x":1},{"x":2}]}}', [{ x: 1 }, { x: 2 }]],
    ['at the shorter one if it is not', ['p', 'p.q'], '{"p":{"r":{"q":[1]}}}', [{ r: { q: [1] } }]],
    ['as documents or in their envelopes', ['.', 'order'], '{"id":1}{"order":{"id":2}}', [{ id: 1 }, { id: 2 }]],
    ['under escaped names', 'ord é', '{"ord\\u0020\\u00e9":{"a":1}}', [{ a: 1 }]],
    ['nowhere in an empty list', 'orders', '{"orders":[]}', []],
    ['nowhere where there is null', 'order', '{"order":null}', []],
    ['nowhere in nothing', undefined, ' \n ', []],
  ])('%s', async (_name, path, text, records) => {
    expect(await read(path, text)).toEqual(records);
  });

  test('in the right line, whatever ends it and wherever it is cut', async () => {
    const text = '[\r\n{"a":1},\r{"a":2},\n\r\n{"a":3}]';
    expect(await read(undefined, text)).toHaveLength(3);
    expect((await decoded(json(), text)).records.map(({ line }) => line)).toEqual([2, 3, 5]);
  });

  test('with line and column, and the text as it came', async () => {
    const { records } = await decoded(json('o'), '{"é😀":0, "o":[{"a": 1},\r\n  {"a":"x\\ny"}]}');
    expect(records).toEqual([
      { type: 'json', line: 1, column: 15, value: { a: 1 }, text: '{"a": 1}' },
      { type: 'json', line: 2, column: 3, value: { a: 'x\ny' }, text: '{"a":"x\\ny"}' },
    ]);
  });

  test('as soon as they end', async () => {
    const seen: number[] = [];
    let given = 0;
    function* input() {
      for (const piece of ['[{"a":1}', ',{"a"', ':2}', ']']) {
        given++;
        yield Buffer.from(piece);
      }
    }
    for await (const { records } of decode(json(), input())) for (const _ of records) seen.push(given);
    expect(seen).toEqual([1, 3]);
  });
});

const JSON_FAULT = 'MF_RECORD_JSON';

describe('a fault costs its own record', () => {
  test.each<[string, string, unknown[]]>([
    ['a word that JSON has not', '[{"a":1},{"a":undefined},{"a":2}]', [{ a: 1 }, JSON_FAULT, { a: 2 }]],
    [
      'an element that is no object',
      '[{"a":1},7,"x",null,[1],{"a":2}]',
      [{ a: 1 }, ...Array<string>(4).fill(JSON_FAULT), { a: 2 }],
    ],
    ['garbage in the list', '[{"a":1},nonsense,{"a":2}]', [{ a: 1 }, JSON_FAULT, { a: 2 }]],
    ['brackets that do not match', '[{"a":[1},{"a":2}]', [JSON_FAULT, { a: 2 }]],
    ['a bracket too many', '[{"a":1}},{"a":2}]', [{ a: 1 }, JSON_FAULT, { a: 2 }]],
    ['a bracket that is missing', '[{"a":[1,{"b":2},{"c":3}]', [JSON_FAULT]],
    ['a brace that is missing', '[{"a":1,"b":{"c":2},{"d":3}]\n[{"a":2}]', [JSON_FAULT, { a: 2 }]],
    ['brackets within text', '[{"a":"]}[{"},{"a":"\\"]"}]', [{ a: ']}[{' }, { a: '"]' }]],
    ['commas missing and too many', '[{"a":1} {"a":2},,]', [{ a: 1 }, { a: 2 }]],
    ['text after the document', '{"a":1} and so on {"a":2}', [{ a: 1 }, JSON_FAULT]],
    ['no JSON at all', 'a,b\n1,2\n', [JSON_FAULT]],
    ['an end within a record', '[{"a":1},{"a":', [{ a: 1 }, JSON_FAULT]],
    ['an end between records', '[{"a":1},', [{ a: 1 }, JSON_FAULT]],
  ])('%s', async (_name, text, records) => {
    expect(await read(undefined, text)).toEqual(records);
  });

  test.each<[string, string, unknown[]]>([
    ['nothing at the path', '{"errors":"x"}{"orders":[{"a":1}]}', ['MF_FEED_NO_RECORD', { a: 1 }]],
    ['no object at the path', '{"orders":17}', [JSON_FAULT]],
    ['names without quotes', '{orders:[{"a":1}]}', [JSON_FAULT]],
    ['a bracket that closes too much', '{"orders":[{"a":1}}{"orders":[{"a":2}]}', [{ a: 1 }, JSON_FAULT, { a: 2 }]],
    ['an end before the path', '{"a":{"b":1', [JSON_FAULT]],
  ])('%s', async (_name, text, records) => {
    expect(await read('orders', text)).toEqual(records);
  });

  test('and says where it shows', async () => {
    const text = '{"orders":[\n  {"id":1},\n  {"id":2,\n   "name":"é" "x"}\n]}';
    expect(await faultsOf(json('orders'), text)).toEqual([
      {
        type: 'fault',
        line: 3,
        column: 3,
        at: { line: 4, column: 15 },
        code: JSON_FAULT,
        detail: 'the record is not JSON: expected , or }, and there is "\\""',
        raw: { text: '{"id":2,\n   "name":"é" "x"}' },
      },
    ]);
  });

  test('a document without records is kept', async () => {
    expect(await faultsOf(json('orders'), '\n{"errors": "x"}')).toMatchObject([
      { line: 2, column: 1, code: 'MF_FEED_NO_RECORD', raw: { text: '{"errors": "x"}' } },
    ]);
  });
});

describe('hostile names', () => {
  test('pollute nothing', async () => {
    const text = '[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]';
    const { records } = await decoded(json(), text);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(records[0]).toMatchObject({ type: 'json', text: text.slice(1, -1) });
  });

  test('lead nowhere', async () => {
    expect(await read('orders', '{"__proto__":{"orders":[{"a":1}]},"orders":[{"a":2}]}')).toEqual([{ a: 2 }]);
  });

  test('that come twice: the last counts', async () => {
    expect(await read(undefined, '[{"a":1,"a":2}]')).toEqual([{ a: 2 }]);
  });
});

describe('what is wrong with JSON is said in our own words', () => {
  test.each([
    ['{"a":1,}', 'expected a name in quotes, and there is "}"', 8],
    ['{"a" 1}', 'expected :, and there is "1"', 6],
    ['{a:1}', 'expected a name in quotes or }, and there is "a"', 2],
    ['{"a":[1 2]}', 'expected , or ], and there is "2"', 9],
    ['{"a":tru}', 'expected a value, and there is "t"', 6],
    ['{"a":01}', 'expected , or }, and there is "1"', 7],
    ['{"a":"x\ty"}', 'a control character stands like this within a text', 8],
    ['{"a":"\\x"}', 'no escape begins like this within a text', 7],
    ['{"a":"x', 'it ends within a text', 8],
    ['{"a":', 'expected a value, and it ends', 6],
    ['{} {}', 'expected nothing more, and there is "{"', 4],
  ])('%j', async (text, words, column) => {
    const [fault] = await faultsOf({ type: 'ndjson' }, text.replace('\n', ' '));
    expect(fault?.detail).toBe(`the record is not JSON: ${words}`);
    expect(fault?.at).toEqual({ line: 1, column });
  });
});
