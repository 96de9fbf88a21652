import type { Read, Scope, Step } from './scope.ts';

/** One entry of the catalogue: docs/transforms.md is generated from these, and their examples are run as tests. */
export interface Transform {
  readonly name: string;
  /** One or two sentences. */
  readonly means: string;
  /** What stands behind the name, option by option. */
  readonly takes: string;
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
  /** Left out: the value is not there. */
  readonly gives?: unknown;
  /** Part of the message, for an example that must fail. */
  readonly fails?: string;
}
