import type { PartRule, RecordRule } from '../../schemas/source.ts';
import { isMap } from './options.ts';
import { follow, parsePath } from './path.ts';
import type { Raw } from './scope.ts';

/** What stands for the id that a record is routed by. */
export const ROUTE = 'route.id';

/** A field of a part, with its part's name before it, and the paths of the raw record that it is made of. */
export interface FieldOrigin {
  readonly name: string;
  readonly from: readonly string[];
}

/** Where paths are read from: the record, or an element of a list in it; the last is the innermost. */
type Standpoints = readonly string[];

/**
 * What a field is made of, as its source's file says it: `order.lines[2].amount` of `line_items[2].price`. It is asked
 * when something is wrong, so nothing of it is known before.
 */
export function originOf(rule: RecordRule, field: string, raw?: Raw): FieldOrigin {
  const record = envelopeOf(rule.at, raw);
  if (field === ROUTE) return { name: ROUTE, from: pathsIn(rule.route.id, [record]) };
  const [head = '', ...rest] = segmentsOf(field);
  const named = rule.parts.filter(({ name }) => name === head);
  if (named.length > 0) return { name: field, from: unique(named.flatMap((part) => ofPart(part, rest, record))) };
  // The transform that failed knows the field, and not the part: the first that has it was made first.
  const first = rule.parts.find(({ fields }) => Object.hasOwn(fields, head));
  if (first === undefined) return { name: field, from: [] };
  return { name: `${first.name}.${field}`, from: unique(ofPart(first, [head, ...rest], record)) };
}

/** The path from the record to what its rule is read from: of several forms of a record, that of this one. */
function envelopeOf(at: unknown, raw: Raw | undefined): string {
  if (typeof at === 'string') return at === '$item' ? '' : at;
  const forms: unknown = isMap(at) ? at['first'] : undefined;
  if (!Array.isArray(forms)) return '';
  const form: unknown = forms.find((path) => {
    return typeof path === 'string' && (path === '$item' || follow(parsePath(path))(raw) !== undefined);
  });
  return envelopeOf(form, raw);
}

function ofPart({ each, fields }: PartRule, segments: readonly string[], record: string): string[] {
  const [first = '', ...rest] = segments;
  const isPlaced = /^[\d.]+$/.test(first);
  const [name = '', ...below] = isPlaced ? rest : segments;
  if (!Object.hasOwn(fields, name)) return [];
  const standpoints = each === undefined ? [record] : [record, elementOf(each, isPlaced ? first : '', record)];
  return resolve(fields[name], below, standpoints);
}

/** Goes down an expression as far as the field goes, and gathers what is read there. */
function resolve(node: unknown, segments: readonly string[], standpoints: Standpoints): string[] {
  const [segment, ...rest] = segments;
  if (segment === undefined) return pathsIn(node, standpoints);
  if (Array.isArray(node)) return resolve(node[0], segments, standpoints);
  if (!isMap(node)) return pathsIn(node, standpoints);
  const [head = '', arg] = Object.entries(node)[0] ?? [];
  if (head === 'each' && isMap(arg)) {
    const element = elementOf(arg['in'], segment, standpoints.at(-1) ?? '');
    return resolve(arg['give'] ?? '$item', rest, [...standpoints, element]);
  }
  if (head === 'list' && Array.isArray(arg) && arg.length > Number(segment)) {
    return resolve(arg[Number(segment)], rest, standpoints);
  }
  if ((head === 'fields' || head === 'object') && isMap(arg) && segment in arg) {
    return resolve(arg[segment], rest, standpoints);
  }
  return pathsIn(node, standpoints);
}

/** Where an element stands: `line_items[2]`, `refunds[0].items[2]`; `refunds[*].items[*]` where only one number is known. */
function elementOf(list: unknown, places: string, standpoint: string): string {
  const [path] = pathsIn(list, [standpoint]);
  // The record itself as a list of one, or a list that is made of nothing of it.
  if (path === undefined || path === standpoint) return standpoint;
  const numbers = places === '' ? [] : places.split('.');
  const levels = path.split('[*]').length;
  if (numbers.length !== levels) return `${path}[*]`;
  return numbers.reduce((filled, number) => filled.replace('[*]', `[${number}]`), `${path}[*]`);
}

/** The paths that an expression reads. A list is one expression with the steps that follow it. */
export function pathsIn(node: unknown, standpoints: Standpoints = ['']): string[] {
  return unique(collect(node).flatMap((path) => fromRecord(path, standpoints)));
}

function collect(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  if (Array.isArray(node)) return collect(node[0]);
  return isMap(node) ? Object.entries(node).flatMap(([head, arg]) => collectHead(head, arg)) : [];
}

function collectHead(head: string, arg: unknown): string[] {
  switch (head) {
    case 'const':
      return [];
    case 'template':
      return [...textOf(arg, 'text').matchAll(/\{([^{}]+)\}/g)].map(([, path = '']) => path);
    case 'path':
      return [textOf(arg, 'path')];
    case 'key':
      return isMap(arg) ? collect(arg['id']) : [];
    case 'each':
      return isMap(arg) ? collect(arg['in']) : [];
    case 'object':
    case 'fields':
      return isMap(arg) ? Object.values(arg).flatMap(collect) : [];
    default:
      return several(isMap(arg) && 'of' in arg ? arg['of'] : arg);
  }
}

/** Expressions one after another, and the branches of conditions. */
function several(arg: unknown): string[] {
  if (!Array.isArray(arg)) return typeof arg === 'string' ? [arg] : [];
  return arg.flatMap((node: unknown) =>
    isMap(node) && isBranch(node) ? Object.values(node).flatMap(collect) : collect(node),
  );
}

function isBranch(node: Readonly<Record<string, unknown>>): boolean {
  return 'if' in node || 'else' in node;
}

function textOf(arg: unknown, option: string): string {
  const text = isMap(arg) ? arg[option] : arg;
  return typeof text === 'string' ? text : '';
}

/** As it is called from the record itself; nothing for what is no place in it. */
function fromRecord(path: string, standpoints: Standpoints): string[] {
  if (path === '' || path === '$index') return [];
  const parent = /^\$parent(?:\.(.+))?$/.exec(path);
  if (parent !== null) return fromRecord(parent[1] ?? '$item', standpoints.slice(0, -1));
  const root = /^\$root(?:\.(.+))?$/.exec(path);
  if (root !== null) return root[1] === undefined ? [] : [root[1]];
  const item = /^\$item(?:\.(.+))?$/.exec(path);
  const own = item === null ? path : (item[1] ?? '');
  const whole = [standpoints.at(-1) ?? '', own].filter((step) => step !== '').join('.');
  return whole === '' ? [] : [whole];
}

/** `order.lines[2].amount` and `order.lines.2.amount`; several places of one element (`[0.2]`) stay together. */
function segmentsOf(field: string): string[] {
  return [...field.matchAll(/\[([\d.]+)\]|([^.[\]]+)/g)].map(([, places, name]) => places ?? name ?? '');
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}
