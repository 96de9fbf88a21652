import type { Part, StateOrder } from '../schemas/canonical/part.ts';
import type { Stamp } from '../schemas/statement.ts';

/**
 * What one source last said in one slot. An entity is integrated from its statements, never from the way they came:
 * `hear` keeps of each slot what its merge rule says, and `integrated` picks field by field among the slots.
 */
export interface Statement<Body = unknown> extends Stamp {
  readonly body: Body;
}

/** Statements by `statementId`. */
export type Statements<Body> = ReadonlyMap<string, Statement<Body>>;

/** Sources on one entity; each keeps a statement or a few. Keeps a working state, and its documents, small. */
export const STATEMENTS_LIMIT = 32;

/** Unique among the statements of one name about one entity. */
export function statementId(stamp: Pick<Stamp, 'source' | 'slot'>): string {
  return `${stamp.source}/${stamp.slot}`;
}

/** The stamp of a statement without its body. */
export function stampOf({ source, slot, merge, order, hash, version }: Stamp): Stamp {
  const stamp = { source, slot, merge, order, hash };
  return version === undefined ? stamp : { ...stamp, version };
}

/** By which version of its source a statement was read. Before stamps told it, there was no use for a second one. */
export function versionOf({ version = 1 }: Pick<Stamp, 'version'>): number {
  return version;
}

/**
 * What a part makes of its slot: a new statement, or nothing, because it is the same again (`duplicate`) or older
 * than what stands there (`stale`). The outcome for a slot depends on the set of its parts (but for `arrival`).
 */
export function hear<Body extends object>(
  known: Statement<Body> | undefined,
  part: Part<Body>,
  fields: readonly string[],
): Statement<Body> | 'duplicate' | 'stale' {
  switch (part.merge) {
    case 'replace':
      return hearNewest(known, part, fields);
    case 'least':
      return hearLeast(known, part, fields);
    case 'arrival':
      return known?.hash === part.hash ? 'duplicate' : stated(part, part.hash, part.order, ordered(part.body, fields));
  }
}

function hearNewest<Body extends object>(
  known: Statement<Body> | undefined,
  part: Part<Body>,
  fields: readonly string[],
): Statement<Body> | 'duplicate' | 'stale' {
  const difference = known === undefined ? 1 : compareStates(part, known);
  if (difference === 0) return 'duplicate';
  if (difference < 0) return 'stale';
  return stated(part, part.hash, part.order, ordered(part.body, fields));
}

/**
 * Neither order nor hash of the part is kept: they would tell which of many came last. The newest version of the source
 * speaks alone: the least of what two of them say would let a wrong reading win for ever.
 */
function hearLeast<Body extends object>(
  known: Statement<Body> | undefined,
  part: Part<Body>,
  fields: readonly string[],
): Statement<Body> | 'duplicate' | 'stale' {
  const newer = known === undefined ? 1 : versionOf(part) - versionOf(known);
  if (newer < 0) return 'stale';
  if (known === undefined || newer > 0) return stated(part, '', [], least(part.body, part.body, fields));
  if (addsNothing(known.body, part.body, fields)) return 'duplicate';
  return stated(part, '', [], least(known.body, part.body, fields));
}

function stated<Body>(part: Part<Body>, hash: string, order: StateOrder, body: Body): Statement<Body> {
  const { source, slot, merge, version } = part;
  return version === undefined
    ? { source, slot, merge, order, hash, body }
    : { source, slot, merge, order, hash, version, body };
}

/** What states of one slot are compared by. */
type State = Pick<Stamp, 'order' | 'version' | 'hash'>;

/**
 * Negative when `a` is the older state. Of two readings of one state the one by the newer version of the source wins;
 * the last ties are broken by the hash, so that all arrivals agree.
 */
export function compareStates(a: State, b: State): number {
  const length = Math.min(a.order.length, b.order.length);
  for (let i = 0; i < length; i++) {
    const difference = compareValues(a.order[i], b.order[i]);
    if (difference !== 0) return difference;
  }
  if (a.order.length !== b.order.length) return a.order.length - b.order.length;
  return versionOf(a) - versionOf(b) || compareText(a.hash, b.hash);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A total order of JSON values: numbers, then text, then the rest by its JSON. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof b === 'number') return 1;
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : -1;
  if (typeof b === 'string') return 1;
  return compareText(JSON.stringify(a), JSON.stringify(b));
}

type Fields = Readonly<Record<string, unknown>>;

/** The declared fields that a body has, in their declared order: bodies are compared as bytes. */
export function ordered<Body extends object>(body: Body, fields: readonly string[]): Body {
  const from = body as Fields;
  const to: Record<string, unknown> = {};
  for (const field of fields) {
    const value = from[field];
    if (value !== undefined) to[field] = value;
  }
  return to as Body;
}

/** What a field was before cleansing, and which rules changed it, go where the field goes: they are chosen as one. */
function originalOf(body: Fields, field: string): unknown {
  return (body['original'] as Fields | undefined)?.[field];
}

function rulesOf(body: Fields, field: string): readonly string[] | undefined {
  return (body['original'] as { readonly rules?: Readonly<Record<string, readonly string[]>> } | undefined)?.rules?.[
    field
  ];
}

/** Absent is greatest for a value (anything said is kept), and least for what it was before (nothing was changed). */
function comparePairs(a: Fields, b: Fields, field: string): number {
  const [x, y] = [a[field], b[field]];
  if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1;
  const difference = compareValues(x, y);
  if (difference !== 0) return difference;
  const byOriginal = compareKept(originalOf(a, field), originalOf(b, field));
  return byOriginal === 0 ? compareKept(rulesOf(a, field)?.join(), rulesOf(b, field)?.join()) : byOriginal;
}

function compareKept(before: unknown, other: unknown): number {
  if (before === undefined || other === undefined) return before === other ? 0 : before === undefined ? -1 : 1;
  return compareValues(before, other);
}

function addsNothing(known: object, said: object, fields: readonly string[]): boolean {
  for (const field of fields) {
    if (field === 'original') continue;
    if (comparePairs(known as Fields, said as Fields, field) > 0) return false;
  }
  return true;
}

function least<Body extends object>(a: Body, b: Body, fields: readonly string[]): Body {
  return chosen(fields, (field) => (comparePairs(a as Fields, b as Fields, field) <= 0 ? a : b));
}

/** Takes over what a field of a body was before cleansing, and which rules changed it. */
export function keepOriginal(original: Record<string, unknown>, from: Fields, field: string): void {
  const before = originalOf(from, field);
  if (before !== undefined) original[field] = before;
  const applied = rulesOf(from, field);
  if (applied !== undefined) original['rules'] = { ...(original['rules'] as object | undefined), [field]: applied };
}

/** A body whose every field, with its original and its rules, comes from the body that `from` names. */
function chosen<Body extends object>(fields: readonly string[], from: (field: string) => Body | undefined): Body {
  const body: Record<string, unknown> = {};
  const original: Record<string, unknown> = {};
  for (const field of fields) {
    const source = from(field) as Fields | undefined;
    if (source === undefined || field === 'original' || source[field] === undefined) continue;
    body[field] = source[field];
    keepOriginal(original, source, field);
  }
  if (Object.keys(original).length > 0) body['original'] = original;
  return body as Body;
}

/** Slots in the order in which they are asked: by source, then by slot. */
export function ranked<Body>(statements: Statements<Body>): [string, Statement<Body>][] {
  const all = [...statements];
  return all.length < 2 ? all : all.sort(([a], [b]) => compareText(a, b));
}

/**
 * The entity as all its slots together state it: each field from the first slot, in ranked order, that states it.
 * States of different sources cannot be compared by their order, so the name of the slot decides.
 */
export function integrated<Body extends object>(statements: Statements<Body>, fields: readonly string[]): Body | null {
  // Most entities have one, and are integrated with every change.
  if (statements.size < 2) {
    for (const { body } of statements.values()) return body;
    return null;
  }
  const bodies = ranked(statements).map(([, statement]) => statement.body);
  return chosen(fields, (field) => bodies.find((body) => (body as Fields)[field] !== undefined));
}

/** The statements with one more, or with a newer state of one. */
export function withStatement<Body>(statements: Statements<Body>, statement: Statement<Body>): Statements<Body> {
  return new Map(statements).set(statementId(statement), statement);
}
