import type { Merge, Part, StateOrder } from '../../schemas/canonical/part.ts';
import { CANONICAL, isCanonicalName, type CanonicalName } from '../../schemas/canonical/canonical.ts';
import { fingerprint, type MatchingKey } from '../../schemas/key.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import type { EntityRule, PartRule } from '../../schemas/source.ts';
import { canonicalJson } from './canonical-json.ts';
import { knownKind } from './kinds.ts';
import { compileElements, noElements, placesOf } from './elements.ts';
import {
  asText,
  holds,
  textOf,
  ValueFault,
  type Element,
  type Raw,
  type Read,
  type Scope,
  type Target,
  type Value,
} from './scope.ts';

/** What a compiled part rule makes of a record; `key` is null for a part of the entity that the record is routed to. */
export interface MappedPart {
  readonly kind: string;
  readonly key: MatchingKey | null;
  readonly name: CanonicalName;
  /** Shared by all records that say the same of the same entity: never changed. */
  readonly part: Part;
}

/** What all parts of one record share. */
export interface RecordFacts {
  readonly identity: () => string;
  readonly order: () => StateOrder;
}

export type MapPart = (raw: Raw, record: RecordFacts) => MappedPart | readonly MappedPart[] | null;

export interface PartContext {
  readonly source: string;
  readonly version: number;
  readonly routeKind: string;
  /** The record's identity is its content, so that a statement in its slot has no other state. */
  readonly byContent: boolean;
  /** The last state to arrive wins. */
  readonly arrival: boolean;
}

export interface CompiledPart {
  readonly map: MapPart;
  /** Its result depends on nothing but the columns that it reads: no record identity, no order of states. */
  readonly selfContained: boolean;
}

export function compilePart(rule: PartRule, context: PartContext, scope: Scope): CompiledPart {
  const { each } = rule;
  const selfContained = rule.merge === 'least' && rule.slot !== 'identity';
  if (each === undefined) return { map: compileOne(rule, context, scope, slotOfRecord), selfContained };
  const { of, input, depth } = scope.attempt(() => compileElements(each, scope.at('each')), noElements(scope));
  const list = typeof each === 'string' ? each : 'each';
  const slotOfElement: OwnSlot = (raw, { identity }) => `${identity()}/${list}.${placesOf(raw as Element, depth)}`;
  const element = compileOne(rule, context, scope.within(input), slotOfElement);
  const map: MapPart = (raw, record) => {
    const parts: MappedPart[] = [];
    for (const item of of(raw)) {
      const part = located(rule.name, item, depth, () => element(item, record));
      if (part !== null) parts.push(part);
    }
    return parts;
  };
  return { map, selfContained };
}

/** Faults of an element say which one it was. */
function located<Result>(name: string, element: Element, depth: number, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw error instanceof ValueFault ? error.within(`${name}[${placesOf(element, depth)}]`) : error;
  }
}

type OwnSlot = (raw: Raw, record: RecordFacts) => string;

const slotOfRecord: OwnSlot = (_raw, { identity }) => identity();

type MapOne = (raw: Raw, record: RecordFacts) => MappedPart | null;

function compileOne(rule: PartRule, context: PartContext, scope: Scope, ownSlot: OwnSlot): MapOne {
  // What has no right name has no fields to compare with, and never gets as far as to be mapped.
  const known = scope.attempt(() => partName(rule, context, scope), null);
  const name = known ?? 'order';
  const { kind } = CANONICAL[name];
  const merge: Merge = rule.merge ?? (context.arrival ? 'arrival' : 'replace');
  const of = rule.of === undefined ? null : compileEntity(rule.of, scope.at('of'));
  const when = rule.when === undefined ? null : scope.at('when').expression(rule.when);
  const slot = compileSlot(rule, merge, name, scope, ownSlot);
  const bodyOf = compileBody(rule, known === null ? null : fieldsOf(known), scope.at('fields'));
  const ownOrder = rule.order === undefined ? null : compileOrder(rule.order, scope.at('order'));
  const shared = merge === 'least';
  const hashOf = context.byContent && !shared && isOwnSlot(rule) ? versionHash(context.version) : bodyHash;

  return (raw, record) => {
    if (when !== null && !holds(when(raw))) return null;
    const key = of === null ? null : of.key(raw);
    const body = bodyOf(raw);
    const part: Part = {
      v: 2,
      source: context.source,
      slot: slot(raw, record),
      merge,
      order: shared ? [] : ownOrder === null ? record.order() : ownOrder(raw),
      hash: hashOf(body),
      version: context.version,
      body,
    };
    return { kind, key, name, part };
  };
}

/** The order of states, element by element; what is not there comes before all that is. */
export function compileOrder(nodes: readonly unknown[], scope: Scope): (raw: Raw) => StateOrder {
  const reads = nodes.map((node, i) => scope.at(i).expression(node));
  return (raw) => reads.map((read) => orderElement(read(raw)));
}

function orderElement(value: unknown): string | number {
  return typeof value === 'number' ? value : value === undefined ? Number.MIN_SAFE_INTEGER : textOf(value, 'order');
}

function isOwnSlot({ slot }: PartRule): boolean {
  return slot === undefined || slot === 'identity';
}

/** Its slot tells such a statement from all others; of two readings of it, the newer version of the source wins. */
function versionHash(version: number): () => string {
  const hash = `v${String(version).padStart(6, '0')}`;
  return () => hash;
}

function bodyHash(body: Readonly<Record<string, Value>>): string {
  return fingerprint(textOfBody(body));
}

/** Names of fields are sorted already; only what a record nests in a field is not. */
function textOfBody(body: Readonly<Record<string, Value>>): string {
  for (const name in body) if (typeof body[name] === 'object') return canonicalJson(body);
  return JSON.stringify(body);
}

function partName(rule: PartRule, context: PartContext, scope: Scope): CanonicalName {
  const { name } = rule;
  if (!isCanonicalName(name)) {
    return scope.at('name').fail(`no canonical message is called ${name}${didYouMean(name, Object.keys(CANONICAL))}`);
  }
  const { kind } = CANONICAL[name];
  const actual = rule.of?.kind ?? context.routeKind;
  if (kind !== actual) {
    const place = rule.of === undefined ? scope.at('name') : scope.at('of', 'kind');
    place.attempt(() => place.fail(`${name} is a part of ${kind}, not of ${actual}`), undefined);
  }
  return name;
}

/** An entity that a record names: by its source's own id, and by the key that is made of it. */
export interface CompiledEntity {
  /** Throws ValueFault for a record that lacks it. */
  readonly id: (raw: Raw) => string;
  readonly key: (raw: Raw) => MatchingKey;
}

export function compileEntity(rule: EntityRule, scope: Scope): CompiledEntity {
  const read = scope.at('id').expression(rule.id);
  scope.attempt(() => knownKind(rule.kind, scope.at('kind')), undefined);
  const keyOf = scope.key(rule.kind, rule.namespace ?? scope.namespace);
  const id = (raw: Raw): string => {
    const value = read(raw);
    if (value === undefined) throw noId(rule.kind);
    return textOf(value, 'key');
  };
  return { id, key: (raw) => keyOf(id(raw)) };
}

function noId(kind: string): ValueFault {
  const fix = 'add the id, or a condition to the part';
  return new ValueFault('key', undefined, `the id of the ${kind} is missing`, fix);
}

function compileSlot(rule: PartRule, merge: Merge, name: CanonicalName, scope: Scope, ownSlot: OwnSlot): OwnSlot {
  const slot = rule.slot ?? (merge === 'least' ? 'shared' : 'identity');
  if (slot === 'shared') return () => name;
  if (slot === 'identity') return ownSlot;
  const read = scope.at('slot').expression(slot);
  return (raw) => {
    const value = read(raw);
    if (value === undefined) throw new ValueFault('slot', value, 'the id of the statement is missing', 'add the id');
    return textOf(value, 'slot');
  };
}

type Properties = Readonly<Record<string, Target>>;

/** @param properties null if nobody knows what fields there are */
function compileBody(rule: PartRule, properties: Properties | null, scope: Scope): (raw: Raw) => Body {
  // Sorted, so that the text of the body is canonical.
  const names = Object.keys(rule.fields).sort();
  const reads: readonly FieldRead[] = names.map((name) => {
    if (properties !== null) scope.attempt(() => knownField(name, rule.name, properties, scope), undefined);
    const target = properties?.[name];
    const read = scope.at(name).toward(target).expression(rule.fields[name]);
    return { name, isText: target?.type === 'string', read };
  });
  const declared = Object.keys(rule.fields).map((name) => names.indexOf(name));
  return (raw) => {
    try {
      return readBody(raw, reads);
    } catch (error) {
      throw firstFault(raw, reads, declared) ?? error;
    }
  };
}

function knownField(name: string, part: string, properties: Properties, scope: Scope): void {
  if (Object.hasOwn(properties, name) && name !== 'original') return;
  scope.at(name).failName(`${part} has no field ${name}${didYouMean(name, Object.keys(properties))}`);
}

type Body = Readonly<Record<string, Value>>;

interface FieldRead {
  readonly name: string;
  readonly isText: boolean;
  readonly read: Read;
}

function fieldsOf(name: CanonicalName): Properties {
  const schema: object = CANONICAL[name].body;
  return (schema as Target).properties ?? {};
}

function readBody(raw: Raw, reads: readonly FieldRead[]): Body {
  const body: Record<string, Value> = {};
  for (const { name, isText, read } of reads) {
    const value = read(raw);
    if (value !== undefined) body[name] = asText(value, isText);
  }
  return body;
}

/** The fault of the first field, in the order of the source: what is made of others comes after them there. */
function firstFault(raw: Raw, reads: readonly FieldRead[], declared: readonly number[]): ValueFault | null {
  for (const i of declared) {
    try {
      reads[i]?.read(raw);
    } catch (error) {
      return error instanceof ValueFault ? error.within(reads[i]?.name ?? '') : null;
    }
  }
  return null;
}
