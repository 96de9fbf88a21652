import { Country, Reference, Time } from '../../schemas/canonical/fields.ts';
import { Currency } from '../../schemas/money.ts';

/** As much of a schema as people are told of. */
export interface SchemaNode {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly SchemaNode[];
}

/** What a pattern or a format means to people: they can read neither. */
const MEANT: ReadonlyMap<string, string> = new Map(
  meant([
    [Country, 'a country as two capital letters (ISO 3166-1), such as DE'],
    [Currency, 'a currency as three capital letters (ISO 4217), such as EUR'],
    [Reference, 'the matching key of an entity, which `key` in the mapping makes of its id'],
    [Time, 'a time with its zone (RFC 3339), such as 2026-01-31T08:00:00Z'],
  ]),
);

function meant(words: readonly (readonly [SchemaNode, string])[]): (readonly [string, string])[] {
  return words.map(([{ pattern, format }, text]) => [pattern ?? format ?? '', text]);
}

/** In words that follow "make it": what a schema lets a value be. */
export function allowedBy(schema: SchemaNode): string {
  const { type } = schema;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(', ')}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map(allowedBy).join(', or ');
  if (type === 'string') return textAllowed(schema);
  if (type === 'integer') return `a whole number${rangeOf(schema.minimum, schema.maximum)}`;
  if (type === 'number') return `a number${rangeOf(schema.minimum, schema.maximum)}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return listAllowed(schema);
  return objectAllowed(schema);
}

function textAllowed({ pattern, format, minLength, maxLength }: SchemaNode): string {
  const words = MEANT.get(pattern ?? format ?? '');
  if (words !== undefined) return maxLength === undefined ? words : `${words}; at most ${maxLength} characters`;
  const form = pattern === undefined ? (format ?? '') : `that matches ${pattern}`;
  return ['text', form, lengthOf(minLength, maxLength)].filter((word) => word !== '').join(' ');
}

function lengthOf(least: number | undefined, most: number | undefined): string {
  if (most === undefined) return least === undefined ? '' : `of at least ${least} characters`;
  return least === undefined ? `of at most ${most} characters` : `of ${least} to ${most} characters`;
}

function rangeOf(least: number | undefined, most: number | undefined): string {
  const from = least === undefined ? '' : ` from ${least}`;
  return most === undefined ? from : `${from} to ${most}`;
}

function listAllowed({ items, minItems, maxItems }: SchemaNode): string {
  const least = minItems === undefined ? '' : ` at least ${minItems}`;
  const most = maxItems === undefined ? '' : ` at most ${maxItems}`;
  const count = [least, most].filter((text) => text !== '').join(' and');
  const each = items === undefined ? '' : `, each ${allowedBy(items)}`;
  return `a list${count === '' ? '' : ` of${count} items`}${each}`;
}

function objectAllowed({ required = [] }: SchemaNode): string {
  return required.length === 0 ? 'an object' : `an object with ${required.join(', ')}`;
}
