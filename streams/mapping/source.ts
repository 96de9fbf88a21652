import { SourceInvalid, type SourceFile } from '../../config/sources.ts';
import { problemText, type FileProblem } from '../../config/yaml-file.ts';
import { DEFAULT_TENANT, fingerprint } from '../../schemas/key.ts';
import { isTabular, type SourceFormat } from '../../schemas/format.ts';
import type { RecordRule } from '../../schemas/source.ts';
import { canonicalJson } from './canonical-json.ts';
import { scopeOf, type KeyNamed, type ScopeOptions } from './expression.ts';
import { ObjectInput, RowInput } from './input.ts';
import { Recogniser, type Recognition } from './recognise.ts';
import { compileRecord, type RecordMapping } from './record.ts';
import { shapeOf } from './shape.ts';
import type { MappingError } from './scope.ts';
import { holds, ValueFault, type Input, type Raw, type Scope } from './scope.ts';

/** Sets of columns whose compiled mappings are kept; a source has as many as its files have headers. */
const HEADERS_KEPT = 64;

/** The rank of a source that declares none. */
const DEFAULT_RANK = 100;

/** One version of a source, compiled. */
export class CompiledSource {
  readonly name: string;
  readonly version: number;
  readonly namespace: string;
  readonly tenant: string;
  /** How far it is trusted where sources differ about a party. */
  readonly rank: number;
  readonly format: SourceFormat;
  /** Where records go that cannot be routed: the kind of the first kind of record. */
  readonly mainKind: string;
  /**
   * Fingerprint of all that the mapping depends on: what the file says, whatever its comments and layout, and the
   * tables beside it.
   */
  readonly digest: string;
  private readonly file: SourceFile;
  private readonly tables = new Map<string, string>();
  private readonly recogniser: Recogniser;
  private readonly keys: NonNullable<ScopeOptions['keys']> = new Map();
  private readonly bound = new Map<string, RecordMapping>();
  private readonly matches: { record: string; match: (raw: Raw) => unknown }[];
  private readonly report: ScopeOptions['report'];
  private readonly named: KeyNamed | undefined;

  /**
   * @param named hears what each key was made of, for whoever shows keys to people
   * @throws SourceInvalid with all that is wrong with the file
   */
  constructor(file: SourceFile, tenant: string = DEFAULT_TENANT, named?: KeyNamed) {
    const { source } = file;
    this.file = file;
    this.name = source.name;
    this.version = source.version;
    this.namespace = source.namespace;
    this.format = source.format;
    this.tenant = tenant;
    this.rank = source.rank ?? DEFAULT_RANK;
    this.named = named;
    const found: MappingError[] = [];
    this.report = (error) => found.push(error);
    // Every kind is compiled once against its own declaration, so that no error waits for its first record.
    for (const record of file.shapely) this.mapping(record, this.columns(record));
    this.matches = this.compileMatches();
    this.report = undefined;
    const problems = [...file.problems, ...found.map(({ place, message, at }) => file.problem(place, message, at))];
    if (problems.length > 0) throw new SourceInvalid(inOrder(problems));
    this.mainKind = Object.values(source.records)[0]?.route.kind ?? '';
    this.recogniser = new Recogniser(source);
    const { title: _, ...said } = source;
    this.digest = fingerprint(canonicalJson([said, [...this.tables].sort()]));
  }

  /** Read once: a table that changes under a running process would be read in two ways. */
  private beside(name: string): string {
    const text = this.tables.get(name) ?? this.file.beside(name);
    this.tables.set(name, text);
    return text;
  }

  /** The kinds of record that it has. */
  records(): readonly string[] {
    return Object.keys(this.file.source.records);
  }

  /** Columns that a kind of record declares; undefined for formats without columns. */
  columns(record: string): readonly string[] | undefined {
    const rule = this.file.source.records[record];
    if (!isTabular(this.format)) return undefined;
    return [...(rule?.columns ?? []), ...(rule?.optional ?? [])];
  }

  /** The name of a file that holds a kind of record; empty if it has none of its own. */
  fileOf(record: string): string {
    return this.file.source.records[record]?.files?.[0]?.replaceAll('*', '') ?? '';
  }

  /** Which kind of record a file holds, by its name and its columns. */
  recognise(file: string, header: readonly string[] | undefined): Recognition {
    return this.recogniser.recognise(file, header);
  }

  /** Names of the columns of all its kinds of record. */
  get allColumns(): readonly string[] {
    return Object.keys(this.file.source.records).flatMap((record) => this.columns(record) ?? []);
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
    return this.matches.find(({ record, match }) => isMeant(record) && meets(value, match))?.record;
  }

  /** @returns undefined for a kind of record that this version does not have */
  mapping(record: string, columns: readonly string[] | undefined): RecordMapping | undefined {
    const name = columns === undefined ? record : [record, ...columns].join('\u0000');
    const known = this.bound.get(name);
    if (known !== undefined) return known;
    const rule = this.rule(record);
    if (rule === undefined) return undefined;
    const declared = this.columns(record) ?? [];
    const mapping = compileRecord(rule, {
      source: this.name,
      version: this.version,
      record,
      columns: columns === undefined ? [] : declared,
      input: () => (columns === undefined ? new ObjectInput(shapeOf(rule.input)) : new RowInput(declared, columns)),
      scope: (input) => this.scope(input, record),
    });
    if (this.bound.size >= HEADERS_KEPT) this.bound.clear();
    this.bound.set(name, mapping);
    return mapping;
  }

  /** What the file says of a kind of record. */
  rule(record: string): RecordRule | undefined {
    const { records } = this.file.source;
    return Object.hasOwn(records, record) ? records[record] : undefined;
  }

  private scope(input: Input, record: string): Scope {
    const { tenant, namespace, keys, report, named } = this;
    const options = { input, tenant, namespace, keys, beside: (name: string) => this.beside(name) };
    const hearers = { ...(report && { report }), ...(named && { named }) };
    return scopeOf({ ...options, ...hearers }, ['records', record]);
  }

  private compileMatches(): { record: string; match: (raw: Raw) => unknown }[] {
    return this.file.shapely.map((record) => {
      const rule = this.file.source.records[record];
      if (this.columns(record) !== undefined || rule?.match === undefined) return { record, match: () => true };
      const input = new ObjectInput(shapeOf(rule.input));
      return { record, match: this.scope(input, record).at('match').expression(rule.match) };
    });
  }
}

/** A record with something else where a condition looks for text is not of that kind. */
function meets(value: Raw, match: (raw: Raw) => unknown): boolean {
  try {
    return holds(match(value));
  } catch (error) {
    if (error instanceof ValueFault) return false;
    throw error;
  }
}

/** As they stand in the file, each once: an alias is compiled wherever it stands. */
function inOrder(problems: readonly FileProblem[]): FileProblem[] {
  const unique = new Map(problems.map((problem) => [problemText(problem), problem]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
