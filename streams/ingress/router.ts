import { fingerprint, matchingKey, type MatchingKey } from '../../schemas/key.ts';
import type { DecodedRecord } from '../formats/format.ts';
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

  constructor(source: CompiledSource, file: string) {
    this.source = source;
    this.name = file.slice(-NAME_LIMIT).toWellFormed();
  }

  /** The columns of the file, once they are known; undefined if the header could not be read. */
  begin(header: readonly string[] | undefined): void {
    this.header = header;
    if (this.source.format.type !== 'csv') return;
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
    return this.faulty(JSON.stringify(this.header), 1, this.refused);
  }

  route(decoded: DecodedRecord): RoutedRecord {
    const { line } = decoded;
    if (decoded.type === 'fault') return this.faulty(JSON.stringify(decoded.raw), line, decoded);
    const isRow = decoded.type === 'row';
    const raw: Raw = isRow ? decoded.fields : decoded.value;
    const text = isRow ? JSON.stringify(decoded.fields) : decoded.text;
    if (this.refused !== null) return this.faulty(text, line, this.refused);
    return isRow ? this.routeTo(this.record, this.mapping, raw, text, line) : this.routeObject(raw, text, line);
  }

  private routeObject(raw: Raw, text: string, line: number): RoutedRecord {
    const record = this.source.recordOf(raw);
    if (record !== undefined) return this.routeTo(record, this.source.mapping(record, undefined), raw, text, line);
    return this.faulty(text, line, { code: 'MF_FEED_UNRECOGNISED', detail: 'the record is of no kind of the source' });
  }

  private routeTo(
    record: string,
    mapping: RecordMapping | undefined,
    raw: Raw,
    text: string,
    line: number,
  ): RoutedRecord {
    if (mapping === undefined) return this.faulty(text, line, { code: 'MF_FEED_UNRECOGNISED', detail: 'no such kind' });
    try {
      const key = mapping.routeKey(raw);
      const routed = recordText({ key, record, raw: text, where: this.where(line), fault: null });
      return tooLong(text) ? this.faulty(text, line, null) : { kind: mapping.kind, key, text: routed, fault: null };
    } catch (error) {
      if (!(error instanceof ValueFault)) throw error;
      return this.faulty(text, line, { code: 'MF_RECORD_UNROUTABLE', detail: error.message }, record);
    }
  }

  /** Routed by its content, so that it gets its verdict in a partition like any other. null: too long to be kept. */
  private faulty(raw: string, line: number, known: Fault | null, record = this.record): RoutedRecord {
    const { tenant, mainKind: kind, namespace } = this.source;
    const long = known === null || tooLong(raw);
    const fault = known ?? {
      code: 'MF_RECORD_TOO_LARGE',
      detail: 'the record is too long as JSON; its beginning is kept',
    };
    const key = matchingKey(tenant, kind, namespace, `fault:${fingerprint(raw)}`);
    const kept = long ? JSON.stringify(headOf(raw)) : raw;
    const { code, detail } = fault;
    const text = recordText({ key, record, raw: kept, where: this.where(line), fault: { code, detail } });
    return { kind, key, text, fault: code };
  }

  private where(line: number): string {
    return `${this.name}:${line}`;
  }
}
