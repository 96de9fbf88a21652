import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openInputs, type FolderRule } from '../../../cli/inputs.ts';

const FILES = [
  'a.csv',
  'b.CSV.gz',
  'c.tsv',
  'd.txt',
  'e.json',
  'f.jsonl.zst',
  'g.xml',
  'h.dat',
  'ORDERS',
  'LICENSE',
  '.csv',
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'masterflag-inputs-'));
  mkdirSync(join(folder, 'sub.csv'));
  for (const file of FILES) writeFileSync(join(folder, file), 'x');
});
afterAll(() => rmSync(folder, { recursive: true }));

function fed(format: FolderRule['format'], names: FolderRule['names'] = () => false): string[] {
  return openInputs([folder], { format, names }, 'stdin').inputs.map(({ name }) => basename(name));
}

describe('of a folder those files are fed', () => {
  test.each<[FolderRule['format'], string[]]>([
    ['csv', ['a.csv', 'b.CSV.gz', 'c.tsv', 'd.txt']],
    ['tsv', ['a.csv', 'b.CSV.gz', 'c.tsv', 'd.txt']],
    ['fixed', ['d.txt', 'h.dat']],
    ['ndjson', ['e.json', 'f.jsonl.zst']],
    ['json', ['e.json', 'f.jsonl.zst']],
    ['xml', ['g.xml']],
  ])('whose names say that they are %s', (format, files) => {
    expect(fed(format)).toEqual(files);
  });

  test('that the source names, whatever else they are called', () => {
    expect(fed('xml', (name) => name === 'ORDERS')).toEqual(['ORDERS', 'g.xml']);
  });

  test('and the others are told, but for hidden ones and folders', () => {
    const { skipped } = openInputs([folder], { format: 'xml', names: () => false }, 'stdin');
    expect(skipped.map(({ name }) => basename(name))).toEqual(
      FILES.filter((name) => !name.startsWith('.') && name !== 'g.xml').sort(),
    );
    expect(skipped[0]?.reason).toBe('its name does not say that it is xml; name the file to feed it');
  });
});

test('a file that is named is fed, whatever it is called', () => {
  const { inputs } = openInputs([join(folder, 'LICENSE'), '-'], { format: 'xml', names: () => false }, 'orders.xml');
  expect(inputs.map(({ name, size }) => [basename(name), size])).toEqual([
    ['LICENSE', 1],
    ['orders.xml', undefined],
  ]);
});
