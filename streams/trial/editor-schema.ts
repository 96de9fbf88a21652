import { CANONICAL } from '../../schemas/canonical/canonical.ts';
import { EXPRESSION_TITLE, Source } from '../../schemas/source.ts';
import { CATALOGUE_HEADS, CATALOGUE_STEPS } from '../mapping/catalogue.ts';
import { KINDS } from '../mapping/kinds.ts';
import { isMap, isOptional, plainKind, type Kind, type Shape } from '../mapping/options.ts';
import type { Transform } from '../mapping/transform.ts';

type Json = Readonly<Record<string, unknown>>;

const EXPRESSION: Json = { $ref: '#/definitions/expression' };
const STEP: Json = { $ref: '#/definitions/step' };

/**
 * JSON Schema (draft 7, which the YAML language servers of editors take) of a source: keys, canonical messages and
 * their fields, transforms and their options, with what each means. It is laxer than `sources check`, which alone
 * knows columns and paths.
 */
export function editorSchema(): Json {
  const source = rewritten(plainJson(Source)) as Json;
  const heads = [...CATALOGUE_HEADS.values()];
  const steps = [...CATALOGUE_STEPS.values()];
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A source of Masterflag',
    ...source,
    definitions: {
      expression: {
        description: 'A path, a head with its options, or a list of an expression and steps that change its value.',
        anyOf: [{ type: 'string', description: 'A path.' }, oneOf(heads), pipe()],
      },
      step: { anyOf: [bareNames(steps), oneOf(steps)] },
    },
  };
}

/** TypeBox marks its schemas with symbols and functions, which JSON leaves out. */
function plainJson(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema));
}

/** With references for expressions, and with what a part may say once its name is known. */
function rewritten(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rewritten);
  if (!isMap(node)) return node;
  if (node['title'] === EXPRESSION_TITLE) return { description: node['description'], ...allOf(EXPRESSION) };
  const { properties } = node;
  const copy = Object.fromEntries(Object.entries(node).map(([name, below]) => [name, rewritten(below)]));
  if (!isMap(properties)) return copy;
  if ('fields' in properties && 'merge' in properties) return withMessages(copy);
  return 'kind' in properties && 'id' in properties ? withKinds(copy) : copy;
}

/** Siblings of a reference are left out of account in draft 7. */
function allOf(schema: Json): Json {
  return { allOf: [schema] };
}

function withMessages(part: Json): Json {
  const names = Object.keys(CANONICAL);
  const properties = part['properties'] as Json;
  return {
    ...part,
    properties: { ...properties, name: { ...(properties['name'] as Json), enum: names } },
    allOf: Object.entries(CANONICAL).map(([name, { body }]) => ({
      if: { properties: { name: { const: name } } },
      then: { properties: { fields: fieldsOf(Object.keys(body.properties)) } },
    })),
  };
}

function fieldsOf(names: readonly string[]): Json {
  const fields = names.filter((name) => name !== 'original').map((name) => [name, EXPRESSION] as const);
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(fields) };
}

function withKinds(entity: Json): Json {
  const properties = entity['properties'] as Json;
  return { ...entity, properties: { ...properties, kind: { ...(properties['kind'] as Json), enum: KINDS } } };
}

function pipe(): Json {
  return { type: 'array', minItems: 1, items: [EXPRESSION], additionalItems: STEP };
}

/** One of several transforms, as the one key of a map. */
function oneOf(transforms: readonly Transform[]): Json {
  const properties = transforms.map((transform) => [
    transform.name,
    { description: described(transform), ...takes(transform) },
  ]);
  return {
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
    properties: Object.fromEntries(properties) as Json,
  };
}

/** Steps that need no options stand as their name. */
function bareNames(steps: readonly Transform[]): Json {
  const bare = steps.filter(({ options }) => Object.values(options).every(isOptional));
  return { anyOf: bare.map((step) => ({ const: step.name, description: described(step) })) };
}

function described({ means, takes: options }: Transform): string {
  return `${means} Takes: ${options}`;
}

function takes({ options, short, named }: Transform): Json {
  if (named === true) return { type: 'object', minProperties: 1, additionalProperties: EXPRESSION };
  const names = Object.keys(options);
  if (names.length === 0) return { type: 'null' };
  const kind = short === undefined ? undefined : options[short];
  const lone = kind === undefined ? [] : [kindSchema(kind)];
  if (kind === 'any' && names.length === 1) return {};
  const byName = {
    type: 'object',
    additionalProperties: false,
    required: names.filter((name) => !isOptional(options[name] ?? 'any')),
    properties: Object.fromEntries(names.map((name) => [name, kindSchema(options[name] ?? 'any')])),
  };
  const none = names.every((name) => isOptional(options[name] ?? 'any')) ? [{ type: 'null' }] : [];
  return { anyOf: [...lone, byName, ...none] };
}

function kindSchema(kind: Shape[string]): Json {
  return typeof kind === 'string' ? KIND_SCHEMAS[plainKind(kind)] : { enum: kind.words };
}

const KIND_SCHEMAS: Readonly<Record<Kind, Json>> = {
  text: { type: 'string' },
  whole: { type: 'integer' },
  flag: { type: 'boolean' },
  list: { type: 'array' },
  texts: { type: 'array', items: { type: 'string' } },
  map: { type: 'object' },
  any: {},
  expression: EXPRESSION,
  expressions: { type: 'array', items: EXPRESSION },
  node: EXPRESSION,
};
