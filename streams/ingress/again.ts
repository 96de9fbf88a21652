import { MasterflagError } from '../../schemas/errors.ts';
import type { SourceFormat } from '../../schemas/format.ts';
import type { EffectItem, RawRecord, SentRecord } from '../../schemas/inbox.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import { decodeWhole, textOfBytes } from '../formats/decode.ts';
import type { DecodedRecord, FaultContent } from '../formats/format.ts';
import { isMap } from '../mapping/options.ts';
import type { SourceRegistry } from '../mapping/registry.ts';
import type { CompiledSource } from '../mapping/source.ts';
import { Router } from './router.ts';
import { whereOf } from './where.ts';

/** A record as it was kept when it was rejected. */
export interface KeptRecord {
  readonly source: string;
  /** Names of the fields when `raw` is a row, and of the rows beside it when it could not be read. */
  readonly columns?: readonly string[];
  /** A row, an object; or what there was of it, when it could not be read. */
  readonly raw: unknown;
  readonly isRead: boolean;
  /** `<file>:<line>`, and the column where it is known. */
  readonly where?: string;
}

/** What stands in a field from now on, by its column or path. */
export type Change = readonly [field: string, value: unknown];

/** What a record that is sent again says of where it comes from. */
export interface SentAs {
  readonly feed: string;
  /** The entry that it was in. */
  readonly corrects: string;
}

/**
 * A record on its way through the inbox again: read, recognised and routed by the present version of its source, as if
 * it had come in now. What is wrong with it still is its fault, for the stages to say.
 * @throws MF_SOURCE_UNKNOWN
 */
export function sendAgain(sources: SourceRegistry, kept: KeptRecord, { feed, corrects }: SentAs): EffectItem {
  const source = sources.newest(kept.source);
  const router = new Router(source, whereOf(kept.where ?? '')?.file ?? '');
  router.begin(kept.columns);
  const { key, record, raw, fault } = JSON.parse(router.route(decodedAgain(source, kept)).text) as RawRecord;
  const data: SentRecord = {
    ...{ v: 1, source: source.name, sourceVersion: source.version, feed, corrects, raw },
    ...(kept.columns === undefined ? {} : { columns: kept.columns }),
    ...(kept.where === undefined ? {} : { where: kept.where }),
    ...(fault === undefined ? {} : { fault }),
  };
  return { key, type: 'record', name: record, data };
}

/** The record with other values in some of its fields. @throws MF_FIX_INVALID for a field that it cannot have */
export function withChanges(kept: KeptRecord, changes: readonly Change[]): KeptRecord {
  if (!kept.isRead) {
    throw invalid('the record could not be read, so it has no fields yet: give it whole, with --payload');
  }
  return changes.reduce((record, change) => ({ ...record, raw: withChange(record, change) }), kept);
}

/**
 * A record in the place of the one that was kept: the text of a row or a record in the format of its source; for rows
 * also a JSON object by column, or a JSON list.
 * @throws MF_FIX_INVALID
 */
export function withPayload(sources: SourceRegistry, kept: KeptRecord, payload: Uint8Array): KeptRecord {
  const row = kept.columns === undefined ? undefined : rowOfJson(kept.columns, payload);
  if (row !== undefined) return { ...kept, raw: row, isRead: true };
  const found = decoded(sources.newest(kept.source), kept.columns, Buffer.from(payload).toString('utf8'));
  switch (found?.type) {
    case undefined:
      throw invalid('the payload is empty');
    case 'row':
      return { ...kept, raw: found.fields, isRead: true };
    case 'json':
      return { ...kept, raw: found.value, isRead: true };
    case 'fault':
      throw invalid(`the payload is no record: ${found.detail}`);
  }
}

function decodedAgain(source: CompiledSource, { raw, columns, isRead }: KeptRecord): DecodedRecord {
  if (!isRead) return readAgain(source, raw as FaultContent, columns);
  if (Array.isArray(raw)) return { type: 'row', line: 0, fields: raw as readonly string[] };
  return {
    type: 'json',
    line: 0,
    column: 1,
    value: raw as Readonly<Record<string, unknown>>,
    text: JSON.stringify(raw),
  };
}

/** The source may read today what it could not read then. */
function readAgain(source: CompiledSource, raw: FaultContent, columns: readonly string[] | undefined): DecodedRecord {
  const begin = { type: 'fault', line: 0, column: 1, raw } as const;
  if (raw.truncated !== undefined) {
    const detail = `only the beginning of its ${raw.truncated.bytes} bytes is kept: feed it again`;
    return { ...begin, code: 'MF_RECORD_TOO_LARGE', detail };
  }
  const text = textOf(source, raw);
  if (text.isWellFormed())
    return decoded(source, columns, text) ?? { ...begin, code: 'MF_RECORD_JSON', detail: 'it holds nothing' };
  // Which bytes they were depends on the encoding that it was read in then.
  return { ...begin, code: 'MF_RECORD_ENCODING', detail: 'bytes of it are no text: give it whole, with --payload' };
}

function textOf({ format }: CompiledSource, { text, base64 }: FaultContent): string {
  return base64 === undefined ? (text ?? '') : textOfBytes(format, Buffer.from(base64, 'base64'));
}

/** The one record that a text is; undefined of an empty one. @throws MF_FIX_INVALID for several */
function decoded(
  { format, allColumns }: CompiledSource,
  columns: readonly string[] | undefined,
  text: string,
): DecodedRecord | undefined {
  const { head, ...options } = headOf(format, columns);
  // It is text already, whatever the files of the source are.
  const { records } = decodeWhole({ ...options, encoding: 'utf-8' }, Buffer.from(`${head}${text}`), {
    columns: allColumns,
  });
  const [first, second, third] = records;
  if (first === undefined || second === undefined) return first;
  // Whoever makes a file of it may write the header into it.
  const isHeader = first.type === 'row' && JSON.stringify(first.fields) === JSON.stringify(columns);
  if (isHeader && third === undefined) return second;
  throw invalid(`the payload has ${records.length} records; give one`);
}

/** The format without what stands before the records of a file, and the header that goes before this one. */
function headOf(
  format: SourceFormat,
  columns: readonly string[] | undefined,
): SourceFormat & { readonly head: string } {
  switch (format.type) {
    case 'csv':
    case 'tsv': {
      const bare = { ...format, skip: 0, head: '' };
      if (columns === undefined || format.header === 'none') return bare;
      const delimiter = format.type === 'tsv' ? '\t' : (format.delimiter ?? ',');
      const { quote = '"', escape = quote } = format;
      const quoted = (name: string): string =>
        quote === 'none' ? name : `${quote}${name.replaceAll(quote, `${escape}${quote}`)}${quote}`;
      return { ...bare, head: `${columns.map(quoted).join(delimiter)}\n` };
    }
    case 'fixed':
      return { ...format, skip: 0, head: '' };
    case 'json':
      // A record stands alone here, without what was around it.
      return { ...format, path: '.', head: '' };
    case 'ndjson':
    case 'xml':
      return { ...format, head: '' };
  }
}

function rowOfJson(columns: readonly string[], payload: Uint8Array): string[] | undefined {
  const text = Buffer.from(payload).toString('utf8').trim();
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined;
  const parsed = parse(text);
  if (Array.isArray(parsed) && parsed.length === columns.length) return parsed.map(cell);
  if (!isMap(parsed)) throw invalid(`the payload is no row of ${columns.length} fields`);
  for (const name of Object.keys(parsed)) columnOf(columns, name);
  return columns.map((name) => cell(parsed[name]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalid(`the payload is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function withChange({ raw, columns }: KeptRecord, [field, value]: Change): unknown {
  if (columns === undefined || !Array.isArray(raw)) return withPath(raw, pathOf(field), value, field);
  const row = [...(raw as readonly unknown[])];
  row[columnOf(columns, field)] = cell(value);
  return row;
}

function columnOf(columns: readonly string[], name: string): number {
  const index = columns.indexOf(name);
  if (index >= 0) return index;
  const names = columns.slice(0, 50).join(', ');
  throw invalid(`the record has no column ${JSON.stringify(name)}${didYouMean(name, columns)} (it has ${names})`);
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `lines.0.price` and `lines[0].price` say the same. */
function pathOf(field: string): readonly string[] {
  return field.replace(/\[(\d+)\]/g, '.$1').split('.');
}

/** Objects on the way that are not there yet are made; a list takes one element more at most. */
function withPath(into: unknown, [name, ...rest]: readonly string[], value: unknown, field: string): unknown {
  if (name === undefined) return value;
  if (Array.isArray(into)) {
    const items = [...(into as readonly unknown[])];
    const index = /^\d+$/.test(name) ? Number(name) : -1;
    if (index < 0 || index > items.length) {
      throw invalid(`${field}: the list before ${name} has ${items.length} elements, counted from 0`);
    }
    items[index] = withPath(items[index], rest, value, field);
    return items;
  }
  if (into !== undefined && into !== null && !isMap(into)) {
    throw invalid(`${field}: what stands before ${name} is ${JSON.stringify(into).slice(0, 60)}, and has no fields`);
  }
  const fields = into ?? {};
  const own = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return Object.fromEntries([...Object.entries(fields), [name, withPath(own, rest, value, field)]]);
}

function invalid(message: string): MasterflagError {
  return new MasterflagError('MF_FIX_INVALID', message);
}
