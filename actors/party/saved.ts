import type { MatchingKey } from '../../schemas/key.ts';
import type { Claim } from '../../schemas/party.ts';
import { compareText } from '../facts.ts';
import { noTies, withCluster, type Apart, type Contribution, type Join, type Link, type Party } from './party.ts';
import type { Heard } from './cluster.ts';

/** A member's ties as its flag keeps them: what is empty is absent, and most is. */
export interface PartySaved<Body, Sums> {
  readonly generation: number;
  readonly claims?: readonly Claim[];
  readonly links?: readonly Link[];
  readonly joins?: readonly Join[];
  readonly apart?: Apart;
  readonly heard?: readonly ({ readonly member: MatchingKey } & Heard)[];
  readonly contributions?: readonly ({ readonly member: MatchingKey } & Contribution<Body, Sums>)[];
}

/** Lists are sorted, so that they do not tell in which order things came. */
export function saveParty<Body, Sums>(party: Party<Body, Sums>): { readonly party?: PartySaved<Body, Sums> } {
  const saved: PartySaved<Body, Sums> = {
    generation: party.generation,
    ...(party.claims.size > 0 && { claims: sorted(party.claims).map(([, claim]) => claim) }),
    ...(party.links.size > 0 && { links: sorted(party.links).map(([, link]) => link) }),
    ...(party.joins.size > 0 && { joins: sorted(party.joins).map(([, join]) => join) }),
    ...(party.apart !== null && { apart: party.apart }),
    ...(party.heard.size > 0 && { heard: sorted(party.heard).map(([member, word]) => ({ member, ...word })) }),
    ...(party.contributions.size > 0 && {
      contributions: sorted(party.contributions).map(([member, contribution]) => ({ member, ...contribution })),
    }),
  };
  return saved.generation === 0 && Object.keys(saved).length === 1 ? {} : { party: saved };
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => compareText(a, b));
}

export function loadParty<Body, Sums>(key: MatchingKey, saved: PartySaved<Body, Sums> | undefined): Party<Body, Sums> {
  if (saved === undefined) return noTies();
  const { generation, claims = [], links = [], joins = [], apart = null, heard = [], contributions = [] } = saved;
  return withCluster(key, {
    ...noTies<Body, Sums>(),
    generation,
    claims: new Map(claims.map((claim) => [claim.identifier, claim])),
    links: new Map(links.map((link) => [link.identifier, link])),
    joins: new Map(joins.map((join) => [join.member, join])),
    apart,
    heard: new Map(heard.map(({ member, ...word }) => [member, word])),
    contributions: new Map(
      contributions.map(({ member, ...contribution }) => [member, contribution as Contribution<Body, Sums>]),
    ),
  });
}
