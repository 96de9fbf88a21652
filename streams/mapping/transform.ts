import { readOptions, type Options, type Shape } from './options.ts';
import type { Read, Scope, Step } from './scope.ts';

/** One entry of the catalogue: docs/transforms.md is generated from these, and their examples are run as tests. */
export interface Transform {
  readonly name: string;
  /** One or two sentences. */
  readonly means: string;
  /** What stands behind the name, option by option. */
  readonly takes: string;
  readonly options: Shape;
  /** The option that stands behind the name if nothing is named. */
  readonly short?: string;
  /** An expression for each name that stands behind the transform's. */
  readonly named?: true;
  readonly examples: readonly [Example, ...Example[]];
}

/** Begins an expression. */
export interface Head extends Transform {
  readonly compile: (arg: unknown, scope: Scope) => Read;
}

/** Changes what the expression before it gave. */
export interface StepTransform extends Transform {
  /** It wants to hear of a value that is not there as well. */
  readonly absent?: true;
  readonly compile: (arg: unknown, scope: Scope) => Step;
}

export interface Example {
  readonly given: Readonly<Record<string, unknown>>;
  readonly expression: unknown;
  /** Files beside the source. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Left out: the value is not there. */
  readonly gives?: unknown;
  /** Part of the message, for an example that must fail. */
  readonly fails?: string;
}

interface Definition<S extends Shape, Compiled> {
  readonly name: string;
  readonly means: string;
  readonly takes: string;
  readonly options: S;
  readonly short?: keyof S & string;
  readonly examples: readonly [Example, ...Example[]];
  readonly compile: (options: Options<S>, scope: Scope) => Compiled;
}

/** A head whose options are read by their shape. */
export function head<const S extends Shape>({ compile, ...rest }: Definition<S, Read>): Head {
  return { ...rest, compile: (arg, scope) => compile(readOptions(arg, scope, rest.options, rest.short), scope) };
}

/** A step whose options are read by their shape. */
export function step<const S extends Shape>({
  compile,
  ...rest
}: Definition<S, Step> & { readonly absent?: true }): StepTransform {
  return { ...rest, compile: (arg, scope) => compile(readOptions(arg, scope, rest.options, rest.short), scope) };
}
