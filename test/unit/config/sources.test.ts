import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadSources, parseSource } from '../../../config/sources.ts';
import { SourceRegistry } from '../../../streams/mapping/registry.ts';
import { bodiesOf, registryOf, sourceText } from '../mapping/sources.ts';

describe('an error in a source names file, line and the nearest right name', () => {
  test.each([
    ['versoin: 2', /x\.yaml:\d+:\d+: the source has no "versoin"; did you mean "version"\?/],
    ['name: Shop!', /x\.yaml:1:7: name must match pattern/],
  ])('%s', (line, message) => {
    const text = line.startsWith('name') ? sourceText().replace('name: shop', line) : `${sourceText()}${line}\n`;
    expect(() => parseSource(text, 'x.yaml')).toThrow(message);
  });

  test.each([
    ['id: idd', /source-0\.yaml:13:15: no column idd is declared; did you mean "id"\?/],
    ['id: id\n          nmae: name', /:14:17: customer has no field nmae; did you mean "name"\?/],
    ['id: [id, trimm]', /:13:20: no step is called trimm; did you mean "trim"\?/],
    ['id: { key: { kind: customer } }', /:13:22: needs id/],
  ])('%s', (fields, message) => {
    expect(() => registryOf(sourceText({ fields }))).toThrow(message);
  });

  test('a part of another kind than the route', () => {
    const text = sourceText().replace('- name: customer', '- name: order');
    expect(() => registryOf(text)).toThrow(/order is a part of order, not of customer/);
  });

  test('text that is no YAML', () => {
    expect(() => parseSource('a: [', 'x.yaml')).toThrow(/x\.yaml: .*line 1/s);
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
    const registry = new SourceRegistry(loadSources([folder]));
    expect(registry.names()).toEqual(['olist', 'online-retail', 'shop']);
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
