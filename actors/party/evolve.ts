import type { MatchingKey } from '../../schemas/key.ts';
import type { Claimed, JoinDecided, Matched, SplitDecided, Told } from '../../schemas/party.ts';
import type { Stamp } from '../../schemas/statement.ts';
import { stampOf, withStatement } from '../facts.ts';
import { withCluster, type Contribution, type Member, type Party } from './party.ts';

/** What a source says of the member, from now on. */
export function withDescription<Body, State extends Pick<Member<Body, unknown>, 'statements' | 'members'>>(
  state: State,
  { id, body, ...stamp }: Stamp & { readonly id: string; readonly body: Body },
): State {
  const statements = withStatement(state.statements, { ...stampOf(stamp), body });
  return { ...state, statements, members: state.members.includes(id) ? state.members : [...state.members, id] };
}

export function withClaims<B, S>(key: MatchingKey, party: Party<B, S>, { generation, claims }: Claimed): Party<B, S> {
  const byIdentifier = new Map(claims.map((claim) => [claim.identifier, claim]));
  const links = [...party.links].filter(
    ([identifier, link]) => link.generation === (byIdentifier.get(identifier)?.generation ?? 0),
  );
  return withCluster(key, { ...party, generation, claims: byIdentifier, links: new Map(links) });
}

export function withMatch<B, S>(key: MatchingKey, party: Party<B, S>, { v: _, ...link }: Matched): Party<B, S> {
  const links = new Map(party.links);
  if (link.members.length === 0) links.delete(link.identifier);
  else links.set(link.identifier, link);
  return withCluster(key, { ...party, links });
}

export function withWord<B, S>(key: MatchingKey, party: Party<B, S>, { member, neighbours, wants }: Told): Party<B, S> {
  const heard = new Map(party.heard);
  if (neighbours === null) heard.delete(member);
  else heard.set(member, { neighbours, wants });
  return withCluster(key, { ...party, heard });
}

/** A join is the word of a person that the two are not apart from one another. */
export function withJoin<B, S>(key: MatchingKey, party: Party<B, S>, { v: _, ...join }: JoinDecided): Party<B, S> {
  const joins = new Map(party.joins).set(join.member, join);
  return withCluster(key, { ...party, joins });
}

export function withSplit<B, S>(party: Party<B, S>, { v: _, ...apart }: SplitDecided): Party<B, S> {
  return { ...party, apart: apart.from.length === 0 ? null : apart };
}

export function withContribution<B, S>(
  party: Party<B, S>,
  { member, contribution }: { readonly member: MatchingKey; readonly contribution: Contribution<B, S> | null },
): Party<B, S> {
  const contributions = new Map(party.contributions);
  if (contribution === null) contributions.delete(member);
  else contributions.set(member, { ...contributions.get(member), ...contribution });
  return { ...party, contributions };
}
