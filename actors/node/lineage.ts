import type { MatchingKey } from '../../schemas/key.ts';
import { compareText } from '../facts.ts';
import type { Identified } from '../party/claims.ts';
import { recordFields } from '../party/record.ts';
import { candidatesOf, survive, type Candidate } from '../party/survivorship.ts';
import type { ReadMember } from './parties.ts';
import type { FieldOrigin, Lineage, Origin } from './party-view.ts';

/**
 * The integrated record once more, out of what sources say, by the rules that made it, and with where each field came
 * from. Nothing of this is kept beside the record: it follows from the statements, which are.
 */
export function lineageOf(
  head: MatchingKey,
  members: readonly ReadMember[],
  fields: readonly string[],
  rankOf: (source: string) => number,
): Lineage {
  const candidates = members.flatMap(({ key, statements }) => candidatesOf<object>(key, statements));
  const survived = survive(candidates, recordFields(fields), rankOf);
  const body = survived?.body as Readonly<Record<string, unknown>> | undefined;
  const original = body?.['original'] as Readonly<Record<string, unknown>> | undefined;
  const origins = [...(survived?.origins ?? [])].map(([field, from]): FieldOrigin => {
    const before = original?.[field];
    return { field, value: body?.[field], ...(before !== undefined && { before }), ...originOf(from) };
  });
  return { head, fields: origins, identifiers: identifierOrigins(members) };
}

function originOf({ member, stated }: Candidate<object>): Origin {
  const { source, slot, version } = stated;
  return { member, source, ...(version !== undefined && { version }), record: slot };
}

function identifierOrigins(members: readonly ReadMember[]): Lineage['identifiers'] {
  const all = new Map<string, { type: string; value: string; from: Origin[] }>();
  for (const { key, statements } of members) {
    for (const candidate of candidatesOf<Identified>(key, statements)) {
      for (const { type, value } of candidate.stated.body.identifiers ?? []) {
        const known = all.get(`${type}:${value}`) ?? { type, value, from: [] };
        known.from.push(originOf(candidate));
        all.set(`${type}:${value}`, known);
      }
    }
  }
  return [...all].sort(([a], [b]) => compareText(a, b)).map(([, identifier]) => identifier);
}
