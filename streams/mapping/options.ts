import { didYouMean } from '../../schemas/nearest.ts';
import type { Read, Scope } from './scope.ts';

/**
 * What may stand behind a transform's name; `?` marks what may be left out. `expression` and `expressions` are
 * compiled where they stand; a `node` is an expression that the transform compiles itself.
 */
export type Kind = 'text' | 'whole' | 'flag' | 'list' | 'texts' | 'map' | 'any' | 'expression' | 'expressions' | 'node';

/** One of a few words. */
export interface Choice<Word extends string, Optional extends boolean = boolean> {
  readonly words: readonly Word[];
  readonly optional: Optional;
}

export type Shape = Readonly<Record<string, Kind | `${Kind}?` | Choice<string>>>;

interface KindTypes {
  text: string;
  whole: number;
  flag: boolean;
  list: readonly unknown[];
  texts: readonly string[];
  map: Readonly<Record<string, unknown>>;
  any: unknown;
  expression: Read;
  expressions: readonly Read[];
  node: unknown;
}

type OptionValue<K> =
  K extends Choice<infer Word, infer Optional>
    ? Word | (Optional extends true ? undefined : never)
    : K extends `${infer Base extends Kind}?`
      ? KindTypes[Base] | undefined
      : K extends Kind
        ? KindTypes[K]
        : never;

export type Options<S extends Shape> = { readonly [Name in keyof S]: OptionValue<S[Name]> };

/** May be left out: then whatever the transform says is the default. */
export function choice<const Words extends readonly string[]>(words: Words): Choice<Words[number], true> {
  return { words, optional: true };
}

export function needed<const Words extends readonly string[]>(words: Words): Choice<Words[number], false> {
  return { words, optional: false };
}

export function isOptional(kind: Shape[string]): boolean {
  return typeof kind === 'string' ? kind.endsWith('?') : kind.optional;
}

/** The kind without its mark. */
export function plainKind(kind: Kind | `${Kind}?`): Kind {
  return kind.replace('?', '') as Kind;
}

/** Checks options against their shape; `short` is the option that a lone scalar or list fills. */
export function readOptions<S extends Shape>(
  arg: unknown,
  scope: Scope,
  shape: S,
  short?: keyof S & string,
): Options<S> {
  const byName = isMap(arg) && !isShort(arg, shape, short);
  const given = byName ? arg : short === undefined || arg === null ? {} : { [short]: arg };
  if (!byName && arg !== null && short === undefined) {
    const names = Object.keys(shape);
    scope.fail(names.length === 0 ? 'takes nothing' : `takes options by name: ${names.join(', ')}`);
  }
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(shape, name));
  for (const name of unknown) scope.attempt(() => refuse(name, scope, Object.keys(shape)), undefined);
  const read = Object.entries(shape).map(([name, kind]) => {
    return [name, optionOf(given[name], kind, name, byName ? scope.at(name) : scope, scope)] as const;
  });
  return Object.fromEntries(read) as Options<S>;
}

function refuse(name: string, scope: Scope, known: readonly string[]): never {
  return scope.at(name).failName(`no option ${name}${didYouMean(name, known)}`);
}

/** A lone value may be a map as well: `{ const: { a: 1 } }`, and so may an expression: `{ not: { any: [...] } }`. */
function isShort(arg: Readonly<Record<string, unknown>>, shape: Shape, short: string | undefined): boolean {
  const kind = short === undefined ? undefined : shape[short];
  if (kind === 'any') return Object.keys(shape).length === 1;
  const takesMap = kind === 'expression' || kind === 'node';
  return takesMap && !Object.keys(arg).some((name) => Object.hasOwn(shape, name));
}

function optionOf(value: unknown, kind: Shape[string], name: string, place: Scope, scope: Scope): unknown {
  if (value === undefined || (value === null && kind !== 'any')) {
    return isOptional(kind) ? undefined : scope.fail(`needs ${name}`);
  }
  if (typeof kind !== 'string') {
    if (kind.words.includes(value as string)) return value;
    return place.fail(
      `${name} is one of ${kind.words.join(', ')}${typeof value === 'string' ? didYouMean(value, kind.words) : ''}`,
    );
  }
  const plain = plainKind(kind);
  if (!fits(value, plain)) place.fail(`${name} is not of type ${TYPES[plain]}`);
  if (plain === 'expression') return place.expression(value);
  if (plain === 'expressions') return (value as readonly unknown[]).map((node, i) => place.at(i).expression(node));
  return value;
}

const TYPES: Readonly<Record<Kind, string>> = {
  text: 'text',
  whole: 'whole number',
  flag: 'true or false',
  list: 'list',
  texts: 'list of texts',
  map: 'map',
  any: 'anything',
  expression: 'expression',
  expressions: 'list of expressions',
  node: 'expression',
};

function fits(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'whole':
      return Number.isSafeInteger(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'list':
    case 'expressions':
      return Array.isArray(value);
    case 'map':
      return isMap(value);
    case 'any':
    case 'expression':
    case 'node':
      return true;
  }
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
