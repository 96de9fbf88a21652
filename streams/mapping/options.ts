import { didYouMean } from '../../schemas/nearest.ts';
import type { Scope } from './scope.ts';

/** What may stand behind a transform's name; `?` marks what may be left out. */
type Kind = 'text' | 'whole' | 'flag' | 'list' | 'map' | 'any';
type Shape = Readonly<Record<string, Kind | `${Kind}?`>>;

interface KindTypes {
  text: string;
  whole: number;
  flag: boolean;
  list: readonly unknown[];
  map: Readonly<Record<string, unknown>>;
  any: unknown;
}

type OptionValue<K> = K extends `${infer Base extends Kind}?`
  ? KindTypes[Base] | undefined
  : K extends Kind
    ? KindTypes[K]
    : never;

type Options<S extends Shape> = { readonly [Name in keyof S]: OptionValue<S[Name]> };

/** Checks options against their shape; `short` is the option that a lone scalar or list fills. */
export function readOptions<S extends Shape>(
  arg: unknown,
  scope: Scope,
  shape: S,
  short?: keyof S & string,
): Options<S> {
  const given = isMap(arg) ? arg : short === undefined || arg === null ? {} : { [short]: arg };
  if (!isMap(arg) && arg !== null && short === undefined) scope.fail('takes options by name');
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(shape, name)) scope.at(name).fail(`no option ${name}${didYouMean(name, Object.keys(shape))}`);
  }
  for (const [name, kind] of Object.entries(shape)) checkOption(given[name], kind, name, scope);
  return given as Options<S>;
}

function checkOption(value: unknown, kind: string, name: string, scope: Scope): void {
  if (value === undefined || value === null) {
    if (!kind.endsWith('?')) scope.fail(`needs ${name}`);
  } else if (!fits(value, kind.replace('?', '')))
    scope.at(name).fail(`${name} is not of type ${kind.replace('?', '')}`);
}

function fits(value: unknown, kind: string): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'whole') return Number.isSafeInteger(value);
  if (kind === 'flag') return typeof value === 'boolean';
  if (kind === 'list') return Array.isArray(value);
  return kind === 'any' || isMap(value);
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
