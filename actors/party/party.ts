import type { Identifier } from '../../schemas/canonical/customer.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { Claim, JoinDecided, Matched, SplitDecided } from '../../schemas/party.ts';
import type { Remark } from '../notes.ts';
import type { Statements } from '../facts.ts';
import { clusterOf, type Cluster, type Heard } from './cluster.ts';
import { neighboursOf } from './neighbours.ts';
import type { Stated } from './survivorship.ts';

/** What any member is: what sources say of it, and its ties to others. */
export interface Member<Body, Sums> {
  readonly key: MatchingKey;
  /** Empty while only others speak of it. */
  readonly statements: Statements<Body>;
  /** The last part of the `_id` of each statement's record, in the order in which they were first heard. */
  readonly members: readonly string[];
  readonly notes: readonly Remark[];
  readonly party: Party<Body, Sums>;
}

/**
 * A member's ties. Each member owns what it is joined with, and tells the others of its cluster, so that each of them
 * knows the whole cluster from its owners' words alone (docs/decisions/matching.md).
 */
export interface Party<Body, Sums> {
  /** How often it has begun to claim something. */
  readonly generation: number;
  /** By identifier. */
  readonly claims: ReadonlyMap<MatchingKey, Claim>;
  /** Who else claims its identifiers; by identifier. */
  readonly links: ReadonlyMap<MatchingKey, Link>;
  /** Verdicts of persons on it and another member, those taken back included; by the other. */
  readonly joins: ReadonlyMap<MatchingKey, Join>;
  /** Split off by a person: while it is, it claims nothing. */
  readonly apart: Apart | null;
  /** What others are joined with, in their own words. */
  readonly heard: ReadonlyMap<MatchingKey, Heard>;
  /** What those give whose head it is; by member. */
  readonly contributions: ReadonlyMap<MatchingKey, Contribution<Body, Sums>>;
  /** Follows from the rest; null while it stands alone and is joined with nobody. */
  readonly cluster: Cluster | null;
}

export type Link = Omit<Matched, 'v'>;
export type Join = Omit<JoinDecided, 'v'>;
export type Apart = Omit<SplitDecided, 'v'>;

/** What a member gives the head of its party. */
export interface Contribution<Body, Sums> {
  readonly sums?: Sums;
  readonly described?: Described<Body>;
}

export interface Described<Body> {
  /** How many statements of sources there are. */
  readonly statements: number;
  /** Those fields of them that the member would give the integrated record. */
  readonly stated: readonly Stated<Body>[];
  readonly identifiers: readonly Identifier[];
}

const NO_TIES: Party<never, never> = Object.freeze({
  generation: 0,
  claims: new Map<never, never>(),
  links: new Map<never, never>(),
  joins: new Map<never, never>(),
  apart: null,
  heard: new Map<never, never>(),
  contributions: new Map<never, never>(),
  cluster: null,
});

export function noTies<Body, Sums>(): Party<Body, Sums> {
  return NO_TIES;
}

/** The party with what follows from its ties. */
export function withCluster<Body, Sums>(key: MatchingKey, party: Party<Body, Sums>): Party<Body, Sums> {
  return { ...party, cluster: clusterOf(key, neighboursOf(party), party.heard) };
}

/** The smallest key of the party, which carries the integrated record. */
export function headOf({ key, party }: Pick<Member<unknown, unknown>, 'key' | 'party'>): MatchingKey {
  return party.cluster?.members[0] ?? key;
}

/** Others have to do with it, although no source and no order speaks of it. */
export function isNamed({ links, joins, contributions }: Party<unknown, unknown>): boolean {
  if (links.size > 0 || contributions.size > 0) return true;
  for (const { joined } of joins.values()) if (joined) return true;
  return false;
}

export type { Claim };
