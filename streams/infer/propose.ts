import { isTabular, type SourceFormat } from '../../schemas/format.ts';
import { aboutOrder, stateOrder } from './about-order.ts';
import { isMap } from '../mapping/options.ts';
import { parsePath } from '../mapping/path.ts';
import { assume } from './assumptions.ts';
import { idExpression, type Assumptions } from './expressions.ts';
import { field, notUnique } from './fields.ts';
import { fileWords, filesOf, recordOf } from './file-name.ts';
import { productId } from './line-part.ts';
import { identifiersOf, partyFields } from './parties.ts';
import { productFields } from './product-part.ts';
import type { Doubt, Proposal, Shape } from './proposal.ts';
import { Role } from './roles.ts';
import type { Sample } from './sample.ts';
import { subjectOf, tableOf, type Subject, type Table } from './subject.ts';

export interface Named {
  /** Of the source. */
  readonly name: string;
  /** Of the file that the sample is of, without its folder. */
  readonly file: string;
  readonly format: SourceFormat;
}

/** A source for files like the one that the sample is of. */
export function propose(sample: Sample, named: Named): Proposal {
  const roles = sample.columns.map((column) => new Role(column));
  const table = tableOf(roles, sample.lists);
  const subject = subjectOf(table, fileWords(named.file, named.name).join(' '));
  const { assumptions, doubts } = assume(roles, sample.lists);
  const shape = shapeOf(subject, table, assumptions, named.name);
  const order = stateOrder(table, subject, assumptions);
  const columns = columnsOf(sample, shape, order.nodes);
  return {
    name: named.name,
    format: named.format,
    record: recordOf(named.file, named.name, subject),
    files: filesOf(named.file),
    ...columns,
    input: isTabular(named.format) ? undefined : inputOf(sample),
    route: shape.route,
    identity: shape.identity,
    order: shape.identity === 'content' ? undefined : order.nodes,
    skip: subject === 'none' ? { const: true } : undefined,
    parts: shape.parts,
    doubts: [...doubts, ...shape.doubts, ...(shape.identity === 'content' ? [] : order.doubts)].filter((doubt) =>
      isUsed(doubt, shape),
    ),
  };
}

/** Whatever no amount or no time is mapped of is no doubt. */
function isUsed({ about }: Doubt, { parts }: Shape): boolean {
  const text = JSON.stringify(parts.map(({ fields }) => fields.map(({ expression }) => expression)));
  if (about === 'currency') return text.includes('"currency"');
  return about !== 'zone' || text.includes('"zone"');
}

function shapeOf(subject: Subject, table: Table, assumptions: Assumptions, source: string): Shape {
  const { ids, roles } = table;
  switch (subject) {
    case 'order':
    case 'line':
    case 'payment':
    case 'fulfilment':
    case 'review':
      return aboutOrder(subject, table, assumptions, source);
    case 'customer':
    case 'enterprise':
      return aboutParty(subject, table, assumptions, source);
    case 'product': {
      const id = ids.product ?? ids.own;
      const route = { kind: 'product', id: id === undefined ? { const: 'unknown' } : productId(id) };
      const fields = [field('id', route.id, id === undefined ? [] : [id]), ...productFields(roles, assumptions)];
      return { route, identity: route.id, parts: [{ name: 'product', fields }], doubts: notUnique(id) };
    }
    case 'none':
      return unknownShape(table);
  }
}

function aboutParty(
  kind: 'customer' | 'enterprise',
  { ids, roles }: Table,
  { country }: Assumptions,
  source: string,
): Shape {
  const id = ids[kind] ?? ids.own;
  const route = { kind, id: id === undefined ? { const: 'unknown' } : idExpression(id) };
  const others = identifiersOf(roles, id, kind, source);
  const fields = [
    field('id', route.id, id === undefined ? [] : [id]),
    ...partyFields(roles, kind, true, country),
    ...(others === undefined ? [] : [others]),
  ];
  return { route, identity: route.id, parts: [{ name: kind, fields }], doubts: notUnique(id) };
}

/** Nothing is taken of it until somebody says what it is about. */
function unknownShape({ roles }: Table): Shape {
  const [first] = roles;
  const id = first === undefined ? { const: 'unknown' } : first.path;
  return {
    route: { kind: 'product', id },
    identity: 'content',
    parts: [{ name: 'product', fields: [field('id', id, first === undefined ? [] : [first])] }],
    doubts: [
      {
        about: 'skip',
        says: 'nobody can tell what these records are about, so nothing is taken of them: ignore the file, or say what they are and delete skip',
      },
    ],
  };
}

/** Columns that anything is read from are needed; the others may be there. */
function columnsOf(sample: Sample, shape: Shape, order: unknown): Pick<Proposal, 'columns' | 'optional'> {
  const { header } = sample;
  if (header === undefined) return { columns: undefined, optional: [] };
  const named = [...new Set(header.filter((name) => name !== ''))];
  if (named.length === 0) return { columns: undefined, optional: [] };
  if (shape.identity === 'content') return { columns: named, optional: [] };
  const texts = textsIn([
    shape.route,
    shape.identity,
    order,
    shape.parts.map(({ fields, of, when }) => [fields.map(({ expression }) => expression), of, when]),
  ]);
  const isRead = (name: string) => texts.some((text) => text === name || text.includes(`{${name}}`));
  const columns = named.filter(isRead);
  return { columns, optional: named.filter((name) => !columns.includes(name)) };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The shape of JSON records, as far as the sample shows it. */
function inputOf({ columns, lists }: Sample): unknown {
  if (columns.length + lists.length === 0) return undefined;
  const root: Record<string, unknown> = {};
  for (const { path } of columns) put(root, path, null);
  for (const { path, columns: below } of lists) {
    const element: Record<string, unknown> = {};
    for (const column of below) put(element, column.path, null);
    put(root, path, [element]);
  }
  return root;
}

function put(root: Record<string, unknown>, path: string, value: unknown): void {
  const segments = parsePath(path);
  const names = segments.flatMap((segment) => (segment.type === 'name' ? [segment.name] : []));
  const isList = segments.at(-1)?.type === 'all';
  let at = root;
  for (const name of names.slice(0, -1)) {
    const below = Object.hasOwn(at, name) ? at[name] : undefined;
    // A record may have text where another has an object.
    if (!isMap(below)) define(at, name, {});
    at = at[name] as Record<string, unknown>;
  }
  const last = names.at(-1) ?? '';
  if (!Object.hasOwn(at, last) || at[last] === null) define(at, last, isList ? [null] : value);
}

/** As its own, whatever it is called. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}
