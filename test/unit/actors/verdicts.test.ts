import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooser } from './chooser.ts';
import { command, customerKey, customerSaid, enterpriseKey, enterpriseSaid, inOrder } from './matched-world.ts';
import { Miniature } from './miniature.ts';
import { partyOf, wrongParties } from './party-judge.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

const email = 'ann@x.example';
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => customerKey('web', id)) as [string, string, string, string];
const shared = (id: string, state = 1) => customerSaid('web', { id, email }, state);
const lone = (id: string) => customerSaid('web', { id, email: `${id}@x.example` });
const why = 'a person says so';

describe('a split', () => {
  test('holds against what its identifiers go on saying, and whoever comes with them', () => {
    const world = inOrder(['a', 'b'].map((id) => shared(id)));
    expect(command(world, a, 'split', { from: [b], why })).toBe('accepted');
    world.batch([shared('a', 2), shared('c'), customerSaid('web', { id: 'a', email, city: 'Oslo' }, 3)]);
    world.settle();
    expect(partyOf(world, a)).toEqual([a]);
    expect(partyOf(world, b)).toEqual([b, c].sort());
    expect(world.flag(a)).toMatchObject({ status: 'active', facts: { marks: ['splitOff'] } });
  });

  test('of who moves to another party stays when it is joined there', () => {
    const world = inOrder([shared('a'), shared('b'), lone('d')]);
    command(world, a, 'split', { from: [b], why });
    command(world, a, 'join', { with: d, why });
    expect(partyOf(world, a)).toEqual([a, d].sort());
    expect(partyOf(world, b)).toEqual([b]);
    expect(command(world, a, 'split', { from: [], why })).toBe('accepted');
    expect(partyOf(world, a)).toEqual([a]);
    command(world, a, 'join', { with: b, undo: [b], why });
    expect(partyOf(world, a)).toEqual([a, b].sort());
  });

  test('parts two that belong together from two others, when these two are joined', () => {
    const world = inOrder(['a', 'b', 'c', 'd'].map((id) => shared(id)));
    command(world, c, 'split', { from: [a, b, d], why });
    command(world, d, 'split', { from: [a, b], why });
    command(world, c, 'join', { with: d, undo: [d], why });
    expect(partyOf(world, a)).toEqual([a, b].sort());
    expect(partyOf(world, c)).toEqual([c, d].sort());
  });

  test('of who stands alone is refused, and so is one of nobody', () => {
    const world = inOrder([lone('a')]);
    const said = { type: 'command', name: 'split', key: a, data: { from: [], why }, now: 0 } as const;
    expect(world.hear(said)).toMatchObject({ verdict: 'refused', code: 'MF_PARTY_ALONE' });
    expect(world.hear({ ...said, key: b })).toMatchObject({ verdict: 'refused', code: 'MF_ENTITY_UNKNOWN' });
  });
});

describe('a join', () => {
  test('of two who share nothing is taken back by a split of either', () => {
    for (const member of [a, d]) {
      const world = inOrder([lone('a'), lone('d')]);
      const before = world.bodies();
      expect(command(world, a, 'join', { with: d, why })).toBe('accepted');
      expect(partyOf(world, d)).toEqual([a, d].sort());
      expect(wrongParties(world, { joined: [[a, d]] })).toEqual([]);
      expect(command(world, a, 'join', { with: d, why })).toBe('duplicate');
      expect(command(world, member, 'split', { from: [], why })).toBe('accepted');
      expect(world.bodies()).toEqual(before);
    }
  });

  test('of a customer with itself, or with an enterprise, is refused', () => {
    const world = inOrder([lone('a'), enterpriseSaid('web', { id: 'e' })]);
    for (const other of [a, enterpriseKey('web', 'e')]) {
      const said = { type: 'command', name: 'join', key: a, data: { with: other, why }, now: 0 } as const;
      expect(world.hear(said)).toMatchObject({ verdict: 'refused', code: 'MF_PARTY_UNLIKE' });
    }
  });

  test('beyond 128 verdicts on one member is refused, at either end', () => {
    const world = inOrder(Array.from({ length: 130 }, (_, n) => lone(`m${n}`)));
    const hub = customerKey('web', 'm0');
    const others = Array.from({ length: 129 }, (_, n) => customerKey('web', `m${n + 1}`));
    for (const other of others.slice(0, 128)) {
      expect(command(world, hub, 'join', { with: other, why })).toBe('accepted');
      command(world, hub, 'split', { from: [], why });
    }
    const last = others[128] ?? '';
    const said = { type: 'command', name: 'join', key: hub, data: { with: last, why }, now: 0 } as const;
    expect(world.hear(said)).toMatchObject({ verdict: 'refused', code: 'MF_PARTY_VERDICTS_LIMIT' });
    command(world, last, 'join', { with: hub, why });
    expect(partyOf(world, last)).toEqual([last]);
    expect(JSON.stringify(world.saved(hub)).length).toBeLessThan(40_000);
  });
});

interface Saved {
  readonly party?: { readonly joins?: readonly { readonly member: string; readonly joined: boolean }[] };
}

test(`verdicts that cross on their way leave both members of one mind (SEED=${seed})`, () => {
  const verdict = fc.record({ by: fc.nat(2), with: fc.nat(2), isJoin: fc.boolean() });
  fc.assert(
    fc.property(fc.array(verdict, { minLength: 2, maxLength: 12 }), fc.integer(), (verdicts, from) => {
      const world = new Miniature(chooser(from));
      world.batch([lone('a'), lone('b'), lone('c')]);
      const keys = [a, b, c];
      for (const { by, with: other, isJoin } of verdicts) {
        const data = isJoin ? { with: keys[other] ?? '', why } : { from: [], why };
        world.hear({ type: 'command', name: isJoin ? 'join' : 'split', key: keys[by] ?? '', data, now: 0 });
        world.batch([]);
      }
      world.settle();
      const pairs = keys.flatMap((key) => {
        const { party } = world.saved(key) as Saved;
        return (party?.joins ?? []).filter(({ joined }) => joined).map(({ member }) => [key, member] as const);
      });
      expect(pairs.map(([one, other]) => `${other} ${one}`).sort()).toEqual(pairs.map((pair) => pair.join(' ')).sort());
      expect(wrongParties(world, { joined: pairs })).toEqual([]);
    }),
    { seed, numRuns: 300 },
  );
});
