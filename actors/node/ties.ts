import type { MatchingKey } from '../../schemas/key.ts';
import { compareText } from '../facts.ts';
import { isWeak } from '../match/types.ts';
import type { Claims } from '../party/claims.ts';
import { agreements, isEnough } from '../party/neighbours.ts';
import type { ReadMember } from './parties.ts';
import type { AgreementView, Tie } from './party-view.ts';

/** What ties members to one another and to others, each pair once. */
export function tiesOf(members: readonly ReadMember[], claims: Claims): Tie[] {
  const values = new Map(members.map((member) => [member.key, valuesOf(member, claims)]));
  const ties = new Map<string, Tie>();
  for (const member of members) {
    for (const other of othersOf(member)) {
      const pair: [MatchingKey, MatchingKey] = member.key < other ? [member.key, other] : [other, member.key];
      ties.set(pair.join(), tieOf(member, other, pair, values));
    }
  }
  return [...ties].sort(([a], [b]) => compareText(a, b)).map(([, tie]) => tie);
}

type Values = ReadonlyMap<MatchingKey, ReadonlyMap<MatchingKey, string>>;

/** By identifier, as the member's source said it. */
function valuesOf({ key, statements }: ReadMember, claims: Claims): ReadonlyMap<MatchingKey, string> {
  return new Map(claims.identifiers(key, statements).map((own) => [claims.keyOf(key, own), own.value]));
}

function othersOf({ party }: ReadMember): Set<MatchingKey> {
  const judged = [...party.joins.values()].filter(({ joined }) => joined).map(({ member }) => member);
  return new Set([...agreements(party).keys(), ...judged, ...(party.apart?.from ?? [])]);
}

function tieOf(
  { key, party }: ReadMember,
  other: MatchingKey,
  pair: readonly [MatchingKey, MatchingKey],
  values: Values,
): Tie {
  const agreement = agreements(party).get(other);
  const join = party.joins.get(other);
  const verdict = join?.joined === true ? join : party.apart?.from.includes(other) === true ? party.apart : undefined;
  return {
    members: pair,
    counts: join?.joined === true || (agreement !== undefined && isEnough(agreement)),
    agreements: agreementsOf(party, other, [values.get(key), values.get(other)]),
    sameName: agreement?.name ?? false,
    ...(verdict !== undefined && {
      verdict: { joined: verdict === join, why: verdict.why, at: verdict.at },
    }),
  };
}

function agreementsOf(
  { links }: ReadMember['party'],
  other: MatchingKey,
  values: readonly (ReadonlyMap<MatchingKey, string> | undefined)[],
): AgreementView[] {
  const shared = [...links.values()].filter(({ members }) => members.some(({ member }) => member === other));
  return shared
    .map(({ identifier, type }) => {
      const said = values.flatMap((own) => own?.get(identifier) ?? []);
      return { type, weak: isWeak(type), values: [...new Set(said)] };
    })
    .sort((a, b) => compareText(`${a.type} ${a.values.join()}`, `${b.type} ${b.values.join()}`));
}
