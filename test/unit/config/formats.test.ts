import { describe, expect, test } from '@jest/globals';
import { parseSource } from '../../../config/sources.ts';
import { problemText } from '../../../config/yaml-file.ts';

function source(format: string, record = 'columns: [id, name]'): string {
  return `name: shop
version: 1
namespace: shop
format: ${format}
records:
  customer:
    ${record}
    identity: id
    route: { kind: customer, id: id }
    parts: [{ name: customer, fields: { id: id } }]
`;
}

/** The place that an error has to name is marked by this. */
const HERE = '⮞';

function errorOf(format: string, record?: string): { message: string; place: string } {
  const marked = source(format, record).split('\n');
  const line = marked.findIndex((text) => text.includes(HERE));
  const place = `x.yaml:${line + 1}:${(marked[line] ?? '').indexOf(HERE) + 1}: `;
  const [problem] = parseSource(marked.join('\n').replace(HERE, ''), 'x.yaml').problems;
  return { message: problem === undefined ? 'nothing is wrong' : problemText(problem), place };
}

describe('a wrong format names file, line, column and what would be right', () => {
  test.each<[string, string | RegExp]>([
    ['{ type: ⮞jsonn }', 'format.type is one of csv, tsv, ndjson, json, xml, fixed; did you mean "json"?'],
    ['⮞{ delimiter: "," }', 'format.type is one of csv, tsv, ndjson, json, xml, fixed'],
    ['⮞csv', 'format must be object'],
    ['{ type: csv, ⮞delimeter: ";" }', 'format has no "delimeter"; did you mean "delimiter"?'],
    ['{ type: json, ⮞delimiter: ";" }', 'format has no "delimiter"'],
    ['{ type: xml, ⮞records: order }', 'format has no "records"; did you mean "record"?'],
    ['{ type: csv, delimiter: ⮞";;" }', 'format.delimiter must be one ASCII character'],
    ['{ type: csv, delimiter: ⮞"\\n" }', 'format.delimiter must be one ASCII character'],
    ['{ type: csv, quote: ⮞no quotes }', 'format.quote must be one ASCII character, or none'],
    ['{ type: csv, comment: ⮞일 }', 'format.comment must be up to 8 ASCII characters'],
    ['{ type: csv, encoding: ⮞EUC-KR }', /format\.encoding is one of utf-8, .*, gb18030; did you mean "euc-kr"\?/],
    ['{ type: csv, compression: ⮞bzip2 }', 'format.compression is one of auto, none, gzip, zstd'],
    ['{ type: csv, names: ⮞lose }', 'format.names is one of exact, loose; did you mean "loose"?'],
    ['{ type: csv, skip: ⮞-1 }', 'format.skip must be >= 0'],
    ['{ type: json, path: ⮞7 }', 'format.path must be string or array'],
    ['{ type: json, path: [orders, ⮞7] }', 'format.path.1 must be string'],
    ['⮞{ type: fixed }', 'format needs columns'],
    ['{ type: fixed, columns: [{ name: id, start: ⮞0, length: 3 }] }', 'format.columns.0.start must be >= 1'],
  ])('%s', (format, words) => {
    const { message, place } = errorOf(format);
    expect(message.slice(0, place.length)).toBe(place);
    expect(message).toMatch(words);
  });
});

describe('options that do not fit each other, or the records, are errors', () => {
  const columns = '{ name: id, start: 1, length: 3 }, ⮞{ name: name, start: 4, length: 5 }';

  test.each<[string, string]>([
    ['⮞{ type: csv, delimiter: "\\"" }', 'format.quote is the delimiter too'],
    ['{ type: tsv, escape: ⮞"\\t" }', 'format.escape is the delimiter too'],
    ['{ type: csv, comment: ⮞",x" }', 'format.comment begins as a row may: with the delimiter or a quote'],
    ['{ type: csv, header: ⮞none }', 'format.columns has to name the fields where header is none'],
    ['{ type: csv, columns: ⮞[id, name] }', 'format.columns is for files without a header: add header: none'],
    [
      '{ type: csv, header: none, columns: [id, name], names: ⮞loose }',
      'format.names is about headers, and header is none',
    ],
    ['{ type: csv, aliases: { nmae: ⮞[x] } }', 'no record has a column "nmae"; did you mean "name"?'],
    ['{ type: csv, aliases: { id: x, name: ⮞[y, x] } }', '"x" is an alias of "id" already'],
    [`{ type: fixed, columns: [${columns.replace('name: name', 'name: id')}] }`, 'two columns are called id'],
    [`{ type: fixed, length: 7, columns: [${columns}] }`, 'the column name ends at 8, and lines have a length of 7'],
    ['{ type: json, path: ⮞data..items }', '"data..items" is no path: names stand between its dots'],
    ['{ type: xml, record: ⮞"p:order" }', 'format.record takes local names, and p:order has a prefix'],
    ['{ type: xml, namespace: ⮞urn:a }', 'format.namespace is of format.record, which is not there'],
    ['{ type: xml, namespaces: { a: urn:a, b: ⮞urn:a } }', 'the namespace of b has another prefix already'],
  ])('%s', (format, words) => {
    const { message, place } = errorOf(format);
    expect(message).toContain(`${place}${words}`);
  });

  test.each([
    ['{ type: csv, header: none, columns: [id, nmae] }', 'format.columns has no "name"; did you mean "nmae"?'],
    ['{ type: fixed, columns: [{ name: id, start: 1, length: 3 }] }', 'format.columns has no "name"'],
  ])('%s, at the column that no file has', (format, words) => {
    const { message, place } = errorOf(format, 'columns: [id, ⮞name]');
    expect(message).toBe(`${place}${words}`);
  });
});

test('every format that fits is taken', () => {
  for (const format of [
    '{ type: csv, aliases: { id: No } }',
    '{ type: tsv }',
    '{ type: ndjson }',
    '{ type: json, path: . }',
    '{ type: xml }',
  ]) {
    expect(errorOf(format).message).toBe('nothing is wrong');
  }
});
