import type { Join as JoinCommand, Split as SplitCommand } from '../../schemas/command.ts';
import { kindOfKey, type MatchingKey } from '../../schemas/key.ts';
import type { JoinDecided, SplitDecided } from '../../schemas/party.ts';
import { compareText } from '../facts.ts';
import { refused, type Refusal } from '../refusals.ts';
import { VERDICTS_LIMIT } from './limits.ts';
import type { Member } from './party.ts';

/** What follows from a verdict, for this member and for the others that it is about. */
export interface Verdict {
  readonly split?: SplitDecided;
  readonly joins: readonly JoinDecided[];
}

type Judged = Pick<Member<unknown, unknown>, 'key' | 'party'>;

/** Most members that one may be split off from, over all splits. */
const APART_LIMIT = 256;

/** Who is told that two members are the same, and of which party the other is, as the person saw it. */
export function decideJoin(
  member: Judged,
  { with: other, undo = [], why }: JoinCommand,
  at: string,
): Verdict | Refusal {
  const { key, party } = member;
  if (other === key || kindOfKey(other) !== kindOfKey(key)) {
    return refused('MF_PARTY_UNLIKE', `${key} cannot be joined with ${other}: it takes two of one kind`);
  }
  const left = party.apart?.from.filter((one) => one !== other && !undo.includes(one)) ?? [];
  const isUndone = party.apart !== null && left.length < party.apart.from.length;
  const split = isUndone ? { split: { v: 1, from: left, why, at } as const } : {};
  // The identifiers that it was split off in spite of count again: nothing else is to be kept.
  if (isUndone && left.length === 0) return { ...split, joins: [] };
  const known = party.joins.get(other);
  if (known === undefined && party.joins.size >= VERDICTS_LIMIT) return tooMany(key);
  return { ...split, joins: known?.joined === true ? [] : [nextJoin(member, other, true, why, at)] };
}

/** Joins by persons are taken back; what its identifiers say is set aside where it has neighbours by them. */
export function decideSplit(member: Judged, { from, why }: SplitCommand, at: string): Verdict | Refusal {
  const { key, party } = member;
  const joined = [...party.joins.values()]
    .filter((join) => join.joined)
    .sort((a, b) => compareText(a.member, b.member));
  const joins = joined.map(({ member: other }) => nextJoin(member, other, false, why, at));
  const before = party.apart?.from ?? [];
  const all = [...new Set([...before, ...from.filter((one) => one !== key)])].sort(compareText);
  if (all.length > APART_LIMIT) return tooMany(key);
  if (all.length === before.length) {
    return joins.length > 0
      ? { joins }
      : refused('MF_PARTY_ALONE', `${key} stands alone: there is nothing to split it from`);
  }
  return { split: { v: 1, from: all, why, at }, joins };
}

function nextJoin({ key, party }: Judged, other: MatchingKey, joined: boolean, why: string, at: string): JoinDecided {
  const round = (party.joins.get(other)?.round ?? 0) + 1;
  return { v: 1, member: other, round, by: key, joined, why, at };
}

function tooMany(key: MatchingKey): Refusal {
  return refused('MF_PARTY_VERDICTS_LIMIT', `${key} has as many verdicts as are kept for one member`);
}

/**
 * The word of another member about the two: null when what is known is as new. Who has no room for it answers with a
 * newer one that takes it back, and keeps neither, so that both agree.
 */
export function hearJoin({ key, party }: Judged, word: JoinDecided): Verdict & { readonly answer?: JoinDecided } {
  const known = party.joins.get(word.member);
  if (known !== undefined && compareRounds(known, word) >= 0) return { joins: [] };
  if (known === undefined && party.joins.size >= VERDICTS_LIMIT) {
    return { joins: [], answer: { ...word, round: word.round + 1, by: key, joined: false } };
  }
  const { apart } = party;
  if (!word.joined || apart?.from.includes(word.member) !== true) return { joins: [word] };
  const from = apart.from.filter((one) => one !== word.member);
  return { split: { v: 1, from, why: word.why, at: word.at }, joins: [word] };
}

function compareRounds(a: Pick<JoinDecided, 'round' | 'by'>, b: Pick<JoinDecided, 'round' | 'by'>): number {
  return a.round - b.round || compareText(a.by, b.by);
}
