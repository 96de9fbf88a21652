import { describe, expect, test } from '@jest/globals';
import type { FixedFormat } from '../../../schemas/format.ts';
import { RECORD_LIMIT } from '../../../streams/formats/format.ts';
import { decoded, faultsOf, gist } from './decoded.ts';

function fixed(options: Partial<FixedFormat> = {}): FixedFormat {
  const columns = [
    { name: 'id', start: 1, length: 3 },
    { name: 'name', start: 5, length: 4 },
  ];
  return { type: 'fixed', columns, ...options };
}

describe('lines of fixed width', () => {
  test('are rows of the declared columns, trimmed, wherever the input is cut', async () => {
    const text = '001 Anna\r\n\n 2  Bo\t\u3000and more\r3\n';
    const whole = await decoded(fixed(), text);
    expect(whole).toEqual({
      header: ['id', 'name'],
      records: [
        { type: 'row', line: 1, fields: ['001', 'Anna'] },
        { type: 'row', line: 3, fields: ['2', 'Bo'] },
        { type: 'row', line: 4, fields: ['3', ''] },
      ],
    });
    expect(await decoded(fixed(), text, { sizes: [1, 2] })).toEqual(whole);
  });

  test('keep their white space if the source says so', async () => {
    expect(await gist(fixed({ trim: false }), ' 1 xBo\n')).toEqual([[' 1 ', 'Bo']]);
  });

  test('count characters, also those that UTF-16 writes as pairs', async () => {
    expect(await gist(fixed(), '😀é漢 名前😀x\n')).toEqual([['😀é漢', '名前😀x']]);
  });

  test('have to be as long as declared, if a length is', async () => {
    const text = '001 Anna\n001 Ann\n001 Annabel\n';
    expect(await faultsOf(fixed({ length: 8 }), text)).toMatchObject([
      { code: 'MF_RECORD_WIDTH', line: 2, at: { line: 2, column: 8 }, raw: { text: '001 Ann' } },
      { code: 'MF_RECORD_WIDTH', line: 3, at: { line: 3, column: 9 } },
    ]);
  });

  test('pass over a preamble and comments', async () => {
    expect(await gist(fixed({ skip: 1, comment: '--' }), 'ID  NAME\n-- x\n001 Anna\n')).toEqual([['001', 'Anna']]);
  });
});

test('a comment beyond the record limit is no record either', async () => {
  const long = `001 Anna\n#${'x'.repeat(2 * RECORD_LIMIT)}\n002 Bo\n`;
  for (const size of [Infinity, 100_000]) {
    expect(await gist(fixed({ comment: '#' }), long, { sizes: [size] })).toEqual([
      ['001', 'Anna'],
      ['002', 'Bo'],
    ]);
  }
});

describe('bytes are those of the encoding of the file', () => {
  const bytes = (...values: number[]) => Buffer.from(values);
  const columns = (first: number) => [
    { name: 'a', start: 1, length: first },
    { name: 'b', start: first + 1, length: 2 },
  ];

  test.each<[string, Partial<FixedFormat>, number, Buffer, string]>([
    ['CP949', { encoding: 'cp949' }, 4, bytes(0xb1, 0xe8, 0x8c, 0x63), '김똠'],
    ['Shift_JIS', { encoding: 'shift_jis' }, 4, bytes(0xb1, 0x82, 0xa0, 0x31), 'ｱあ1'],
    ['GB18030', { encoding: 'gb18030' }, 6, bytes(0x95, 0x32, 0x82, 0x36, 0xc4, 0xe3), '𠀀你'],
    ['windows-1252', { encoding: 'windows-1252' }, 4, bytes(0x80, 0xe9, 0x31, 0x32), '€é12'],
    ['UTF-8', {}, 9, Buffer.from('é漢😀'), 'é漢😀'],
    ['UTF-16', { encoding: 'utf-16le' }, 6, Buffer.from('é😀', 'utf16le'), 'é😀'],
  ])('in %s', async (_name, options, width, input, text) => {
    const last = Buffer.from('x', options.encoding === 'utf-16le' ? 'utf16le' : 'utf8');
    const format = fixed({ columns: columns(width), unit: 'bytes', ...options });
    expect(await gist(format, Buffer.concat([input, last]))).toEqual([[text, 'x']]);
  });

  test('and a column that begins or ends within a character is at fault', async () => {
    const format = fixed({ columns: columns(4), unit: 'bytes', encoding: 'cp949' });
    const [fault] = await faultsOf(format, bytes(0x31, 0xb1, 0xe8, 0xb1, 0xe8, 0x32, 0x33));
    expect(fault).toMatchObject({
      code: 'MF_RECORD_WIDTH',
      detail: 'the column a begins or ends within a character',
      at: { line: 1, column: 3 },
      raw: { text: '1김김23' },
    });
  });
});
