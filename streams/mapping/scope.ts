import type { MatchingKey } from '../../schemas/key.ts';

/** What an expression gives: `undefined` says that the record has no such thing. */
export type Value = unknown;

/** A decoded record: a row of an array format, or an object. */
export type Raw = readonly string[] | Readonly<Record<string, unknown>>;

export type Read = (raw: Raw) => Value;

/** Never called with undefined, except for steps that say so. */
export type Step = (value: Value) => Value;

export type Place = readonly (string | number)[];

/** A mapping that does not say what it must; the place is a path within the source. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

/** A value that a transform cannot take. It costs its record, never the feed. */
export class ValueFault extends Error {
  override readonly name = 'ValueFault';
  readonly rule: string;
  readonly value: Value;
  readonly fix: string;
  /** Field of the part or of the record; set by whoever knows it. */
  field = '';

  constructor(rule: string, value: Value, message: string, fix: string) {
    super(message);
    this.rule = rule;
    this.value = value;
    this.fix = fix;
  }
}

/** How paths are read from the records of one format. */
export interface Input {
  /** Throws MappingError for a path that no record has. */
  path(path: string, place: Place): Read;
}

/** What the compiler of a transform knows of where it stands. */
export interface Scope {
  readonly place: Place;
  readonly input: Input;
  readonly namespace: string;
  /** Keys of entities, memoised. */
  key(kind: string, namespace: string): (id: string) => MatchingKey;
  at(...more: (string | number)[]): Scope;
  expression(node: unknown): Read;
  fail(message: string): never;
}

/** Text of a scalar; anything else is no text. */
export function textOf(value: Value, rule: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ValueFault(rule, value, `${rule} takes text or a number`, 'map a field that holds one');
}
