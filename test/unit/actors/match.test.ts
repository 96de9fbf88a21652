import { describe, expect, test } from '@jest/globals';
import type { Decision } from '../../../actors/actor.ts';
import { match } from '../../../actors/match/index.ts';
import type { MatchState } from '../../../actors/match/state.ts';
import type { MatchEvent } from '../../../schemas/events/match.ts';
import { customerKey } from './matched-world.ts';
import { Miniature } from './miniature.ts';

const KEY = 'main.match.0123456789abcdefghijkl';
const member = (n: number): string => customerKey('web', String(n));

interface Claim {
  readonly member: string;
  readonly type?: string;
  readonly generation?: number;
  readonly names?: readonly string[];
  readonly named?: string;
}

function hear(state: MatchState, name: 'claimed' | 'released', claim: Claim): Decision<MatchEvent> {
  const data = name === 'claimed' ? { v: 1, type: 'email', generation: 1, ...claim } : { v: 1, ...claim };
  const message = { type: 'effect', name: `match.${name}`, key: KEY, data, now: 0 } as const;
  expect(match.needs(state, message)).toEqual([]);
  return match.decide(state, message, { get: () => undefined });
}

function after(...claims: readonly Claim[]): MatchState {
  return claims.reduce((state, claim) => folded(state, hear(state, 'claimed', claim)), match.initial(KEY));
}

function folded(state: MatchState, decision: Decision<MatchEvent>): MatchState {
  return decision.verdict === 'accepted' ? decision.events.reduce(match.evolve, state) : state;
}

function flagOf(state: MatchState) {
  return match.project(state, [], { get: () => undefined }).flag;
}

/** Who is told of whom. */
function told(decision: Decision<MatchEvent>): unknown[] {
  if (decision.verdict !== 'accepted') return [decision.verdict];
  return (decision.effects ?? []).map(({ key, name, data }) => {
    const { members, generation } = data as { members: readonly { member: string }[]; generation: number };
    return [name, key, generation, members.map((other) => other.member)];
  });
}

const [one, two] = [member(1), member(2)].sort() as [string, string];

describe('an identifier', () => {
  test('that one member claims tells nobody anything', () => {
    expect(told(hear(match.initial(KEY), 'claimed', { member: one }))).toEqual([]);
    expect(flagOf(after({ member: one }))).toEqual({ status: 'claimed', references: [] });
  });

  test('that two claim tells each of the other, in the generation of its claim', () => {
    const state = after({ member: one, generation: 3 });
    expect(told(hear(state, 'claimed', { member: two, generation: 7 }))).toEqual([
      ['customer.matched', one, 3, [two]],
      ['customer.matched', two, 7, [one]],
    ]);
  });

  test('tells others of new names, and not the one that goes by them', () => {
    const state = after({ member: one, type: 'phone' }, { member: two, type: 'phone' });
    const decision = hear(state, 'claimed', { member: two, type: 'phone', names: ['x'] });
    expect(told(decision)).toEqual([['customer.matched', one, 1, [two]]]);
    expect(folded(state, decision).count).toBe(2);
  });

  test('that is released leaves the other alone, and a release of nothing changes nothing', () => {
    const state = after({ member: one }, { member: two });
    expect(told(hear(state, 'released', { member: two }))).toEqual([['customer.matched', one, 1, []]]);
    expect(told(hear(after({ member: one }), 'released', { member: two }))).toEqual(['duplicate']);
    expect(folded(after({ member: one }), hear(after({ member: one }), 'released', { member: one }))).toEqual(
      match.initial(KEY),
    );
  });

  test('that is the id of a member tells that one too, as long as anybody claims it', () => {
    const named = member(3);
    const claim = { member: one, type: 'id:web', named };
    const claimed = hear(match.initial(KEY), 'claimed', claim);
    expect(told(claimed)).toEqual([
      ['customer.matched', one, 1, [named]],
      ['customer.matched', named, 0, [one]],
    ]);
    expect(told(hear(after(claim), 'released', { member: one }))).toEqual([['customer.matched', named, 0, []]]);
    expect(flagOf(after(claim)).status).toBe('shared');
  });

  test('is withdrawn from five when a sixth claims it, and the sixth is told nothing', () => {
    const five = [1, 2, 3, 4, 5].map((n) => ({ member: member(n) }));
    const decision = hear(after(...five), 'claimed', { member: member(6) });
    const withdrawn = five.map((claim) => ['customer.matched', claim.member, 1, []]);
    expect(told(decision).sort()).toEqual(withdrawn.sort());
    const state = folded(after(...five), decision);
    expect(match.save(state)).toMatchObject({ claimants: [], count: 6 });
    expect(flagOf(state)).toMatchObject({
      status: 'withdrawn',
      references: [{ task: 'claims', count: 6 }],
    });
  });

  test('asks for two documents when one of many releases it, and for all when few are left', () => {
    const state: MatchState = { key: KEY, type: 'email', claimants: new Map(), count: 1000 };
    const release = { type: 'effect', name: 'match.released', key: KEY, data: { v: 1, member: one }, now: 0 } as const;
    expect(match.needs(state, release)).toHaveLength(2);
    expect(match.needs({ ...state, count: 6 }, release)).toHaveLength(7);
    expect(match.needs({ ...state, count: 5 }, release)).toEqual([]);
  });

  test('knows no parts, commands and timers', () => {
    for (const type of ['part', 'command', 'timer'] as const) {
      expect(new Miniature().hear({ type, name: 'note', key: KEY, data: {}, now: 0 })).toMatchObject({
        code: 'MF_MESSAGE_UNKNOWN',
      });
    }
  });
});
