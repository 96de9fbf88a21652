import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Workplace } from './command.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => {
  place.remove();
});

test('the first look prints the folder, the verdicts, what there is, an order and what to type next', async () => {
  const { code, stdout } = await place.start([], { entry: 'start' }).ended;
  expect(code).toBe(0);
  expect(stdout).toContain(`Data folder: ${place.data}`);
  expect(stdout).toMatch(/accepted +3,064/);
  expect(stdout).toMatch(/^ {2}137 orders, 58,776\.79 GBP$/m);
  expect(stdout).toMatch(/^ {2}6 returns, -325\.23 GBP$/m);
  expect(stdout).toMatch(/^ {2}98 customers, 1,351 products$/m);
  expect(stdout).toMatch(/number 536368/);
  expect(stdout).toMatch(/npx masterflag show 17850/);
});

test('a second one finds all of it there', async () => {
  const { code, stdout } = await place.start([], { entry: 'start' }).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/duplicate +3,108/);
  expect(stdout).toMatch(/nothing changed/);
});
