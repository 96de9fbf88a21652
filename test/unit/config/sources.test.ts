import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadSources, parseSource, readSource, SourceInvalid } from '../../../config/sources.ts';
import { problemText } from '../../../config/yaml-file.ts';
import { SourceRegistry } from '../../../streams/mapping/registry.ts';
import { bodiesOf, registryOf, sourceText } from '../mapping/sources.ts';

function problemsOf(text: string): string[] {
  try {
    new SourceRegistry([parseSource(text, 'x.yaml')]);
  } catch (error) {
    if (error instanceof SourceInvalid) return error.problems.map(problemText);
    throw error;
  }
  return [];
}

describe('an error in a source names file, line, column and the nearest right name', () => {
  test.each([
    ['a key', `${sourceText()}versoin: 2\n`, 'x.yaml:14:1: the source has no "versoin"; did you mean "version"?'],
    ['a name', sourceText().replace('name: shop', 'name: Shop!'), 'x.yaml:1:7: name must match pattern'],
    ['nothing', sourceText().replace('version: 1\n', ''), 'x.yaml:1:1: the source needs version'],
    ['a format', sourceText({ format: 'cvs' }), 'x.yaml:4:17: format.type is one of csv, tsv'],
    ['an alias', sourceText({ fields: 'id: *key' }), 'x.yaml:13:15: no anchor before it is called key'],
    ['a column', sourceText({ fields: 'id: idd' }), 'x.yaml:13:15: no column idd is declared; did you mean "id"?'],
    [
      'a field',
      sourceText({ fields: 'id: id\n          nmae: name' }),
      'x.yaml:14:11: customer has no field nmae; did you mean "name"?',
    ],
    [
      'a step',
      sourceText({ fields: 'id: [id, trimm]' }),
      'x.yaml:13:20: no step is called trimm; did you mean "trim"?',
    ],
    [
      'a head',
      sourceText({ fields: 'id: { concatt: [id] }' }),
      'x.yaml:13:17: no head is called concatt; did you mean "concat"?',
    ],
    [
      'a step for a head',
      sourceText({ fields: 'id: { trim: id }' }),
      'x.yaml:13:17: trim is no head: it stands behind an expression, in a list with it',
    ],
    [
      'an option',
      sourceText({ fields: 'id: [id, { pad: { too: 5 } }]' }),
      'x.yaml:13:29: no option too; did you mean "to"?',
    ],
    [
      'a kind',
      sourceText({ fields: 'id: { key: { kind: custmer, id: id } }' }),
      'x.yaml:13:30: no entity is of kind custmer; did you mean "customer"?',
    ],
    [
      'a message',
      sourceText().replace('- name: customer', '- name: custmer'),
      'x.yaml:11:15: no canonical message is called custmer; did you mean "customer"?',
    ],
    [
      'a kind of part',
      sourceText().replace('- name: customer', '- name: order'),
      'x.yaml:11:15: order is a part of order, not of customer',
    ],
    ['text that is no YAML', 'a: [\nb: {', 'x.yaml:2:1: '],
    ['an empty file', '', 'x.yaml:1:1: the source must be object'],
  ])('%s', (_what, text, message) => {
    expect(problemsOf(text).map((problem) => problem.slice(0, message.length))).toContain(message);
  });

  test('all errors are told at once, in the order of the lines, each once', () => {
    const record = `columns: [id, name, at]
    identity: &ident [id, trimm]
    order: [nmae, { concatt: [id] }, [at, { date: { zone: Mars, formt: iso } }]]
    colums: [id]`;
    const fields = `id: *ident
          nmae: name
          city: [name, { case: uper }, { lookup: { tabel: {} } }]
          identifiers: { list: [{ object: { tpye: name, value: idd } }] }`;
    expect(problemsOf(`${sourceText({ record, fields })}titel: x\n`)).toEqual([
      'x.yaml:8:27: no step is called trimm; did you mean "trim"?',
      'x.yaml:9:13: no column nmae is declared; did you mean "name"?',
      'x.yaml:9:21: no head is called concatt; did you mean "concat"?',
      'x.yaml:9:59: Mars is no time zone: zones are named as Europe/London, or as +09:00',
      'x.yaml:9:65: no option formt; did you mean "format"?',
      'x.yaml:10:5: records.customer has no "colums"; did you mean "columns"?',
      'x.yaml:16:11: customer has no field nmae; did you mean "name"?',
      'x.yaml:17:32: to is one of upper, lower, title; did you mean "upper"?',
      'x.yaml:17:50: needs table, or file',
      'x.yaml:17:52: no option tabel; did you mean "table"?',
      'x.yaml:18:45: no field is called tpye; did you mean "type"?',
      'x.yaml:18:64: no column idd is declared; did you mean "id"?',
      'x.yaml:19:1: the source has no "titel"; did you mean "title"?',
    ]);
  });

  test('a path that the declared input has not is one', () => {
    const record = 'identity: id\n    input: { id, name: { first }, phones: [{ number }] }';
    const fields = 'id: id\n          name: name.frist\n          phone: phones.number\n          email: mail';
    expect(problemsOf(sourceText({ format: 'ndjson', record, fields }))).toEqual([
      'x.yaml:14:17: name.frist: no frist is declared in input; did you mean "first"?',
      'x.yaml:15:18: phones.number: number is looked for in a list: write [*] for all of its elements, or [0] for the first',
      'x.yaml:16:18: mail: no mail is declared in input',
    ]);
    const right = 'id: id\n          name: name.first\n          phone: phones[0].number';
    expect(problemsOf(sourceText({ format: 'ndjson', record, fields: right }))).toEqual([]);
  });
});

describe('folders', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masterflag-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are read beside the shipped sources, cases left out', () => {
    writeFileSync(join(folder, 'shop.yaml'), sourceText());
    writeFileSync(join(folder, 'shop.cases.yaml'), '- whatever');
    const shipped = new SourceRegistry(loadSources()).names();
    const registry = new SourceRegistry(loadSources([folder]));
    expect(registry.names()).toEqual([...shipped, 'shop'].sort());
  });

  test('hold tables that values are looked up in', () => {
    const fields = `id: id
          region: [id, { lookup: { file: regions.csv, from: code, to: name } }]
          city: [id, { lookup: { file: cities.table.yaml, otherwise: absent } }]`;
    writeFileSync(join(folder, 'shop.yaml'), sourceText({ fields }));
    writeFileSync(join(folder, 'regions.csv'), 'name,code\nBusan,07\n"Jeju, island",08\n');
    writeFileSync(join(folder, 'cities.table.yaml'), '"08": Seogwipo\n');
    const registry = new SourceRegistry(loadSources([folder]));
    const given = { id: '08', name: '', at: '' };
    expect(bodiesOf(registry, 'shop', 'customer', given)).toEqual({
      customer: { id: '08', region: 'Jeju, island', city: 'Seogwipo' },
    });
    expect(() => bodiesOf(registry, 'shop', 'customer', { ...given, id: '09' })).toThrow('the table has no "09"');
  });

  test.each([
    ['{ file: none.csv }', /none.csv cannot be read: .*ENOENT/],
    ['{ file: ../shop.csv }', '../shop.csv cannot be read: ../shop.csv does not lie beside the source'],
    ['{ file: regions.csv, from: cod }', 'regions.csv has no column cod; did you mean "code"?'],
    ['{ file: twice.csv }', 'twice.csv:3: a was 1 above'],
    ['{ file: regions.yaml }', 'regions.yaml is called neither NAME.csv nor NAME.table.yaml'],
    ['{ file: list.table.yaml }', 'list.table.yaml is no map of values'],
  ])('say what is wrong with such a table: %s', (options, message) => {
    writeFileSync(join(folder, 'regions.csv'), 'code,name\n');
    writeFileSync(join(folder, 'twice.csv'), 'code,name\na,1\na,2\n');
    writeFileSync(join(folder, 'regions.yaml'), 'a: 1\n');
    writeFileSync(join(folder, 'list.table.yaml'), '- a\n');
    const file = join(folder, 'shop.yaml');
    writeFileSync(file, sourceText({ fields: `id: [id, { lookup: ${options} }]` }));
    expect(() => new SourceRegistry([readSource(file)])).toThrow(message);
  });

  test('that are not there are an error that says so', () => {
    expect(() => loadSources([join(folder, 'none')])).toThrow(/folder of sources cannot be read/);
  });
});

describe('versions', () => {
  const registry = registryOf(sourceText({ version: 2, fields: 'id: [id, { case: upper }]' }), sourceText());

  test('what comes in is read by the newest', () => {
    expect(registry.newest('shop').version).toBe(2);
    expect(bodiesOf(registry, 'shop', 'customer', { id: 'a', name: '', at: '' })).toEqual({ customer: { id: 'A' } });
  });

  test('each is found by its number, and others are not there', () => {
    expect(registry.find('shop', 1)?.version).toBe(1);
    expect(registry.find('shop', 3)).toBeUndefined();
    expect(() => registry.newest('shpo')).toThrow('did you mean "shop"?');
  });

  test('two files of one are refused', () => {
    expect(() => registryOf(sourceText(), sourceText())).toThrow('version 1 of shop is in another file as well');
  });
});
