import { matchingKey } from '../../../schemas/key.ts';

/** What a source says of a member, as mall.members or sales.members has it. */
export interface SaidOfMember {
  readonly customer?: string;
  readonly enterprise?: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly registrationNumber?: string;
  readonly identifiers?: readonly { readonly type: string; readonly value: string }[];
}

/** What persons have said, as it stands in the end. */
export interface Verdicts {
  readonly joined?: readonly (readonly [string, string])[];
  readonly apart?: readonly string[];
}

/** Numbers of docs/matching.md, written once more. */
const MOST_CLAIMANTS = 5;
const MOST_MEMBERS = 64;

interface Claims {
  readonly weak: boolean;
  readonly most: number;
  readonly members: Set<string>;
  readonly named: string | undefined;
}

/**
 * Which members are one party, by key of any member: a plain union over the final set, with no actors, no messages and
 * no order. `placeholders` are the values (as compared) that belong to nobody.
 */
export function partiesOf(
  said: readonly SaidOfMember[],
  { joined = [], apart = [] }: Verdicts = {},
  placeholders: readonly string[] = [],
): Map<string, string[]> {
  const claims = new Map<string, Claims>();
  const names = new Map<string, Set<string>>();
  for (const one of said) {
    const member = memberOf(one);
    if (one.name !== undefined) names.set(member, (names.get(member) ?? new Set()).add(one.name.toLowerCase()));
    if (apart.includes(member)) continue;
    for (const [type, value] of identifiersOf(one)) {
      if (placeholders.includes(value)) continue;
      const named = type.startsWith('id:')
        ? matchingKey('main', member.split('.')[1] ?? '', type.slice(3), value)
        : undefined;
      if (named === member) continue;
      const name = `${member.split('.')[1] ?? ''} ${type} ${value}`;
      const most = type.includes('.') || type.includes(':') ? MOST_MEMBERS : MOST_CLAIMANTS;
      const known = claims.get(name) ?? { weak: type === 'phone', most, members: new Set<string>(), named };
      known.members.add(member);
      claims.set(name, known);
    }
  }
  return grouped(edgesOf([...claims.values()], names, joined), [...said.map(memberOf), ...joined.flat()]);
}

export function memberOf({ customer, enterprise }: SaidOfMember): string {
  return customer ?? enterprise ?? '';
}

function identifiersOf({ email, phone, registrationNumber, identifiers = [] }: SaidOfMember): [string, string][] {
  const fields = {
    email: email?.toLowerCase(),
    phone: phone?.replace(/[^+\d]/g, ''),
    registrationNumber: registrationNumber?.replace(/\D/g, ''),
  };
  const own = Object.entries(fields).flatMap(([type, value]): [string, string][] =>
    value === undefined ? [] : [[type, value]],
  );
  return [
    ...own,
    ...identifiers.map(({ type, value }): [string, string] => [type, type === 'email' ? value.toLowerCase() : value]),
  ];
}

function edgesOf(
  claims: readonly Claims[],
  names: ReadonlyMap<string, ReadonlySet<string>>,
  joined: readonly (readonly [string, string])[],
): [string, string][] {
  const edges: [string, string][] = joined.map(([a, b]) => [a, b]);
  const weak = new Map<string, number>();
  for (const { weak: isWeak, most, members, named } of claims) {
    if (members.size > most) continue;
    const all = [...members, ...(named === undefined ? [] : [named])].sort();
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) {
        const sameName = [...(names.get(a) ?? [])].some((name) => names.get(b)?.has(name) === true);
        const agreed = (weak.get(`${a} ${b}`) ?? 0) + 1 + Number(sameName);
        if (isWeak) weak.set(`${a} ${b}`, agreed);
        if (!isWeak || agreed > 1) edges.push([a, b]);
      }
    }
  }
  return edges;
}

function grouped(edges: readonly (readonly [string, string])[], members: readonly string[]): Map<string, string[]> {
  const parent = new Map<string, string>();
  const root = (key: string): string => {
    const up = parent.get(key) ?? key;
    return up === key ? key : root(up);
  };
  for (const [a, b] of edges) parent.set(root(a), root(b));
  const all = new Set([...members, ...edges.flat()]);
  const groups = Map.groupBy(all, root);
  const parties = new Map<string, string[]>();
  for (const group of groups.values()) {
    for (const member of group) parties.set(member, group.length > MOST_MEMBERS ? [member] : [...group].sort());
  }
  return parties;
}
