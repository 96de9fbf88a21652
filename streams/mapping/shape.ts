import { didYouMean } from '../../schemas/nearest.ts';
import { quoted, type Segment } from './path.ts';

/** What a source declares of its records: `any` below a name says nothing of what stands there. */
export type Shape =
  | { readonly type: 'any' }
  | { readonly type: 'fields'; readonly fields: ReadonlyMap<string, Shape> }
  | { readonly type: 'list'; readonly element: Shape };

export const ANY: Shape = { type: 'any' };

/** A declaration as it stands in a source: null, fields by name, or a list of one for a list of those. */
export function shapeOf(node: unknown): Shape {
  if (typeof node !== 'object' || node === null) return ANY;
  if (Array.isArray(node)) return { type: 'list', element: shapeOf(node[0]) };
  return { type: 'fields', fields: new Map(Object.entries(node).map(([name, below]) => [name, shapeOf(below)])) };
}

/** Where a path leads. `fail` hears of a step that no record of this shape can take. */
export function shapeAt(shape: Shape, segments: readonly Segment[], fail: (message: string) => never): Shape {
  let found = shape;
  for (const segment of segments) found = below(found, segment, fail);
  return found;
}

function below(shape: Shape, segment: Segment, fail: (message: string) => never): Shape {
  switch (shape.type) {
    case 'any':
      return shape;
    case 'list':
      if (segment.type !== 'name') return shape.element;
      if (/^\d+$/.test(segment.name)) return shape.element;
      return fail(`${segment.name} is looked for in a list: write [*] for all of its elements, or [0] for the first`);
    case 'fields':
      // A lone value is a list of one.
      return segment.type === 'name' ? field(shape.fields, segment.name, fail) : shape;
  }
}

function field(fields: ReadonlyMap<string, Shape>, name: string, fail: (message: string) => never): Shape {
  return fields.get(name) ?? fail(`no ${quoted(name)} is declared in input${didYouMean(name, [...fields.keys()])}`);
}
