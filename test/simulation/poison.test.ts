import { describe, expect, test } from '@jest/globals';
import { runSeed, type RunResult } from './run.ts';
import type { Poison } from './scenario.ts';
import { toyScenario } from './toy-scenario.ts';

interface Poisoned extends RunResult {
  readonly deaths: number;
  readonly redriven: number;
}

/** Nothing goes wrong but records of one key that its actor cannot hear until it is mended. */
async function poisonedBy(seed: number, kinds: readonly Poison[], hasty = false): Promise<Poisoned> {
  const lines: string[] = [];
  const result = await runSeed(seed, {
    weather: 'calm',
    hasty,
    scenario: (random) => {
      const scenario = toyScenario(random, kinds);
      return { ...scenario, limits: { ...scenario.limits, openingsBeforeCaution: 3 } };
    },
    trace: (line) => lines.push(line),
  });
  // In the end every node is started anew, and some die for it.
  const end = lines.findIndex((line) => line.includes('opened again'));
  const redrives = lines.filter((line) => line.includes('redrive main.'));
  return {
    ...result,
    deaths: lines.slice(0, end).filter((line) => line.endsWith(' dies')).length,
    redriven: redrives[0]?.match(/main\.\w+\.\S+/g)?.length ?? 0,
  };
}

const SEEDS = Array.from({ length: 20 }, (_, n) => n + 1);

// That no other key differs from the model while one is parked, and none at all after the redrive, is what runSeed
// compares; here is what only a run without other faults can tell.
describe('a record that makes its actor throw', () => {
  test.each(SEEDS)('parks its key alone, ends no process, and is heard when it is redriven: seed %i', async (seed) => {
    const { violations, deaths, redriven } = await poisonedBy(seed, ['throws']);
    expect(violations).toEqual([]);
    expect(deaths).toBe(0);
    expect(redriven).toBe(1);
  });
});

describe('a record that ends its process', () => {
  test.each(SEEDS)('is parked after a few tries, and is heard when it is redriven: seed %i', async (seed) => {
    const { violations, deaths, redriven } = await poisonedBy(seed, ['kills']);
    expect(violations).toEqual([]);
    expect(redriven).toBe(1);
    // Three before caution, two after it was announced; and up to three that still brought what lay before it to an end.
    expect(deaths).toBeGreaterThanOrEqual(4);
    expect(deaths).toBeLessThanOrEqual(3 + 2 + 3);
  });
});

describe('a parked key that is redriven before it is mended', () => {
  test.each(SEEDS)('is parked again, and says by what: seed %i', async (seed) => {
    const { violations, redriven } = await poisonedBy(seed, ['throws', 'throws'], true);
    expect(violations).toEqual([]);
    expect(redriven).toBe(1);
  });

  test.each(SEEDS)('although that ends the process, time and again: seed %i', async (seed) => {
    const { violations, redriven } = await poisonedBy(seed, ['kills', 'kills'], true);
    expect(violations).toEqual([]);
    expect(redriven).toBe(1);
  });
});
