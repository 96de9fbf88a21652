import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { payloadsPage } from '../payloads.ts';

const { MASTERFLAG_TEST_DATA: DATA = '', UPDATE_DOCS } = process.env;
const payloads = join(DATA, 'payloads');

/** The payloads are there, or this suite is skipped; `npm test` names it then. */
const whenThere = existsSync(payloads) ? describe : describe.skip;

whenThere('payloads that others have published', () => {
  test('get the verdicts of docs/payloads.md, and none crashes (UPDATE_DOCS=1 writes it)', async () => {
    const file = new URL('../../docs/payloads.md', import.meta.url);
    const page = await payloadsPage(payloads);
    if (UPDATE_DOCS !== undefined) writeFileSync(file, page);
    expect(page).toBe(readFileSync(file, 'utf8'));
  });
});
