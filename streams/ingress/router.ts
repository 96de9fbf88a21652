import { fingerprint, matchingKey, type MatchingKey } from '../../schemas/key.ts';
import { isTabular } from '../../schemas/format.ts';
import type { DecodedRecord, FaultRecord } from '../formats/format.ts';
import type { Place } from '../formats/place.ts';
import type { RecordMapping } from '../mapping/record.ts';
import { ValueFault, type Raw } from '../mapping/scope.ts';
import type { CompiledSource } from '../mapping/source.ts';
import { headOf, recordText, tooLong } from './record-text.ts';

export interface RoutedRecord {
  readonly kind: string;
  readonly key: MatchingKey;
  /** A RawRecord as JSON text. */
  readonly text: string;
  /** Code of its fault, or null. */
  readonly fault: string | null;
}

interface Fault {
  readonly code: string;
  readonly detail: string;
}

/** Columns stand in every message of a feed. */
export const HEADER_LIMIT = 64 * 1024;

/** Longer names of files are cut in front: they stand in every record. */
const NAME_LIMIT = 200;

/** Gives every record of one file the key that it is routed by, whatever is wrong with it. */
export class Router {
  private readonly source: CompiledSource;
  private readonly name: string;
  private header: readonly string[] | undefined;
  private record = '';
  private mapping: RecordMapping | undefined;
  private refused: Fault | null = null;
  /** Kinds that objects of this file may be. */
  private readonly kinds: readonly string[];

  constructor(source: CompiledSource, file: string) {
    this.source = source;
    this.name = file.slice(-NAME_LIMIT).toWellFormed();
    this.kinds = source.kindsOf(file);
  }

  /** The columns of the file, once they are known; undefined if the header could not be read. */
  begin(header: readonly string[] | undefined): void {
    this.header = header;
    if (!isTabular(this.source.format)) return;
    if (header !== undefined && JSON.stringify(header).length > HEADER_LIMIT) {
      this.refused = { code: 'MF_FEED_COLUMNS', detail: `the header is longer than ${HEADER_LIMIT} characters` };
      return;
    }
    const recognised = this.source.recognise(this.name, header);
    if (recognised.type === 'record') {
      this.record = recognised.record;
      this.mapping = this.source.mapping(recognised.record, header);
    } else if (recognised.type === 'unknown') this.refused = { code: recognised.code, detail: recognised.detail };
  }

  /** The header as a record of its own, if it is what makes all rows faulty. */
  faultyHeader(): RoutedRecord | null {
    if (this.refused === null || this.header === undefined) return null;
    return this.faulty(JSON.stringify(this.header), `${this.name}:1`, this.refused);
  }

  route(decoded: DecodedRecord): RoutedRecord {
    switch (decoded.type) {
      case 'fault':
        return this.faulty(JSON.stringify(decoded.raw), this.whereFault(decoded), decoded);
      case 'row': {
        const { line, fields } = decoded;
        const where = `${this.name}:${line}`;
        const text = JSON.stringify(fields);
        if (this.refused !== null) return this.faulty(text, where, this.refused);
        return this.routeTo(this.record, this.mapping, fields, text, where);
      }
      case 'json':
        return this.routeObject(decoded.value, decoded.text, this.where(decoded));
    }
  }

  private routeObject(raw: Raw, text: string, where: string): RoutedRecord {
    const record = this.source.recordOf(raw, this.kinds);
    if (record !== undefined) return this.routeTo(record, this.source.mapping(record, undefined), raw, text, where);
    return this.faulty(text, where, { code: 'MF_FEED_UNRECOGNISED', detail: 'the record is of no kind of the source' });
  }

  private routeTo(
    record: string,
    mapping: RecordMapping | undefined,
    raw: Raw,
    text: string,
    where: string,
  ): RoutedRecord {
    if (mapping === undefined)
      return this.faulty(text, where, { code: 'MF_FEED_UNRECOGNISED', detail: 'no such kind' });
    try {
      const key = mapping.routeKey(raw);
      const routed = recordText({ key, record, raw: text, where, fault: null });
      return tooLong(text) ? this.faulty(text, where, null) : { kind: mapping.kind, key, text: routed, fault: null };
    } catch (error) {
      if (!(error instanceof ValueFault)) throw error;
      return this.faulty(text, where, { code: 'MF_RECORD_UNROUTABLE', detail: error.message }, record);
    }
  }

  /** Routed by its content, so that it gets its verdict in a partition like any other. null: too long to be kept. */
  private faulty(raw: string, where: string, known: Fault | null, record = this.record): RoutedRecord {
    const { tenant, mainKind: kind, namespace } = this.source;
    const long = known === null || tooLong(raw);
    const fault = known ?? {
      code: 'MF_RECORD_TOO_LARGE',
      detail: 'the record is too long as JSON; its beginning is kept',
    };
    const key = matchingKey(tenant, kind, namespace, `fault:${fingerprint(raw)}`);
    const kept = long ? JSON.stringify(headOf(raw)) : raw;
    const { code, detail } = fault;
    const text = recordText({ key, record, raw: kept, where, fault: { code, detail } });
    return { kind, key, text, fault: code };
  }

  /** Where a record begins, as editors and compilers write it. */
  private where({ line, column }: Place): string {
    return column > 1 ? `${this.name}:${line}:${column}` : `${this.name}:${line}`;
  }

  /** Where the fault shows, then where its record begins, and where the file is damaged. */
  private whereFault({ line, column, at, byte }: FaultRecord): string {
    const isOfRecord = at !== undefined && (at.line !== line || column > 1);
    const record = isOfRecord ? `, in the record at ${column > 1 ? `${line}:${column}` : line}` : '';
    const place = at === undefined ? this.where({ line, column }) : `${this.name}:${at.line}:${at.column}`;
    return `${place}${record}${byte === undefined ? '' : `, at byte ${byte} of the file`}`;
  }
}
