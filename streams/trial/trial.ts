import { readSettings } from '../../config/settings.ts';
import type { SourceFile } from '../../config/sources.ts';
import type { RawRecord, RecordBatch } from '../../schemas/inbox.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { StateOrder } from '../../schemas/canonical/part.ts';
import type { CleansingPolicy, Settings } from '../../schemas/settings.ts';
import { decode } from '../formats/decode.ts';
import type { DecodedRecord } from '../formats/format.ts';
import { Router, type RoutedRecord } from '../ingress/router.ts';
import type { RecordMapping } from '../mapping/record.ts';
import { SourceRegistry } from '../mapping/registry.ts';
import { ValueFault, type Raw } from '../mapping/scope.ts';
import type { CompiledSource } from '../mapping/source.ts';
import type { ExtractedPart, Problem, RecordWork, StageFunction } from '../pipeline/batch.ts';
import { createStages } from '../pipeline/stages.ts';

type Body = Readonly<Record<string, unknown>>;

/** What would become of one record, stage by stage, without a data set. */
export interface TriedRecord {
  readonly line: number;
  /** Kind of record; empty if it is of none. */
  readonly record: string;
  readonly verdict: 'accepted' | 'skipped' | 'duplicate' | 'quarantined';
  /** Why its source skips it; empty if that gives no reason, and for other verdicts. */
  readonly reason: string;
  /** What was decoded: a row by the names of its columns, an object, or what could be read of a faulty record. */
  readonly decoded: unknown;
  /** Where it goes; null if nobody can tell. */
  readonly routed: TriedRoute | null;
  /** As extracted, and what cleansing made of them. Empty for a record that did not come so far. */
  readonly parts: readonly TriedPart[];
  /** The entities that the bodies of the parts refer to, by key. */
  readonly names: Readonly<Record<MatchingKey, string>>;
  readonly problem: Problem | null;
}

export interface TriedRoute {
  readonly kind: string;
  /** The source's own id. */
  readonly id: string;
  readonly key: MatchingKey;
  /** What tells the record from all others of its source; null if it lacks that. */
  readonly identity: string | null;
}

export interface TriedPart {
  readonly name: string;
  readonly key: MatchingKey;
  /** The entity, as `namedKey` names it. */
  readonly of: string;
  readonly slot: string;
  readonly merge: string;
  readonly order: StateOrder;
  readonly body: Body;
  /** What fields were before cleansing, by name: only those that it changed. */
  readonly before: Body;
}

/** Records of one message, as in a feed: a repeat is told from others of it. */
const BATCH = 500;

/** Keys whose making is remembered, so that people see ids; more are shown as they are. */
const NAMES_LIMIT = 20_000;

/** Dry runs of one source. */
export class Trial {
  readonly source: CompiledSource;
  private readonly stages: readonly StageFunction[];
  private readonly names = new Map<MatchingKey, string>();

  /** @throws SourceInvalid */
  constructor(file: SourceFile, settings: Pick<Settings, 'tenant'> & CleansingPolicy = readSettings({})) {
    const registry = new SourceRegistry([file], settings.tenant, (key, { kind, namespace, id }) => {
      const elsewhere = namespace === file.source.namespace ? '' : ` in ${namespace}`;
      if (this.names.size < NAMES_LIMIT) this.names.set(key, `${kind} ${id}${elsewhere}`);
    });
    this.source = registry.newest(file.source.name);
    this.stages = createStages(registry, settings);
  }

  /** `customer 17850` for a key of this source, `customer 7 in shop` for one of another namespace. */
  nameOf(key: MatchingKey): string {
    return this.names.get(key) ?? key;
  }

  /** Why nothing of a file of this name would be imported; undefined if something would. */
  ignored(name: string): string | undefined {
    const recognised = this.source.recognise(name, undefined);
    return recognised.type === 'ignored' ? recognised.reason : undefined;
  }

  /**
   * What would become of the records of a file.
   * @param limit how many are looked at
   */
  async *file(name: string, chunks: Chunks, limit = Infinity): AsyncGenerator<TriedRecord> {
    const router = new Router(this.source, name);
    let header: readonly string[] | undefined;
    let left = limit;
    const { format, allColumns: columns } = this.source;
    for await (const batch of decode(format, chunks, { columns })) {
      if (batch.records.length > 0 && header === undefined) {
        router.begin((header = batch.header));
        const faulty = router.faultyHeader();
        if (faulty !== null) yield* this.records([{ line: 1, routed: faulty }], header);
      }
      for (let from = 0; from < batch.records.length && left > 0; from += BATCH) {
        const records = batch.records.slice(from, from + Math.min(BATCH, left));
        left -= records.length;
        yield* this.records(
          records.map((record) => ({ line: record.line, routed: router.route(record) })),
          header,
        );
      }
      if (left <= 0) return;
    }
  }

  /**
   * One record as it is after decoding: an object, or a row by the names of its columns, where those that are left out
   * are empty.
   * @param record kind of the row
   */
  given(value: Body, record: string | undefined): TriedRecord {
    const kind = record ?? this.source.records()[0] ?? '';
    const declared = this.source.columns(kind);
    const columns = declared === undefined ? undefined : [...new Set([...declared, ...Object.keys(value)])];
    const router = new Router(this.source, this.source.fileOf(kind));
    router.begin(columns);
    const decoded: DecodedRecord =
      columns === undefined
        ? { type: 'json', line: 1, column: 1, value, text: JSON.stringify(value) }
        : { type: 'row', line: 1, fields: columns.map((column) => fieldOf(value[column])) };
    const [tried] = this.records([{ line: 1, routed: router.route(decoded) }], columns);
    if (tried === undefined) throw new RangeError('a record was routed and got lost');
    return tried;
  }

  private records(all: readonly Routed[], columns: readonly string[] | undefined): readonly TriedRecord[] {
    const records = all.map(({ routed }) => JSON.parse(routed.text) as RawRecord);
    const { name: source, version: sourceVersion } = this.source;
    const head = { v: 1, type: 'records', source, sourceVersion, feed: 'trial' } as const;
    const batch: RecordBatch = { ...head, ...(columns && { columns }), records };
    const works = records.map((record, item): RecordWork => {
      return { position: 0, item, at: 0, batch, record, parts: [], duplicate: false, problem: null };
    });
    const [extract, ...others] = this.stages;
    extract?.(works);
    const extracted = works.map(({ parts }) => parts.map(({ part }) => part.body as Body));
    for (const stage of others) stage(works);
    return works.map((work, i) => this.tried(work, all[i]?.line ?? 0, extracted[i] ?? []));
  }

  private tried(work: RecordWork, line: number, extracted: readonly Body[]): TriedRecord {
    const { record, batch, problem } = work;
    const mapping = this.source.mapping(record.record, batch.columns);
    return {
      line,
      record: record.record,
      verdict: verdictOf(work),
      reason: verdictOf(work) === 'skipped' ? reasonOf(record, mapping) : '',
      decoded: decodedOf(record, batch.columns),
      routed: record.fault === undefined && mapping !== undefined ? routeOf(record, mapping) : null,
      parts: work.parts.map((part, i) => this.triedPart(part, extracted[i] ?? {})),
      names: this.namesIn(work.parts.map(({ part }) => part.body)),
      problem,
    };
  }

  private namesIn(values: readonly unknown[]): Record<MatchingKey, string> {
    const names: Record<MatchingKey, string> = {};
    for (const value of values) {
      const name = typeof value === 'string' ? this.names.get(value) : undefined;
      if (name !== undefined) names[value as string] = name;
      else if (typeof value === 'object' && value !== null) Object.assign(names, this.namesIn(Object.values(value)));
    }
    return names;
  }

  private triedPart({ name, key, part }: ExtractedPart, before: Body): TriedPart {
    const { slot, merge, order } = part;
    const { original: _, ...body } = part.body as Body;
    const changed = Object.keys(before).filter(
      (field) => JSON.stringify(before[field]) !== JSON.stringify(body[field]),
    );
    const was = Object.fromEntries(changed.map((field) => [field, before[field]]));
    return { name, key, of: this.nameOf(key), slot, merge, order, body, before: was };
  }
}

interface Routed {
  readonly line: number;
  readonly routed: RoutedRecord;
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** As a file has it: text. */
function fieldOf(value: unknown): string {
  return value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

function verdictOf({ problem, duplicate, parts }: RecordWork): TriedRecord['verdict'] {
  if (problem !== null) return 'quarantined';
  if (duplicate) return 'duplicate';
  return parts.length === 0 ? 'skipped' : 'accepted';
}

function reasonOf({ raw }: RawRecord, mapping: RecordMapping | undefined): string {
  const reason = mapping?.skipReason(raw as Raw);
  return typeof reason === 'string' ? reason : '';
}

function decodedOf({ raw, fault }: RawRecord, columns: readonly string[] | undefined): unknown {
  if (fault !== undefined || columns === undefined || !Array.isArray(raw)) return raw;
  const fields: readonly unknown[] = raw;
  return Object.fromEntries(columns.map((column, i) => [column, fields[i]]));
}

function routeOf({ key, raw }: RawRecord, mapping: RecordMapping): TriedRoute {
  return { kind: mapping.kind, id: mapping.routeId(raw as Raw), key, identity: identityOf(raw as Raw, mapping) };
}

function identityOf(raw: Raw, { identity }: RecordMapping): string | null {
  try {
    return identity(raw);
  } catch (error) {
    if (error instanceof ValueFault) return null;
    throw error;
  }
}
