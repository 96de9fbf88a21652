import { describe, expect, jest, test } from '@jest/globals';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { parseSource, readSource, SHIPPED_SOURCES, type SourceFile } from '../../config/sources.ts';
import { decode } from '../../streams/formats/decode.ts';
import { inferSource } from '../../streams/infer/infer.ts';
import { ValueFault } from '../../streams/mapping/scope.ts';
import { CompiledSource } from '../../streams/mapping/source.ts';

// Every record of two real data sets, on a machine that may be busy.
jest.setTimeout(900_000);

const { MASTERFLAG_TEST_DATA: DATA = '' } = process.env;

/** The two folders are there as a whole, or this suite is skipped; `npm test` names it then. */
const whenThere = existsSync(join(DATA, 'online_retail')) && existsSync(join(DATA, 'olist')) ? describe : describe.skip;

interface Edit {
  readonly replace: string;
  readonly with: string;
}

/** The edits as the page lists them, by file. */
function listedEdits(): Readonly<Record<string, readonly Edit[]>> {
  const page = readFileSync(new URL('../../docs/infer.md', import.meta.url), 'utf8');
  const block = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
  return parse(block) as Record<string, Edit[]>;
}

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, edit) => {
    const [from, to] = [edit.replace.trimEnd(), edit.with.trimEnd()];
    expect(before.split(from)).toHaveLength(2);
    return before.replace(from, () => to);
  }, text);
}

/** What a source makes of every record of a file, as texts that can be compared. */
async function messagesOf(file: SourceFile, path: string): Promise<string[]> {
  const source = new CompiledSource(file);
  if (source.recognise(path, undefined).type === 'ignored') return [];
  const messages: string[] = [];
  for await (const { header, records } of decode(source.format, createReadStream(path))) {
    const recognised = source.recognise(path, header);
    if (recognised.type !== 'record') throw new Error(`${path} is not recognised`);
    const mapping = source.mapping(recognised.record, header);
    for (const record of records) {
      if (record.type !== 'row') throw new Error(`${path}:${record.line} is no row`);
      messages.push(...said(() => mapping?.map(record.fields) ?? []));
    }
  }
  return messages;
}

function said(map: () => readonly object[]): string[] {
  try {
    return map()
      .map((part) => JSON.stringify(part))
      .sort();
  } catch (error) {
    if (error instanceof ValueFault) return [`${error.field}: ${error.message}`];
    throw error;
  }
}

async function compare(path: string, name: string, edits: readonly Edit[]): Promise<number> {
  expect(edits.length).toBeLessThanOrEqual(5);
  const text = await inferSource({ file: basename(path), name, open: () => createReadStream(path) });
  // It is right before anything is edited.
  new CompiledSource(parseSource(text, 'inferred.yaml'));
  const inferred = await messagesOf(parseSource(edited(text, edits), 'edited.yaml'), path);
  const shipped = await messagesOf(readSource(join(SHIPPED_SOURCES, `${name}.yaml`)), path);
  expect(inferred.length).toBe(shipped.length);
  const different = shipped.findIndex((message, i) => message !== inferred[i]);
  expect(inferred[different]).toBe(shipped[different]);
  return shipped.length;
}

whenThere(
  'a source inferred from a real file, with the edits that the page lists, says what the shipped one says',
  () => {
    const edits = listedEdits();
    const { 'online_retail/*.csv': retail = [], ...others } = edits;

    test('of every file of Olist', async () => {
      const files = readdirSync(join(DATA, 'olist')).filter((file) => file.endsWith('.csv'));
      expect(
        Object.keys(others)
          .map((path) => basename(path))
          .sort(),
      ).toEqual(files.sort());
    });

    test.each(Object.entries(others))('%s', async (path, list) => {
      await compare(join(DATA, path), 'olist', list);
    });

    test('every day of Online Retail', async () => {
      let messages = 0;
      const files = readdirSync(join(DATA, 'online_retail')).filter((file) => file.endsWith('.csv'));
      for (const file of files) messages += await compare(join(DATA, 'online_retail', file), 'online-retail', retail);
      expect(messages).toBeGreaterThan(500_000);
    });
  },
);
