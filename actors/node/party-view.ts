import type { Identifier } from '../../schemas/canonical/customer.ts';
import type { MatchingKey } from '../../schemas/key.ts';

/** A party as people see it: who belongs to it, why, and what else was found and does not count. */
export interface PartyView {
  readonly kind: 'customer' | 'enterprise';
  readonly head: MatchingKey;
  /** The head first. */
  readonly members: readonly MemberView[];
  /** Between two members of the party. */
  readonly joined: readonly Tie[];
  /** Between a member and somebody else: too little, set aside by a verdict, or too many. */
  readonly apart: readonly Tie[];
  readonly record: unknown;
}

export interface MemberView {
  readonly key: MatchingKey;
  readonly status: string;
  /** What sources say of it. */
  readonly statements: readonly StatementView[];
  /** What its own orders come to; the head's record has the sum of all. */
  readonly sums: unknown;
  readonly identifiers: readonly IdentifierView[];
  /** A person has split it off: its identifiers do not count. */
  readonly splitOff?: { readonly from: readonly MatchingKey[]; readonly why: string; readonly at: string };
  /** It is joined with more members than a party may have. */
  readonly tooLarge?: true;
}

export interface StatementView {
  readonly source: string;
  readonly record: string;
  readonly version?: number;
  readonly body: unknown;
}

export interface IdentifierView extends Identifier {
  /** In which it is compared. */
  readonly form: string;
  /** `claimed` by this member only, `shared`, `withdrawn` because too many claim it, `unclaimed` after a split. */
  readonly status: string;
}

/** In what two members agree. */
export interface Tie {
  readonly members: readonly [MatchingKey, MatchingKey];
  /** It joins them. */
  readonly counts: boolean;
  readonly agreements: readonly AgreementView[];
  /** One of their weak identifiers agrees, and they go by the same name. */
  readonly sameName: boolean;
  /** What a person said of the two. */
  readonly verdict?: { readonly joined: boolean; readonly why: string; readonly at: string };
}

/** An identifier that both have, and how each has it; without values where the data set's secret is not at hand. */
export interface AgreementView {
  readonly type: string;
  readonly weak: boolean;
  readonly values: readonly string[];
}

/** Where the fields of an integrated record come from. */
export interface Lineage {
  readonly head: MatchingKey;
  readonly fields: readonly FieldOrigin[];
  readonly identifiers: readonly (Identifier & { readonly from: readonly Origin[] })[];
}

export interface Origin {
  readonly member: MatchingKey;
  readonly source: string;
  /** Of the source that read it. */
  readonly version?: number;
  /** The record of the source: the id of its statement. */
  readonly record: string;
}

export interface FieldOrigin extends Origin {
  readonly field: string;
  readonly value: unknown;
  /** What came, where cleansing changed it. */
  readonly before?: unknown;
}
