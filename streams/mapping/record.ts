import { fingerprint, type MatchingKey } from '../../schemas/key.ts';
import type { RecordRule } from '../../schemas/source.ts';
import { canonicalJson } from './canonical-json.ts';
import { ElementInput, RowInput } from './input.ts';
import { Kept } from './kept.ts';
import { compileEntity, compileOrder, compilePart, type MapPart, type MappedPart } from './parts.ts';
import { holds, textOf, ValueFault, type Element, type Input, type Raw, type Scope } from './scope.ts';
import { ANY } from './shape.ts';

/** One kind of record of a source, for one set of columns. */
export interface RecordMapping {
  /** Of the entity that the record is routed to. */
  readonly kind: string;
  /** A record is identified by all that it says, so that it has no other state. */
  readonly byContent: boolean;
  /** The entity that the record is routed to. Throws ValueFault. */
  readonly routeKey: (raw: Raw) => MatchingKey;
  /** The source's own id of that entity. Throws ValueFault. */
  readonly routeId: (raw: Raw) => string;
  /** What tells the record from all others of its source. Throws ValueFault. */
  readonly identity: (raw: Raw) => string;
  /** What the source says of why a record says nothing: text, where it gives a reason. Throws ValueFault. */
  readonly skipReason: (raw: Raw) => unknown;
  /** Its parts, those of its own entity first. Throws ValueFault. */
  readonly map: (raw: Raw) => MappedPart[];
}

/** Parts that are kept for records that say the same of the same entity: the header of an invoice, a product. */
const PARTS_KEPT = 2048;

/** Longer values are mapped each time: what is kept has to be bounded. */
const VALUES_KEPT = 400;

export interface RecordContext {
  readonly source: string;
  readonly version: number;
  readonly record: string;
  /** Columns that identity by content is made of. */
  readonly columns: readonly string[];
  /** A new input for the columns at hand, so that each part knows which of them it reads. */
  readonly input: () => Input;
  readonly scope: (input: Input) => Scope;
}

export function compileRecord(rule: RecordRule, context: RecordContext): RecordMapping {
  const outer = context.scope(context.input());
  const enter = compileAt(rule, outer);
  const scope = outer.within(innerInput(rule, outer));
  const identityOf = compileIdentity(rule, context, scope);
  const orderOf = Array.isArray(rule.order) ? compileOrder(rule.order, scope.at('order')) : () => [];
  const skip = rule.skip === undefined ? null : scope.at('skip').expression(rule.skip);
  // What the record says of its own entity comes first.
  const places = [...rule.parts.keys()].sort((a, b) => Number(isOther(rule, a)) - Number(isOther(rule, b)));
  const parts = places.map((place) => compileMapPart(rule, place, context));
  const route = compileEntity(rule.route, scope.at('route'));
  const entered = <T>(read: (raw: Raw) => T) => (enter === null ? read : (raw: Raw) => read(enter(raw)));

  return {
    kind: rule.route.kind,
    byContent: rule.identity === 'content',
    routeKey: entered(route.key),
    routeId: entered(route.id),
    identity: entered(identityOf),
    skipReason: entered((raw) => skip?.(raw)),
    map: (record) => {
      const raw = enter === null ? record : enter(record);
      if (skip !== null && holds(skip(raw))) return [];
      let known: string | undefined;
      const facts = { identity: () => (known ??= identityOf(raw)), order: () => orderOf(raw) };
      const mapped: MappedPart[] = [];
      for (const part of parts) {
        const result = part(raw, facts);
        if (isList(result)) mapped.push(...result);
        else if (result !== null) mapped.push(result);
      }
      return mapped;
    },
  };
}

/** Where the record is an envelope: what the rule is read from. */
function compileAt(rule: RecordRule, scope: Scope): ((raw: Raw) => Raw) | null {
  if (rule.at === undefined) return null;
  const read = scope.at('at').expression(rule.at);
  return (outer) => {
    const item = read(outer);
    if (item !== undefined) return { item, index: 0, outer } satisfies Element;
    const place = typeof rule.at === 'string' ? rule.at : 'at';
    throw new ValueFault('at', item, `the record has no ${place}`, 'add it to the record, or change at in the source');
  };
}

function innerInput({ at }: RecordRule, scope: Scope): Input {
  const { input, place } = scope;
  if (at === undefined) return input;
  if (typeof at !== 'string') return new ElementInput(input, ANY);
  // A wrong path is reported where it is compiled.
  return new ElementInput(
    input,
    scope.attempt(() => input.shape(at, place), ANY),
  );
}

type Mapped = ReturnType<MapPart>;

function isList(mapped: Mapped): mapped is readonly MappedPart[] {
  return Array.isArray(mapped);
}

function isOther(rule: RecordRule, place: number): boolean {
  return rule.parts[place]?.of !== undefined;
}

function compileMapPart(rule: RecordRule, i: number, context: RecordContext): MapPart {
  const part = rule.parts[i];
  const input = context.input();
  const outer = context.scope(input);
  const scope = outer.within(innerInput(rule, outer)).at('parts', i);
  if (part === undefined) return scope.fail('there is no such part');
  const settings = {
    source: context.source,
    version: context.version,
    routeKind: rule.route.kind,
    byContent: rule.identity === 'content',
    arrival: rule.order === 'arrival',
  };
  const { map, selfContained } = compilePart(part, settings, scope);
  return selfContained && input instanceof RowInput && scope.input === input ? kept(map, [...input.used]) : map;
}

/** Remembers results by the values of the columns that they are made of. */
function kept(map: MapPart, columns: readonly number[]): MapPart {
  const results = new Kept<Mapped>(PARTS_KEPT);
  let last: { row: readonly string[]; result: Mapped } | null = null;
  return (raw, facts) => {
    const row = raw as readonly string[];
    // Neighbours are often of one invoice: comparing is cheaper than looking up.
    if (last !== null && sameValues(last.row, row, columns)) return last.result;
    const values = valuesOf(row, columns);
    let result = results.get(values);
    if (result === undefined) {
      result = map(raw, facts);
      if (values.length <= VALUES_KEPT) results.set(values, result);
    }
    last = { row, result };
    return result;
  };
}

function sameValues(a: readonly string[], b: readonly string[], columns: readonly number[]): boolean {
  for (const column of columns) if (a[column] !== b[column]) return false;
  return true;
}

/** With their lengths, so that no two lists of values look the same. */
function valuesOf(row: readonly string[], columns: readonly number[]): string {
  const [only] = columns;
  if (columns.length === 1 && only !== undefined) return row[only] ?? '';
  let values = '';
  for (const column of columns) {
    const field = row[column] ?? '';
    values += `${field.length}:${field}`;
  }
  return values;
}

function compileIdentity(rule: RecordRule, context: RecordContext, scope: Scope): (raw: Raw) => string {
  const prefix = `${context.record}/`;
  if (rule.identity === 'content') {
    const { columns } = context;
    if (columns.length === 0) {
      const all = scope.expression('$item');
      return (raw) => prefix + fingerprint(canonicalJson(all(raw)));
    }
    const reads = columns.map((column) => scope.at('columns').expression(column));
    return (raw) => prefix + fingerprint(JSON.stringify(reads.map((read) => read(raw) ?? '')));
  }
  const read = scope.at('identity').expression(rule.identity);
  return (raw) => {
    const value = read(raw);
    if (value === undefined) throw new ValueFault('identity', value, 'the id of the record is missing', 'add the id');
    return prefix + textOf(value, 'identity');
  };
}
