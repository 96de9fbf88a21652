import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooser, shuffled } from './chooser.ts';
import type { Said } from './miniature.ts';
import { ACTORS, Miniature } from './miniature.ts';
import { saidBy } from './random-parts.ts';
import { fingerprint, kindOfKey } from '../../../schemas/key.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const numRuns = Number(process.env['RUNS'] ?? 300);

/** A run over the same set: shuffled, with repetitions, cut into batches, effects overtaking. */
function run(parts: readonly Said[], from: number): Miniature {
  const choose = chooser(from);
  const feed = shuffled([...parts, ...parts.filter(() => choose(3) === 0)], choose);
  const world = new Miniature(choose);
  while (feed.length > 0) world.batch(feed.splice(0, 1 + choose(6)));
  world.settle();
  return world;
}

/** The same state as another version of its source reads it: something of every body was wrong. */
function readBy(version: number, { name, key, part }: Said): Said {
  const body = mended(part.body as object);
  return { name, key, part: { ...part, version, hash: fingerprint(JSON.stringify(body)), body } };
}

function mended(body: object): object {
  const entries = Object.entries(body) as [string, unknown][];
  return Object.fromEntries(entries.map(([name, value]) => [name, name === 'amount' ? Number(value) + 1 : value]));
}

describe(`the bodies are a function of the set of parts (SEED=${seed})`, () => {
  const runs = fc.tuple(fc.array(saidBy, { maxLength: 40 }), fc.integer(), fc.integer());

  test('any permutation, repetition, split and interleaving ends in the same bytes', () => {
    fc.assert(
      fc.property(runs, ([parts, one, other]) => {
        expect(run(parts, one).bodies()).toEqual(run(parts, other).bodies());
      }),
      { seed, numRuns },
    );
  });

  test('what is read by the newest version of its source speaks as if it had never been read otherwise', () => {
    fc.assert(
      fc.property(runs, ([parts, one, other]) => {
        const corrected = parts.map((said) => readBy(4, said));
        expect(run([...parts, ...corrected], one).bodies()).toEqual(run(corrected, other).bodies());
      }),
      { seed, numRuns: Math.ceil(numRuns / 2) },
    );
  });

  test('everything fed again is a duplicate or stale, and nothing follows from it', () => {
    fc.assert(
      fc.property(runs, ([parts, one]) => {
        const world = run(parts, one);
        const before = [world.bodies(), world.events.size, world.verdicts.length] as const;
        for (const said of parts) world.batch([said]);
        world.settle();
        expect(world.bodies()).toEqual(before[0]);
        expect(world.verdicts.slice(before[2]).filter((verdict) => verdict === 'accepted')).toEqual([]);
      }),
      { seed, numRuns: Math.ceil(numRuns / 3) },
    );
  });

  test('the events of an entity fold to its state and to its flag', () => {
    fc.assert(
      fc.property(runs, ([parts, one]) => {
        const world = run(parts, one);
        for (const [key, events] of world.events) {
          const actor = ACTORS[kindOfKey(key) ?? ''];
          if (actor === undefined) throw new Error(key);
          const state = events.reduce(actor.evolve, actor.initial(key));
          const { flag, records } = actor.project(state, events, { get: () => undefined });
          expect(JSON.stringify(flag)).toEqual(world.flags.get(key));
          for (const { collection, id, body } of records) {
            expect(JSON.stringify(world.body(collection, id) ?? null)).toEqual(JSON.stringify(body));
          }
        }
      }),
      { seed, numRuns: Math.ceil(numRuns / 3) },
    );
  });
});
