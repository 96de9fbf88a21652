import type { CanonicalName } from '../../../schemas/canonical/canonical.ts';
import type { TextKind } from '../../../schemas/canonical/kinds.ts';
import type { CleansingPolicy } from '../../../schemas/settings.ts';

export type Body = Readonly<Record<string, unknown>>;

/** One entry of the catalogue: docs/cleansing.md is generated from these, and their examples are run as tests. */
export interface Rule {
  readonly name: string;
  readonly kinds: readonly TextKind[];
  /** One or two sentences. */
  readonly does: string;
  readonly why: string;
  readonly examples: readonly [Example, ...Example[]];
  /**
   * The text as the rule wants it, the very same if it has nothing to say; undefined if the text says nothing; `DOUBT`
   * if it stays as it is, and is told. Pure, linear in the text, and never throws. A second time it changes nothing.
   */
  readonly apply: (text: string, field: Field) => string | undefined | typeof DOUBT;
}

export const DOUBT = Symbol('doubt');

/** What surrounds a text. */
export interface Context {
  readonly policy: CleansingPolicy;
  /** ISO 3166-1 alpha-2 of the body's country, if it has one that is known. */
  readonly country: string | undefined;
}

/** What a rule may know beside the text, and say beside it. */
export interface Field extends Context {
  readonly kind: TextKind;
  /** States another field, unless the body states it already. */
  state(name: string, value: unknown): void;
}

export interface Example {
  readonly message: CanonicalName;
  readonly given: Body;
  /** Without `original`. */
  readonly gives: Body;
  readonly policy?: Partial<CleansingPolicy>;
}
