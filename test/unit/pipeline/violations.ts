import { CANONICAL, type CanonicalName } from '../../../schemas/canonical/canonical.ts';
import { matchingKey } from '../../../schemas/key.ts';
import type { SchemaNode } from '../../../streams/pipeline/allowed.ts';

export type Path = readonly (string | number)[];
export type Body = Record<string, unknown>;

/** A body that is right but for one value, which breaks one rule. */
export interface Violated {
  readonly name: CanonicalName;
  readonly rule: string;
  readonly path: Path;
  readonly body: Body;
  /** What stands at the path; undefined where the rule is that something has to. */
  readonly value: unknown;
  /** The schema of what may stand there; none for what may not stand there at all. */
  readonly schema: SchemaNode | undefined;
}

/** Keywords of the schemas that are no rule, or that say what another rule is about. */
const NO_RULES = new Set(['properties', 'items', 'patternProperties', 'x-personal']);

/** Every rule of every field of every canonical schema, broken in every way that it can be. */
export function* violations(): Generator<Violated> {
  for (const [name, { body: schema }] of Object.entries(CANONICAL) as [CanonicalName, { body: SchemaNode }][]) {
    for (const broken of brokenWithin(schema, [])) {
      const body = valid(schema) as Body;
      yield { name, ...broken, body: put(body, schema, broken.path, broken.value) };
    }
  }
}

type Broken = Pick<Violated, 'rule' | 'path' | 'value' | 'schema'>;

/** A value of the schema with as little in it as may be. */
export function valid(schema: SchemaNode): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  const { type, minimum = 0, minItems = 0, items = {}, required = [], properties } = schema;
  if (type === 'string') return validText(schema);
  if (type === 'integer' || type === 'number') return Math.max(0, minimum);
  if (type === 'array') return Array.from({ length: Math.max(1, minItems) }, () => valid(items));
  if (type === 'object') return Object.fromEntries(required.map((name) => [name, valid(properties?.[name] ?? {})]));
  throw new Error(`no valid value is known for ${JSON.stringify(schema)}`);
}

function validText({ pattern, format, minLength = 0 }: SchemaNode): string {
  if (format === 'date-time') return '2026-01-31T08:00:00Z';
  const tries = ['x'.repeat(Math.max(1, minLength)), 'ZZ', 'ZZZ', matchingKey('main', 'order', 'shop', '1')];
  const text = tries.find((one) => pattern === undefined || new RegExp(pattern).test(one));
  if (text === undefined) throw new Error(`no text is known that matches ${String(pattern)}`);
  return text;
}

function* brokenWithin(schema: SchemaNode, path: Path): Generator<Broken> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const place = [...path, name];
    if (schema.required?.includes(name) === true) {
      yield { rule: 'required', path: place, value: undefined, schema: field };
    }
    yield* brokenValue(field, place);
    yield* brokenWithin(field, place);
  }
  if (schema.items !== undefined) {
    yield* brokenValue(schema.items, [...path, 0]);
    yield* brokenWithin(schema.items, [...path, 0]);
  }
  if ('additionalProperties' in schema) {
    yield { rule: 'additionalProperties', path: [...path, 'unheardOf'], value: 'so', schema: undefined };
  }
}

/** @throws for a rule that nothing here knows how to break: a new one needs its violation */
function* brokenValue(schema: SchemaNode, path: Path): Generator<Broken> {
  for (const rule of Object.keys(schema)) {
    if (NO_RULES.has(rule) || rule === 'required' || rule === 'additionalProperties') continue;
    const breaks = BREAKS[rule];
    if (breaks === undefined) throw new Error(`nothing is known that breaks the rule ${rule} at ${path.join('.')}`);
    for (const value of breaks(schema)) yield { rule, path, value, schema };
  }
  const field = path.at(-1);
  if (schema.format === 'date-time') {
    for (const value of ['0201-02-03T00:00:00Z', '2200-01-01T00:00:00Z'])
      yield { rule: 'plausibleTime', path, value, schema };
  }
  const kinds = [...new Set(Object.values(CANONICAL).map(({ kind }) => kind))];
  const kind = kinds.find((one) => one === field);
  if (kind !== undefined && schema.pattern !== undefined) {
    for (const other of kinds.filter((one) => one !== kind)) {
      yield { rule: 'reference', path, value: matchingKey('main', other, 'shop', '1'), schema };
    }
  }
}

const WRONG_TYPES: readonly (readonly [string, unknown])[] = [
  ['string', 'word'],
  ['integer', 17],
  ['number', 1.5],
  ['boolean', true],
  ['array', ['word']],
  ['object', { word: 1 }],
  ['null', null],
];

/** Values that break a rule of a schema, and none of its other rules. */
const BREAKS: Readonly<Record<string, (schema: SchemaNode) => unknown[]>> = {
  type: ({ type }) =>
    WRONG_TYPES.filter(([name]) => name !== type && !(type === 'number' && name === 'integer')).map(
      ([, value]) => value,
    ),
  enum: () => ['no such word', 17, null],
  minLength: ({ minLength = 0 }) => [''.padEnd(minLength - 1, 'x')],
  maxLength: (schema) => [longText(schema)],
  pattern: () => ['?', 'EURO', 'germany', 'main.order.short'],
  format: () => ['yesterday', '2020-02-30T00:00:00Z', '2020-02-03', '2020-02-03T10:00:00'],
  minimum: ({ minimum = 0 }) => [minimum - 1],
  maximum: ({ maximum = 0 }) => [maximum + 1],
  maxItems: ({ maxItems = 0, items = {} }) => [Array.from({ length: maxItems + 1 }, () => valid(items))],
};

function longText({ format, maxLength = 0 }: SchemaNode): string {
  if (format === 'date-time') return `2026-01-31T08:00:00.${'0'.repeat(maxLength)}Z`;
  return 'x'.repeat(maxLength + 1);
}

/** The body with a value at a path, and with whatever has to be there for there to be such a path. */
export function put(body: Body, schema: SchemaNode, path: Path, value: unknown): Body {
  return placed(body, schema, path, value) as Body;
}

function placed(into: unknown, schema: SchemaNode, [name, ...rest]: Path, value: unknown): unknown {
  if (name === undefined) return value;
  if (typeof name === 'number') {
    const items = [...(into as unknown[])];
    items[name] = placed(items[name], schema.items ?? {}, rest, value);
    return items;
  }
  const { [name]: before, ...others } = into as Body;
  const field = schema.properties?.[name] ?? {};
  const after = rest.length === 0 ? value : placed(before ?? valid(field), field, rest, value);
  return after === undefined ? others : { ...others, [name]: after };
}
