import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { ended } from '../fault/command-line.ts';
import type { Outcome } from '../mutations/feed-mutations.ts';

const { MASTERFLAG_TEST_DATA = '', MASTERFLAG_MUTATIONS: EACH = '10', MASTERFLAG_SEED } = process.env;
const SEED = Number(MASTERFLAG_SEED ?? Date.now() % 1_000_000);
const PAYLOADS = join(MASTERFLAG_TEST_DATA, 'payloads');
const PROGRAM = fileURLToPath(new URL('../mutations/feed-mutations.ts', import.meta.url));

/** MiB of heap for eight feeds at once, each of which may hold 8 MiB of what waits for its append. */
const HEAP_MB = 256;

/** A hundred files a second, on a busy machine. */
const LONGEST_MS = 120_000 + Number(EACH) * 20_000;

/** The payloads are there, or this suite is skipped; `npm test` names it then. */
const whenThere = existsSync(PAYLOADS) ? describe : describe.skip;

whenThere(`every payload, broken ${EACH} times at random (MASTERFLAG_SEED=${SEED})`, () => {
  test(
    'gets one verdict a record, crashes nothing, parks nothing, and fits in bounded memory',
    async () => {
      const words = [`--max-old-space-size=${HEAP_MB}`, PROGRAM, '--payloads', PAYLOADS];
      const child = spawn(process.execPath, [...words, '--each', EACH, '--seed', String(SEED)]);
      const { code, stdout, stderr } = await ended(child);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { wrong, files, payloads, received, verdicts } = JSON.parse(stdout) as Outcome;
      expect(wrong).toEqual([]);
      expect(files).toBe(payloads * Number(EACH));
      expect(Object.values(verdicts).reduce((sum, count) => sum + count, 0)).toBe(received);
      expect(received).toBeGreaterThan(files / 2);
    },
    LONGEST_MS,
  );
});
