import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CsvFormat } from '../../../schemas/format.ts';
import { RECORD_LIMIT } from '../../../streams/formats/format.ts';
import { decoded, faultsOf, gist, isSame } from './decoded.ts';

type Options = Omit<CsvFormat, 'type'>;

const csv = (options: Options = {}): CsvFormat => ({ type: 'csv', ...options });

describe('dialects', () => {
  test.each<[string, Options, string, string[][]]>([
    ['a semicolon', { delimiter: ';' }, 'a;b\n1,5;"x;y"\n', [['1,5', 'x;y']]],
    ['a bar', { delimiter: '|' }, 'a|b\n"1|2"|3\n', [['1|2', '3']]],
    ['another quote', { quote: "'" }, "a,b\n'x,''y',\"z\"\n", [["x,'y", '"z"']]],
    ['no quotes', { quote: 'none' }, 'a,b\n"1,2"\n', [['"1', '2"']]],
    ['escaped quotes', { escape: '\\' }, 'a,b\n"say \\"hi\\"","\\\\"\n', [['say "hi"', '\\']]],
    ['escaped delimiters', { quote: 'none', escape: '\\' }, 'a,b\n1\\,2,3\n', [['1,2', '3']]],
    ['escaped line ends', { quote: 'none', escape: '\\' }, 'a,b\n1\\\n2,3\\\r\n4\n', [['1\n2', '3\r\n4']]],
    ['escaped letters', { escape: '\\' }, 'a,b\nx\\ty,"\\n\\q"\n', [['x\ty', '\nq']]],
    ['nulls of databases', { escape: '\\' }, 'a,b\n\\N,\\Nx\n', [['', 'Nx']]],
    ['an escape that is the quote', { escape: '"' }, 'a,b\n"say ""hi""",2\n', [['say "hi"', '2']]],
  ])('%s', async (_name, options, text, rows) => {
    expect(await gist(csv(options), text)).toEqual(rows);
  });

  test('tabs', async () => {
    expect(await gist({ type: 'tsv' }, 'a\tb\n1,5\t"x\ty"\n')).toEqual([['1,5', 'x\ty']]);
  });
});

const field = fc.string({ unit: fc.constantFrom('a', ';', "'", '\\', '\n', 'N', 'é', '😀'), maxLength: 6 });
const table = fc.array(fc.array(field, { minLength: 2, maxLength: 2 }), { maxLength: 8 });
const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 });

describe('what is written is read again, wherever the input is cut', () => {
  const escaped = (text: string) => text.replace(/[\\;\n']/g, (sign) => `\\${sign}`);

  test.each<[string, Options, (text: string) => string]>([
    ['with escapes', { delimiter: ';', quote: 'none', escape: '\\' }, escaped],
    ['with escapes in quotes', { delimiter: ';', quote: "'", escape: '\\' }, (text) => `'${escaped(text)}'`],
    ['with quotes', { delimiter: ';', quote: "'" }, (text) => `'${text.replaceAll("'", "''")}'`],
  ])('%s', async (_name, options, write) => {
    const property = fc.asyncProperty(table, sizes, async (rows, cuts) => {
      const written = rows.filter((row) => row.some((text) => text !== ''));
      const text = [['h', 'i'], ...written].map((row) => row.map(write).join(';')).join('\n');
      expect(await gist(csv(options), text, { sizes: cuts })).toEqual(written);
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

describe('headers', () => {
  const columns = ['InvoiceNo', 'Quantity', 'Straße'];
  const header = async (options: Options, text: string) => (await decoded(csv(options), text, { columns })).header;

  test('are what they are by default', async () => {
    expect(await header({}, ' invoiceno ,QTY\n')).toEqual(['invoiceno', 'QTY']);
  });

  test('that are compared loosely mean the columns of the source, in any case, spacing and Unicode form', async () => {
    expect(await header({ names: 'loose' }, 'invoice NO,ＱＵＡＮＴＩＴＹ,strAẞe\n')).toEqual(columns);
    expect(await header({ names: 'loose' }, 'Other Name\n')).toEqual(['Other Name']);
  });

  test('have aliases', async () => {
    const aliases = { Quantity: ['Qty', '수량'], InvoiceNo: 'No.' };
    expect(await header({ aliases }, 'No.,수량\n')).toEqual(['InvoiceNo', 'Quantity']);
    expect(await header({ aliases, names: 'loose' }, 'n O.,QTY\n')).toEqual(['InvoiceNo', 'Quantity']);
  });

  test('that name a column twice in two ways are at fault, and say which', async () => {
    const [fault] = await faultsOf(csv({ aliases: { Quantity: 'Qty' } }), 'Qty,Quantity\n1,2\n', { columns });
    expect(fault).toMatchObject({
      header: true,
      code: 'MF_FEED_COLUMNS',
      detail: 'the header names the column "Quantity" twice, as "Qty" and "Quantity"',
    });
  });

  test('can be missing', async () => {
    const feed = await decoded(csv({ header: 'none', columns: ['a', 'b'] }), '1,2\n3\n');
    expect(feed).toMatchObject({ header: ['a', 'b'], records: [{ line: 1 }, { code: 'MF_RECORD_WIDTH', line: 2 }] });
    expect(feed.records[1]).not.toHaveProperty('header');
  });
});

describe('lines that are no records', () => {
  test('a preamble, whatever quotes it holds', async () => {
    const { header, records } = await decoded(csv({ skip: 2 }), '"open\nx,y,z\na,b\n1,2\n');
    expect(header).toEqual(['a', 'b']);
    expect(records).toEqual([{ type: 'row', line: 4, fields: ['1', '2'] }]);
  });

  test('a preamble is counted in lines, blank and endless ones too', async () => {
    const text = `\n${'x'.repeat(RECORD_LIMIT + 1)}\na,b\n1,2\n`;
    const whole = await decoded(csv({ skip: 2 }), text);
    expect(whole).toMatchObject({ header: ['a', 'b'], records: [{ line: 4 }] });
    expect(await decoded(csv({ skip: 2 }), text, { sizes: [100_000] })).toEqual(whole);
  });

  test('comments, among the header and rows, but not within quotes', async () => {
    const text = '#x\na,b\n# "never closed\n1,2\n"3\n#4",5\n#';
    expect(await gist(csv({ comment: '#' }), text)).toEqual([
      ['1', '2'],
      ['3\n#4', '5'],
    ]);
  });

  test('a comment beyond the record limit is no record either, whatever its bytes are', async () => {
    const long = Buffer.concat([Buffer.from('a,b\n#'), Buffer.alloc(2 * RECORD_LIMIT, 0xff), Buffer.from('\n1,2\n')]);
    for (const size of [Infinity, 100_000]) {
      expect(await gist(csv({ comment: '#' }), long, { sizes: [size] })).toEqual([['1', '2']]);
    }
  });
});

describe('a fault says where it shows', () => {
  test.each<[string, string, Options, { line: number; at?: { line: number; column: number } }]>([
    ['in the first field too many', 'a,b\n1,é,3,4\n', {}, { line: 2, at: { line: 2, column: 5 } }],
    ['in quotes too', 'a,b\n"1\n2",x,"3"\n', {}, { line: 2, at: { line: 3, column: 6 } }],
    ['at the end of a row that is too short', 'a,b\n漢😀\n', {}, { line: 2, at: { line: 2, column: 3 } }],
    ['at the quote that never ends', 'a,b\n1,"x\n2,3\n', {}, { line: 2, at: { line: 2, column: 3 } }],
    ['after a quote that ends too soon', 'a,b\n"1\n2"x,3\n', {}, { line: 2, at: { line: 3, column: 3 } }],
  ])('%s', async (_name, text, options, place) => {
    const [fault] = await faultsOf(csv(options), text);
    expect(fault).toMatchObject({ column: 1, ...place });
  });

  test('at the byte that is no UTF-8', async () => {
    const input = Buffer.concat([Buffer.from('a,b\né,"x\n'), Buffer.from([0x79, 0xff]), Buffer.from('",3\n')]);
    expect(await faultsOf(csv(), input)).toMatchObject([{ line: 2, column: 1, at: { line: 3, column: 2 } }]);
  });
});

describe('a record that ends beyond the limit is given up, and its lines are rows', () => {
  const rows = (first: string, count: number) => `a,b\n${first}${'1,2\n'.repeat(count)}`;

  test.each([
    ['of bytes', rows('9,"', RECORD_LIMIT / 4) + '1",2\n'],
    ['of characters of several bytes', `a,b\n9,"${'é,2\n'.repeat(RECORD_LIMIT / 5)}1",2\n`],
  ])('%s', async (_name, text) => {
    const whole = await decoded(csv(), text);
    expect(whole.records[0]).toMatchObject({ code: 'MF_RECORD_QUOTE', line: 2, at: { line: 2, column: 3 } });
    expect(whole.records[1]).toMatchObject({ type: 'row', line: 3 });
    expect(await isSame(whole, csv(), text, { sizes: [70_001] })).toBe(true);
  });

  test('and one that ends within it is read', async () => {
    const text = rows('9,"', RECORD_LIMIT / 4 - 2) + '",8\n';
    const whole = await decoded(csv(), text);
    expect(whole.records).toHaveLength(1);
    expect(await isSame(whole, csv(), text, { sizes: [70_001] })).toBe(true);
  });

  test.each([
    ['escaped', '1\\\n', { escape: '\\' }],
    ['escaped or quoted in turn', '"1\\\n2,3\\\n', { escape: '\\' }],
  ])('in linear time where each line end is %s', async (_name, line, options) => {
    const before = process.cpuUsage();
    const { records } = await decoded(csv(options), `a\n${line.repeat(600_000 / line.length)}`);
    expect(records.length).toBeGreaterThan(0);
    // A quadratic scan of this takes minutes.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(20);
  });
});
