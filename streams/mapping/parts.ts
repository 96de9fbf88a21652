import type { Merge, Part, StateOrder } from '../../schemas/canonical/part.ts';
import { CANONICAL, isCanonicalName, type CanonicalName } from '../../schemas/canonical/canonical.ts';
import { fingerprint, type MatchingKey } from '../../schemas/key.ts';
import { didYouMean } from '../../schemas/nearest.ts';
import type { EntityRule, PartRule } from '../../schemas/source.ts';
import { canonicalJson } from './canonical-json.ts';
import { textOf, ValueFault, type Raw, type Read, type Scope, type Value } from './scope.ts';

/** What a compiled part rule makes of a record; `key` is null for a part of the entity that the record is routed to. */
export interface MappedPart {
  readonly kind: string;
  readonly key: MatchingKey | null;
  readonly name: CanonicalName;
  /** Shared by all records that say the same of the same entity: never changed. */
  readonly part: Part;
}

export type MapPart = (raw: Raw, identity: () => string, order: () => StateOrder) => MappedPart | null;

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
  const name = partName(rule, context, scope);
  const { kind, v } = CANONICAL[name];
  const merge: Merge = rule.merge ?? (context.arrival ? 'arrival' : 'replace');
  const of = rule.of === undefined ? null : compileEntity(rule.of, scope.at('of'));
  const when = rule.when === undefined ? null : scope.at('when').expression(rule.when);
  const slot = compileSlot(rule, merge, name, scope);
  const bodyOf = compileBody(rule, scope.at('fields'));
  const shared = merge === 'least';
  const hashOf = context.byContent && !shared && isOwnSlot(rule) ? versionHash(context.version) : bodyHash;

  const map: MapPart = (raw, identity, order) => {
    if (when !== null && !holds(when(raw))) return null;
    const key = of === null ? null : of(raw);
    const body = bodyOf(raw);
    const part: Part = {
      v,
      source: context.source,
      slot: slot(raw, identity),
      merge,
      order: shared ? [] : order(),
      hash: hashOf(body),
      body,
    };
    return { kind, key, name, part };
  };
  return { map, selfContained: shared && rule.slot !== 'identity' };
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
  if (kind !== actual)
    scope.at(rule.of === undefined ? 'name' : 'of').fail(`${name} is a part of ${kind}, not of ${actual}`);
  return name;
}

/** Key of the entity; a record that lacks the id is at fault. */
export function compileEntity(rule: EntityRule, scope: Scope): (raw: Raw) => MatchingKey {
  const id = scope.at('id').expression(rule.id);
  const key = scope.key(rule.kind, rule.namespace ?? scope.namespace);
  return (raw) => {
    const value = id(raw);
    if (value === undefined) {
      throw new ValueFault(
        'key',
        value,
        `the id of the ${rule.kind} is missing`,
        'add the id, or a condition to the part',
      );
    }
    return key(textOf(value, 'key'));
  };
}

type SlotOf = (raw: Raw, identity: () => string) => string;

function compileSlot(rule: PartRule, merge: Merge, name: CanonicalName, scope: Scope): SlotOf {
  const slot = rule.slot ?? (merge === 'least' ? 'shared' : 'identity');
  if (slot === 'shared') return () => name;
  if (slot === 'identity') return (_raw, identity) => identity();
  const read = scope.at('slot').expression(slot);
  return (raw) => {
    const value = read(raw);
    if (value === undefined) throw new ValueFault('slot', value, 'the id of the statement is missing', 'add the id');
    return textOf(value, 'slot');
  };
}

function compileBody(rule: PartRule, scope: Scope): (raw: Raw) => Readonly<Record<string, Value>> {
  const { properties } = CANONICAL[rule.name as CanonicalName].body;
  // Sorted, so that the text of the body is canonical.
  const names = Object.keys(rule.fields).sort();
  for (const name of names) {
    if (!Object.hasOwn(properties, name) || name === 'original') {
      scope.at(name).fail(`${rule.name} has no field ${name}${didYouMean(name, Object.keys(properties))}`);
    }
  }
  const reads: readonly Read[] = names.map((name) => scope.at(name).expression(rule.fields[name]));
  const declared = Object.keys(rule.fields).map((name) => names.indexOf(name));
  return (raw) => {
    try {
      return readBody(raw, names, reads);
    } catch (error) {
      throw firstFault(raw, names, reads, declared) ?? error;
    }
  };
}

function readBody(raw: Raw, names: readonly string[], reads: readonly Read[]): Readonly<Record<string, Value>> {
  const body: Record<string, Value> = {};
  for (let i = 0; i < reads.length; i++) {
    const value = reads[i]?.(raw);
    if (value !== undefined) body[names[i] ?? ''] = value;
  }
  return body;
}

/** The fault of the first field, in the order of the source: what is made of others comes after them there. */
function firstFault(
  raw: Raw,
  names: readonly string[],
  reads: readonly Read[],
  declared: readonly number[],
): ValueFault | null {
  for (const i of declared) {
    try {
      reads[i]?.(raw);
    } catch (error) {
      if (!(error instanceof ValueFault)) return null;
      error.field = names[i] ?? '';
      return error;
    }
  }
  return null;
}

export function holds(value: Value): boolean {
  return value !== undefined && value !== false;
}
