import { parse } from 'yaml';
import { CsvDecoder } from '../formats/csv.ts';
import type { DecodedRecord } from '../formats/format.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import { isMap } from './options.ts';
import type { Scope } from './scope.ts';

/** A table that is kept in memory for as long as its source is. */
const LENGTH_LIMIT = 8 * 1024 * 1024;

export interface TableColumns {
  /** The first column without it. */
  readonly from: string | undefined;
  /** The second column without it. */
  readonly to: string | undefined;
}

/** A table in a file beside the source: two columns of a CSV file, or a map in NAME.table.yaml or NAME.table.json. */
export function tableIn(file: string, columns: TableColumns, scope: Scope): ReadonlyMap<string, unknown> {
  const text = read(file, scope);
  if (text.length > LENGTH_LIMIT) return scope.fail(`${file} has more than ${LENGTH_LIMIT} characters`);
  if (/\.csv$/i.test(file)) return rowsOf(text, file, columns, scope);
  if (!/\.table\.(ya?ml|json)$/.test(file)) scope.fail(`${file} is called neither NAME.csv nor NAME.table.yaml`);
  if (columns.from !== undefined || columns.to !== undefined) scope.fail('from and to are columns of a CSV file');
  const table = parsed(text, file, scope);
  return isMap(table) ? new Map(Object.entries(table)) : scope.fail(`${file} is no map of values`);
}

function read(file: string, scope: Scope): string {
  try {
    return scope.beside(file);
  } catch (error) {
    return scope.fail(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parsed(text: string, file: string, scope: Scope): unknown {
  try {
    return parse(text);
  } catch (error) {
    return scope.fail(`${file} is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function rowsOf(text: string, file: string, { from, to }: TableColumns, scope: Scope): ReadonlyMap<string, unknown> {
  const decoder = new CsvDecoder({ type: 'csv' });
  const { header = [], records } = merged(decoder.push(Buffer.from(text)), decoder.end());
  const key = from === undefined ? 0 : columnOf(from, header, file, scope);
  const value = to === undefined ? 1 : columnOf(to, header, file, scope);
  if (header.length < 2) return scope.fail(`${file} has no two columns`);
  const table = new Map<string, string>();
  for (const record of records) {
    if (record.type !== 'row') return scope.fail(`${file}:${record.line}: ${faultOf(record)}`);
    const name = record.fields[key] ?? '';
    const said = record.fields[value] ?? '';
    const known = table.get(name);
    if (known !== undefined && known !== said) return scope.fail(`${file}:${record.line}: ${name} was ${known} above`);
    table.set(name, said);
  }
  return table;
}

interface Rows {
  readonly header?: readonly string[];
  readonly records: readonly DecodedRecord[];
}

function merged(first: Rows, last: Rows): Rows {
  return { ...first, ...last, records: [...first.records, ...last.records] };
}

function faultOf(record: DecodedRecord): string {
  return record.type === 'fault' ? record.detail : 'this is no row';
}

function columnOf(name: string, header: readonly string[], file: string, scope: Scope): number {
  const column = header.indexOf(name);
  return column >= 0 ? column : scope.fail(`${file} has no column ${name}${didYouMean(name, header)}`);
}
