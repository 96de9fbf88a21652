import type { SourceFile } from '../../config/sources.ts';
import { DEFAULT_TENANT } from '../../schemas/key.ts';
import { isTabular, type SourceFormat } from '../../schemas/format.ts';
import { scopeOf, type ScopeOptions } from './expression.ts';
import { ObjectInput, RowInput } from './input.ts';
import { holds } from './parts.ts';
import { Recogniser, type Recognition } from './recognise.ts';
import { compileRecord, type RecordMapping } from './record.ts';
import { MappingError, type Input, type Raw, type Scope } from './scope.ts';

/** Sets of columns whose compiled mappings are kept; a source has as many as its files have headers. */
const HEADERS_KEPT = 64;

/** One version of a source, compiled. */
export class CompiledSource {
  readonly name: string;
  readonly version: number;
  readonly namespace: string;
  readonly tenant: string;
  readonly format: SourceFormat;
  /** Where records go that cannot be routed: the kind of the first kind of record. */
  readonly mainKind: string;
  private readonly file: SourceFile;
  private readonly recogniser: Recogniser;
  private readonly keys: NonNullable<ScopeOptions['keys']> = new Map();
  private readonly bound = new Map<string, RecordMapping>();
  private readonly matches: { record: string; match: (raw: Raw) => unknown }[];

  /** @throws MF_SOURCE_INVALID for what the mapping says wrong. */
  constructor(file: SourceFile, tenant: string = DEFAULT_TENANT) {
    const { source } = file;
    this.file = file;
    this.name = source.name;
    this.version = source.version;
    this.namespace = source.namespace;
    this.format = source.format;
    this.tenant = tenant;
    this.mainKind = Object.values(source.records)[0]?.route.kind ?? '';
    this.recogniser = new Recogniser(source);
    this.matches = this.guard(() => this.compileMatches());
    // Every kind is compiled once against its own declaration, so that no error waits for its first record.
    this.guard(() => {
      for (const record of Object.keys(source.records)) this.mapping(record, this.declared(record));
    });
  }

  /** Which kind of record a file holds, by its name and its columns. */
  recognise(file: string, header: readonly string[] | undefined): Recognition {
    return this.recogniser.recognise(file, header);
  }

  /** Names of the columns of all its kinds of record. */
  get columns(): readonly string[] {
    return Object.keys(this.file.source.records).flatMap((record) => this.declared(record) ?? []);
  }

  /** It says what files of this name are: records of a kind, or to be ignored. */
  names(file: string): boolean {
    return this.recogniser.names(file);
  }

  /** Kinds of record whose files are called so; all of them if none is. */
  kindsOf(file: string): readonly string[] {
    return this.recogniser.kindsOf(file);
  }

  /** Which kind an object is, among all or some; undefined if it is none of them. */
  recordOf(value: Raw, among?: readonly string[]): string | undefined {
    const isMeant = (record: string): boolean => among === undefined || among.includes(record);
    return this.matches.find(({ record, match }) => isMeant(record) && holds(match(value)))?.record;
  }

  /** @returns undefined for a kind of record that this version does not have */
  mapping(record: string, columns: readonly string[] | undefined): RecordMapping | undefined {
    const name = columns === undefined ? record : [record, ...columns].join('\u0000');
    const known = this.bound.get(name);
    if (known !== undefined) return known;
    const rule = Object.hasOwn(this.file.source.records, record) ? this.file.source.records[record] : undefined;
    if (rule === undefined) return undefined;
    const declared = this.declared(record) ?? [];
    const mapping = compileRecord(rule, {
      source: this.name,
      version: this.version,
      record,
      columns: columns === undefined ? [] : declared,
      input: () => (columns === undefined ? new ObjectInput() : new RowInput(declared, columns)),
      scope: (input) => this.scope(input, record),
    });
    if (this.bound.size >= HEADERS_KEPT) this.bound.clear();
    this.bound.set(name, mapping);
    return mapping;
  }

  private declared(record: string): readonly string[] | undefined {
    const rule = this.file.source.records[record];
    if (!isTabular(this.format)) return undefined;
    return [...(rule?.columns ?? []), ...(rule?.optional ?? [])];
  }

  private scope(input: Input, record: string): Scope {
    const { tenant, namespace, keys } = this;
    return scopeOf({ input, tenant, namespace, keys }, ['records', record]);
  }

  private compileMatches(): { record: string; match: (raw: Raw) => unknown }[] {
    return Object.entries(this.file.source.records).map(([record, rule]) => {
      if (isTabular(this.format) || rule.match === undefined) return { record, match: () => true };
      return { record, match: this.scope(new ObjectInput(), record).at('match').expression(rule.match) };
    });
  }

  private guard<T>(compile: () => T): T {
    try {
      return compile();
    } catch (error) {
      if (error instanceof MappingError) throw this.file.error(error.place, error.message);
      throw error;
    }
  }
}
