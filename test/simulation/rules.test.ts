import { availableParallelism } from 'node:os';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ALL_RULES } from './left-out.ts';
import { Pool } from './pool.ts';
import type { Failure } from './summary.ts';

/** Seeds that a left-out rule may survive at most; the rarest needs three parties to meet within some milliseconds. */
const SEEDS = 400;

const pool = new Pool(Math.min(2, availableParallelism()));
const found = new Map(
  ALL_RULES.map((rule) => [rule, pool.ask({ from: 1, count: SEEDS, without: rule, untilFound: true })]),
);
const caught: string[] = [];

afterAll(() => {
  pool.close();
  process.stderr.write(`What was found with a rule left out:\n${caught.join('\n')}\n`);
});

describe('a rule of the protocol that is left out is caught:', () => {
  test.each(ALL_RULES)(
    '%s',
    async (rule) => {
      const summary = await found.get(rule);
      const failure: Failure | undefined = summary?.failures[0];
      caught.push(
        `  ${rule.padEnd(24)} seed ${failure?.seed ?? 'none'}: ${failure?.violations[0]?.slice(0, 110) ?? ''}`,
      );
      expect(failure?.violations.length).toBeGreaterThan(0);
    },
    900_000,
  );
});
