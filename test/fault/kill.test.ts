import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Random } from '../simulation/world.ts';
import { ended, masterflag, onlineRetail, temporaryFolder } from './command-line.ts';
import { brokenStories, modelOf, readDataSet, type DataSet, type ReadEvent } from './data-set.ts';

const KILLS = Number(process.env['MASTERFLAG_KILLS'] ?? 25);
const DAYS = Number(process.env['MASTERFLAG_KILL_DAYS'] ?? 6);
/** A feed of every day takes half a minute or so until it is killed, on a busy machine. */
const LONGEST_MS = 600_000 + KILLS * 40_000;
const SEED = Number(process.env['MASTERFLAG_SEED'] ?? Date.now() % 1_000_000);

describe(`a feed that was killed ${KILLS} times with SIGKILL, at moments of seed ${SEED}`, () => {
  const [undisturbed, disturbed] = [temporaryFolder(), temporaryFolder()];
  const files = onlineRetail(DAYS);
  let calm: DataSet;
  let killed: DataSet;
  let undisturbedMs = 0;

  beforeAll(async () => {
    const started = Date.now();
    expect(await feed(undisturbed.path)).toMatchObject({ code: 0 });
    undisturbedMs = Date.now() - started;
    const random = new Random(SEED);
    for (let kill = 0; kill < KILLS; kill++) await feedAndKill(random.next() * undisturbedMs * 0.9);
    expect(await feed(disturbed.path)).toMatchObject({ code: 0 });
    [calm, killed] = [await readDataSet(undisturbed.path), await readDataSet(disturbed.path)];
  }, LONGEST_MS);

  afterAll(() => {
    undisturbed.remove();
    disturbed.remove();
  });

  test('ends with the bodies of an undisturbed run, byte for byte', () => {
    expect(difference(killed.bodies, calm.bodies)).toEqual([]);
  });

  test('ends with the bodies of the plain model', async () => {
    expect(difference(killed.bodies, await modelOf(undisturbed.path))).toEqual([]);
  });

  test('has every event once, numbered without gaps, folding to the bodies', () => {
    expect(brokenStories(killed)).toEqual([]);
  });

  test('has the events of an undisturbed run', () => {
    for (const [key, events] of calm.events) {
      // Who speaks first to an entity that several orders speak to is free; what was said of each order is not.
      const told = key.includes('.order.') ? plain : sorted;
      expect(told(killed.events.get(key) ?? [])).toEqual(told(events));
    }
  });

  test('took every record once', () => {
    expect(killed.verdicts['accepted']).toBe(calm.verdicts['accepted']);
    expect(killed.verdicts['quarantined'] ?? 0).toBe(0);
  });

  function feed(data: string) {
    return ended(masterflag('feed', 'online-retail', ...files, '--data', data, '--json'));
  }

  function feedAndKill(afterMs: number): Promise<void> {
    const child = masterflag('feed', 'online-retail', ...files, '--data', disturbed.path, '--json');
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    return ended(child).then(() => {
      clearTimeout(timer);
    });
  }
});

function difference(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): string[] {
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].filter((name) => left.get(name) !== right.get(name)).slice(0, 10);
}

type Events = readonly ReadEvent[];

function plain(events: Events): string[] {
  return events.map(({ type, data }) => JSON.stringify([type, data]));
}

/**
 * What several orders say to one entity, whoever speaks first: without what an event says the entity came to by then,
 * and, of a field that takes the least value ever said, without what was said before the least.
 */
function sorted(events: Events): string[] {
  const said = events.filter(({ type }) => !type.endsWith('.described'));
  return plain(said.map((event) => ({ ...event, data: withoutRunning(event.data) as object }))).sort();
}

function withoutRunning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRunning);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== 'opened' && name !== 'totals');
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutRunning(inner)]));
}
