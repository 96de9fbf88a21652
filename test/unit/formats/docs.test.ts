import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { formatMisfit } from '../../../config/format-misfit.ts';
import { SourceFormat } from '../../../schemas/format.ts';
import type { Source } from '../../../schemas/source.ts';
import { compileCheck } from '../../../schemas/validate.ts';
import type { DecodedRecord } from '../../../streams/formats/format.ts';
import { decoded } from './decoded.ts';

interface Example {
  readonly name: string;
  readonly format: SourceFormat;
  readonly records: Source['records'];
  readonly input: Buffer;
  readonly output: string;
}

const PAGE = readFileSync(new URL('../../../docs/formats.md', import.meta.url), 'utf8');
const EXAMPLE = /```yaml\n(.*?)```\n\n```(\w+)\n(.*?)```\n\n```json\n(.*?)```/gs;

const examples = [...PAGE.matchAll(EXAMPLE)].map(([, yaml = '', language = '', text = '', output = '']): Example => {
  const { format, records = {} } = parse(yaml) as Pick<Source, 'format'> & Partial<Pick<Source, 'records'>>;
  const input = language === 'hex' ? Buffer.from(text.replace(/\s/g, ''), 'hex') : Buffer.from(text);
  return { name: yaml.trim().replace(/\s+/g, ' '), format, records, input, output };
});

const checkFormat = compileCheck(SourceFormat);

describe('every example of docs/formats.md', () => {
  test.each(examples)('$name', async ({ format, records, input, output }) => {
    expect(checkFormat(format)).toBeNull();
    expect(formatMisfit({ format, records } as Source)).toBeNull();
    const columns = Object.values(records).flatMap((record) => record.columns ?? []);
    const feed = await decoded(format, input, { columns });
    const shown = feed.records.map((record) => shownAs(record, feed.header ?? []));
    expect(shown).toEqual(
      output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    );
  });

  test('is one of those that the page has', () => {
    expect(examples).toHaveLength(PAGE.split('```yaml').length - 1);
  });
});

function shownAs(record: DecodedRecord, header: readonly string[]): unknown {
  switch (record.type) {
    case 'row':
      return Object.fromEntries(record.fields.map((field, i) => [header[i], field]));
    case 'json':
      return record.value;
    case 'fault': {
      const { line, column } = record.at ?? record;
      return { fault: record.code, at: `${line}:${column}`, text: record.raw.text };
    }
  }
}

/** The schema as JSON: what an editor would read of it. */
interface Options {
  readonly oneOf: readonly { readonly properties: Readonly<Record<string, { readonly const?: string }>> }[];
}

test('every option of every format is in an example of it', () => {
  const used = examples.flatMap(({ format }) => Object.keys(format).map((option) => `${format.type}.${option}`));
  const { oneOf } = SourceFormat as unknown as Options;
  const known = oneOf.flatMap(({ properties }) => {
    const type = properties['type']?.const ?? '';
    // What csv has, tsv has too; what is about bytes, all have.
    const options = Object.keys(properties).filter((option) => !['encoding', 'compression'].includes(option));
    return type === 'tsv' ? ['tsv.type'] : options.map((option) => `${type}.${option}`);
  });
  const all = [...known, 'csv.encoding', 'csv.compression'];
  expect(all.filter((option) => !used.includes(option))).toEqual([]);
});
