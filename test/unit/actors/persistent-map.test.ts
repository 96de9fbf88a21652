import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PersistentMap } from '../../../actors/persistent-map.ts';

describe('a persistent map', () => {
  test('keeps every version as it was, in whatever order they are read and written', () => {
    const step = fc.record({
      from: fc.nat(50),
      key: fc.constantFrom('a', 'b', 'c'),
      value: fc.nat(9),
      read: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const versions = [{ map: PersistentMap.of<number>([['a', 0]]), model: new Map([['a', 0]]) }];
        const at = (n: number) =>
          versions[n % versions.length] ?? { map: PersistentMap.of<number>([]), model: new Map<string, number>() };
        for (const { from, key, value, read } of steps) {
          const { map, model } = at(from);
          versions.push({ map: map.set(key, value), model: new Map(model).set(key, value) });
          const seen = at(read);
          expect(new Map(seen.map.entries())).toEqual(seen.model);
          expect(seen.map.size).toBe(seen.model.size);
          expect(seen.map.get(key)).toBe(seen.model.get(key));
        }
      }),
    );
  });

  test('takes a hundred thousand entries one by one, and goes back to the first', () => {
    const first = PersistentMap.of<number>([]);
    let map = first;
    for (let i = 0; i < 100_000; i++) map = map.set(`${i}`, i);
    expect(map.size).toBe(100_000);
    expect(first.size).toBe(0);
    expect(map.get('99999')).toBe(99_999);
  });
});
