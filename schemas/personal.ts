import type { TSchema } from 'typebox';
import { SHAPES } from './shapes.ts';

interface Node {
  readonly 'x-personal'?: boolean;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node | readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly patternProperties?: Readonly<Record<string, Node>>;
}

/** Paths of the fields of a schema that say something of a person: `email`, `identifiers`, `body.name`. Sorted. */
export function personalFields(schema: TSchema): readonly string[] {
  return [...new Set(walk(schema, ''))].sort();
}

/** The same for every persisted shape that has such fields. */
export function personalFieldsOfShapes(): Readonly<Record<string, readonly string[]>> {
  const all = Object.entries(SHAPES).map(([name, { schema }]) => [name, personalFields(schema)] as const);
  return Object.fromEntries(all.filter(([, fields]) => fields.length > 0));
}

function walk(node: Node, path: string): string[] {
  if (node['x-personal'] === true) return [path];
  const within = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    walk(child, path === '' ? name : `${path}.${name}`),
  );
  const items = [node.items ?? []].flat().flatMap((item) => walk(item, `${path}[]`));
  const variants = (node.anyOf ?? []).flatMap((variant) => walk(variant, path));
  const others = Object.values(node.patternProperties ?? {}).flatMap((child) => walk(child, `${path}.*`));
  return [...within, ...items, ...variants, ...others];
}
