import type { MatchingKey } from '../../schemas/key.ts';
import type { Shape } from './shape.ts';

/** What an expression gives: `undefined` says that the record has no such thing. */
export type Value = unknown;

/** A decoded record: a row of an array format, or an object. */
export type Raw = readonly string[] | Readonly<Record<string, unknown>>;

/** An element of a list, as expressions within `each` see it. */
export type Element = Readonly<{
  item: Value;
  /** Its place in the list, from 0. */
  index: number;
  /** The record, or the element of the list around this one. */
  outer: Raw;
}>;

export type Read = (raw: Raw) => Value;

/** Never called with an undefined value, except for steps that say so; `raw` is where options are read from. */
export type Step = (value: Value, raw: Raw) => Value;

export type Place = readonly (string | number)[];

/** A mapping that does not say what it must; the place is a path within the source. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  readonly place: Place;
  /** It is the name at the end of the place that is wrong, and not what stands behind it. */
  readonly at: 'name' | 'value';

  constructor(place: Place, message: string, at: 'name' | 'value' = 'value') {
    super(message);
    this.place = place;
    this.at = at;
  }
}

/** A value that a transform cannot take. It costs its record, never the feed. */
export class ValueFault extends Error {
  override readonly name = 'ValueFault';
  readonly rule: string;
  readonly value: Value;
  readonly fix: string;
  /** Path of the field within the part: `lines[2].price`. Whoever passes it on writes its own name before it. */
  field = '';

  constructor(rule: string, value: Value, message: string, fix: string) {
    super(message);
    this.rule = rule;
    this.value = value;
    this.fix = fix;
  }

  /** Says that it happened below this name or place. */
  within(step: string | number): this {
    const rest = this.field === '' || this.field.startsWith('[') ? this.field : `.${this.field}`;
    this.field = typeof step === 'number' ? `[${step}]${rest}` : `${step}${rest}`;
    return this;
  }
}

/** How paths are read from the records of one format. */
export interface Input {
  /** Throws MappingError for a path that no record has. */
  path(path: string, place: Place): Read;
  /** The lists that a path to a list goes through, the last one is that itself; each is read from the one before. */
  levels(path: string, place: Place): readonly string[];
  /** What is declared of that which a path leads to. */
  shape(path: string, place: Place): Shape;
}

/** The schema of what a value is to become, as far as it matters here. */
export interface Target {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Target>>;
  readonly items?: Target;
}

/** What the compiler of a transform knows of where it stands. */
export interface Scope {
  readonly place: Place;
  readonly input: Input;
  readonly namespace: string;
  /** Where the canonical schema says what fields the value may have. */
  readonly target: Target | undefined;
  /** The text of a file beside the source. @throws Error */
  beside(file: string): string;
  /** Keys of entities, memoised. */
  key(kind: string, namespace: string): (id: string) => MatchingKey;
  at(...more: (string | number)[]): Scope;
  toward(target: Target | undefined): Scope;
  /** The same place, where paths are read from another input. */
  within(input: Input): Scope;
  /** What it cannot compile is reported, and never there. */
  expression(node: unknown): Read;
  /** @throws MappingError */
  fail(message: string): never;
  /** The name at the end of the place is wrong. @throws MappingError */
  failName(message: string): never;
  /** Reports what it throws and goes on, so that all errors of a source are told at once. */
  attempt<T>(run: () => T, otherwise: T): T;
}

/** Text of a scalar; anything else is no text. */
export function textOf(value: Value, rule: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ValueFault(rule, value, `${rule} takes text or a number`, 'map a field that holds one');
}

/** What a field of text becomes of a number: the text that it is written as. */
export function asText(value: Value, isText: boolean | undefined): Value {
  return isText === true && typeof value === 'number' ? String(value) : value;
}

/** What counts as true: whatever is there, and is not false. */
export function holds(value: Value): boolean {
  return value !== undefined && value !== false;
}
