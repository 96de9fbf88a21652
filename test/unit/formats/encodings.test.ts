import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ENCODINGS, type EncodingLabel, type SourceFormat } from '../../../schemas/format.ts';
import { codePageOf } from '../../../streams/formats/code-page.ts';
import { decoded, faultsOf, gist } from './decoded.ts';

const csv = (encoding?: EncodingLabel): SourceFormat => ({
  type: 'csv',
  ...(encoding === undefined ? {} : { encoding }),
});

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const row = (bytes: Buffer) => Buffer.concat([Buffer.from('a\n'), bytes, Buffer.from('\n')]);

describe('text is read in its encoding', () => {
  // Bytes and their characters as the standards of the encodings have them.
  test.each<[EncodingLabel, string, string]>([
    ['utf-8', 'ed 95 9c f0 9f 98 80', '한😀'],
    ['latin1', 'e9 80 92 a4', 'é€’¤'],
    ['iso-8859-1', 'fc df', 'üß'],
    ['iso-8859-2', 'a3 f3 64 bc', 'Łódź'],
    ['iso-8859-15', 'a4 bd', '€œ'],
    ['windows-1250', '8c ea 9f', 'Śęź'],
    ['windows-1251', 'cf f0 e8 e2 e5 f2', 'Привет'],
    ['windows-1252', '80 93 94 9f ff', '€“”Ÿÿ'],
    ['windows-1253', 'c3 e5 e9 dc', 'Γειά'],
    ['windows-1254', 'dd fe f0', 'İşğ'],
    ['windows-1255', 'f9 ec e5 ed', 'שלום'],
    ['windows-1256', 'e3 d1 cd c8 c7', 'مرحبا'],
    ['windows-1257', 'e2 e7 eb', '\u0101\u0113\u0117'],
    ['windows-1258', 'd0 fd', 'Đư'],
    ['cp949', 'c7 d1 b1 db 8c 63 c6 52 81 41 a2 e6', '한글똠힣갂€'],
    ['euc-kr', 'c7 d1 b1 db', '한글'],
    ['shift_jis', '93 fa 96 7b b1 5c 7e 81 60', '日本ｱ\\~～'],
    ['gb18030', 'c4 e3 ba c3 95 32 82 36', '你好𠀀'],
    ['gbk', 'c4 e3 80', '你€'],
  ])('%s', async (encoding, bytes, text) => {
    const input = row(hex(bytes));
    for (const sizes of [[Infinity], [1], [3, 2]]) {
      expect(await gist(csv(encoding), input, { sizes })).toEqual([[text]]);
    }
  });

  test.each<[EncodingLabel | undefined, string, string]>([
    [undefined, 'UTF-8', 'ef bb bf 61 0a c3 a9'],
    [undefined, 'UTF-16, little end first', 'ff fe 61 00 0a 00 e9 00'],
    [undefined, 'UTF-16, big end first', 'fe ff 00 61 00 0a 00 e9'],
    ['cp949', 'UTF-8, whatever is declared', 'ef bb bf 61 0a c3 a9'],
    ['utf-16', 'UTF-16, whichever end is first', 'fe ff 00 61 00 0a 00 e9'],
  ])('%s with the byte order mark of %s', async (encoding, _name, bytes) => {
    for (const sizes of [[Infinity], [1]]) {
      expect(await decoded(csv(encoding), hex(bytes), { sizes })).toMatchObject({
        header: ['a'],
        records: [{ fields: ['é'] }],
      });
    }
  });

  test('UTF-16 without a mark begins with the little end', async () => {
    expect(await gist(csv('utf-16'), Buffer.from('a\né\n', 'utf16le'))).toEqual([['é']]);
  });
});

describe('CP949', () => {
  const { pairs, singles } = codePageOf('cp949');

  test('has every syllable of Hangul once, in the order of Unicode where KS X 1001 has it not', () => {
    const syllables = [...(pairs ?? [])].filter((code) => code >= 0xac00 && code <= 0xd7a3);
    expect(syllables).toHaveLength(11_172);
    expect(new Set(syllables).size).toBe(11_172);
    const extended = [...(pairs ?? []).entries()].filter(
      ([pair, code]) => code !== 0 && (pair < 0xa1a1 || (pair & 0xff) < 0xa1),
    );
    expect(extended).toHaveLength(8822);
    expect(extended.map(([, code]) => code)).toEqual(extended.map(([, code]) => code).sort((a, b) => a - b));
  });

  test('has no single characters but those of ASCII', () => {
    expect(
      [...singles].map((code, byte) => [byte, code]).filter(([byte, code]) => code !== byte && code !== 0),
    ).toEqual([]);
    expect(singles.subarray(0x80).every((code) => code === 0)).toBe(true);
  });
});

test('Shift_JIS has the control characters where ASCII has them', () => {
  const { singles } = codePageOf('shift_jis');
  expect([...singles.subarray(0, 0x80)]).toEqual(Array.from({ length: 0x80 }, (_, i) => i));
});

describe('bytes that are no text', () => {
  test.each<[EncodingLabel, string, string, number, string]>([
    ['cp949', 'c7 d1 ff 41', '한\udcffA', 2, 'the byte 0xff is no text in cp949'],
    ['cp949', '61 81 20 62', 'a\udc81 b', 2, 'the byte 0x81 is no text in cp949'],
    ['cp949', '61 c9 a1', 'a\udcc9\udca1', 2, 'the byte 0xc9 is no text in cp949'],
    ['cp949', '81 0a', '\udc81', 1, 'the byte 0x81 is no text in cp949'],
    ['shift_jis', '82 a0 a0', 'あ\udca0', 2, 'the byte 0xa0 is no text in shift_jis'],
    ['gb18030', '81 30 81', '\udc810\udc81', 1, 'the byte 0x81 is no text in gb18030'],
    ['windows-1253', '61 aa', 'a\udcaa', 2, 'the byte 0xaa is no text in windows-1253'],
  ])('in %s, %s, are kept in their place', async (encoding, bytes, text, column, words) => {
    const input = row(hex(bytes));
    const faults = await faultsOf(csv(encoding), input);
    const place = column === 1 ? {} : { at: { line: 2, column } };
    expect(faults[0]).toMatchObject({ code: 'MF_RECORD_ENCODING', line: 2, column: 1, raw: { text }, ...place });
    expect(faults[0]?.detail).toContain(words);
    expect(await faultsOf(csv(encoding), input, { sizes: [1] })).toEqual(faults);
  });

  test('halves of pairs, and half a unit, in UTF-16', async () => {
    const input = Buffer.concat([Buffer.from('a\n\ud83dx\n\ude00\n', 'utf16le'), Buffer.from([0x61])]);
    const faults = await faultsOf(csv('utf-16le'), input);
    expect(faults.map(({ raw }) => raw.text)).toEqual(['\ud83dx', '\ude00', '\udc61']);
    expect(await faultsOf(csv('utf-16le'), input, { sizes: [1] })).toEqual(faults);
  });

  test('cost their own record only', async () => {
    const input = Buffer.concat([row(hex('c7d1')), hex('ff0a'), hex('b1db0a')]);
    expect(await gist(csv('cp949'), input)).toEqual([['한'], 'MF_RECORD_ENCODING', ['글']]);
  });

  test('are one fault, whole, where there is no text at all', async () => {
    const bytes = Buffer.from(
      Array.from({ length: 255 }, (_, i) => 255 - i).filter((byte) => byte !== 0x0a && byte !== 0x0d),
    );
    const [fault] = await faultsOf(csv('cp949'), row(bytes));
    // Characters of ASCII are one byte each, so are lone surrogates; the others are pairs.
    const widths = Array.from(fault?.raw.text ?? '', (character) => (/[\0-\x7f\udc80-\udcff]/.test(character) ? 1 : 2));
    expect(widths.reduce((sum, width) => sum + width, 0)).toBe(bytes.length);
  });
});

describe('an XML document says what it is in', () => {
  const xml: SourceFormat = { type: 'xml' };
  const document = (label: string, bytes: string) =>
    Buffer.concat([Buffer.from(`<?xml version="1.0" encoding="${label}"?><o>`), hex(bytes), Buffer.from('</o>')]);

  test.each([
    ['EUC-KR', 'c7d1', '한'],
    ['ks_c_5601-1987', '8c63', '똠'],
    ['windows-31j', '82a0', 'あ'],
    ['ISO-8859-1', 'e9', 'é'],
    ['UTF-8', 'c3a9', 'é'],
    ['UTF-16', 'c3a9', 'é'],
  ])('%s', async (label, bytes, text) => {
    for (const sizes of [[Infinity], [1]]) {
      expect(await gist(xml, document(label, bytes), { sizes })).toMatchObject([{ '#text': text }]);
    }
  });

  test('in UTF-16 without a mark', async () => {
    const text = '<?xml version="1.0" encoding="UTF-16"?><o>é</o>';
    expect(await gist(xml, Buffer.from(text, 'utf16le'), { sizes: [1] })).toMatchObject([{ '#text': 'é' }]);
    expect(await gist(xml, Buffer.from(text, 'utf16le').swap16())).toMatchObject([{ '#text': 'é' }]);
  });

  test('unless the source says otherwise', async () => {
    expect(await gist({ ...xml, encoding: 'cp949' }, document('UTF-8', 'c7d1'))).toMatchObject([{ '#text': '한' }]);
  });

  test('and where nobody knows that, it is read as UTF-8, and what is none says why', async () => {
    expect(await gist(xml, document('x-klingon', '61'))).toMatchObject([{ '#text': 'a' }]);
    const [fault] = await faultsOf(xml, document('x-klingon', 'e9'));
    expect(fault).toMatchObject({ code: 'MF_RECORD_ENCODING', raw: { base64: expect.any(String) } });
    expect(fault?.detail).toContain('"x-klingon", which is not known');
  });
});

test('any bytes in any encoding are the same records, wherever they are cut', async () => {
  const bytes = fc.array(
    fc.constantFrom(0x0a, 0x2c, 0x22, 0x30, 0x41, 0x61, 0x7f, 0x80, 0x81, 0xa1, 0xb0, 0xd8, 0xdc, 0xfe, 0xff),
    { maxLength: 60 },
  );
  const label = fc.constantFrom(...(Object.keys(ENCODINGS) as EncodingLabel[]));
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 });
  const property = fc.asyncProperty(bytes, label, sizes, async (given, encoding, cuts) => {
    const input = Buffer.from(given);
    expect(await decoded(csv(encoding), input, { sizes: cuts })).toEqual(await decoded(csv(encoding), input));
  });
  await fc.assert(property, { numRuns: 500 });
});
