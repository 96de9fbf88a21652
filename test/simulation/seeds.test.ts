import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FAULTS, PHASES } from './faults.ts';
import { Pool } from './pool.ts';
import { runSeed } from './run.ts';
import { lastLine, matrix, met, NOTHING, type Summary } from './summary.ts';
import { WIRE_FAULTS } from './wire.ts';

/** `npm run simulate` runs any number; these are what CI has time for. */
const SEEDS = 2000;

describe(`${SEEDS} seeds`, () => {
  const pool = new Pool(Math.min(2, availableParallelism()));
  let total: Summary = NOTHING;

  beforeAll(async () => {
    const start = performance.now();
    total = await pool.run({ from: 1, count: SEEDS });
    const line = lastLine(total, (performance.now() - start) / 1000);
    process.stderr.write(['', ...matrix(total), line, ''].join('\n'));
  }, 900_000);

  afterAll(() => {
    pool.close();
  });

  test('end as a single thread without faults would, whatever went wrong on the way', () => {
    expect(total.failures).toEqual([]);
    expect(total.seeds).toBe(SEEDS);
  });

  test('have at least 200 records and 5 faults each', () => {
    expect(total.least.records).toBeGreaterThanOrEqual(200);
    expect(total.least.faults).toBeGreaterThanOrEqual(5);
  });

  test('run the real actors in every fourth', () => {
    expect(total.scenarios['real actors']).toBe(SEEDS / 4);
  });

  test('let every kind of fault meet every phase of the protocol', () => {
    const missed = FAULTS.flatMap((fault) =>
      PHASES.filter((phase) => met(total, fault, phase) === 0).map((phase) => `${fault} ${phase}`),
    );
    // A fault of the wire strikes an operation: there is none while a node is idle.
    expect(missed).toEqual(WIRE_FAULTS.map((fault) => `${fault} idle`));
  });
});

describe('a seed', () => {
  const traceOf = async (seed: number): Promise<string[]> => {
    const lines: string[] = [];
    const { steps } = await runSeed(seed, { trace: (line) => lines.push(line) });
    return [...lines, `${steps} steps`];
  };

  test.each([1, 2, 3, 4, 8])('replays exactly, whatever ran before it: %i', async (seed) => {
    const trace = await traceOf(seed);
    await runSeed(seed + 1);
    expect(await traceOf(seed)).toEqual(trace);
    expect(trace.length).toBeGreaterThan(50);
  });
});
