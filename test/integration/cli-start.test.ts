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
  expect(stdout).toMatch(/^8 records of 4 other systems, made up: 7 accepted, 1 quarantined\.$/m);
  expect(stdout).toMatch(/^ {2}139 orders, 58,869\.64 GBP$/m);
  expect(stdout).toMatch(/^ {2}6 returns, -325\.23 GBP$/m);
  expect(stdout).toMatch(/^ {2}99 customers, 1,353 products$/m);
  expect(stdout).toMatch(/number 536368/);
  expect(stdout).toMatch(/npx masterflag show 17850/);
});

test('what it says of the made-up records is so: a join, an early payment, a correction, and a record that is mended', async () => {
  const { stdout } = await place.start([], { entry: 'start' }).ended;
  const commands = [...stdout.matchAll(/npx masterflag ((?:party|show 550|quarantine).*)$/gm)].map(
    ([, words = '']) => words,
  );
  const [party = '', corrected = '', awaited = '', shown = '', fix = ''] = commands;
  expect(commands).toHaveLength(5);
  const who = (await say(party)).stdout;
  expect(who).toMatch(/^customer .*, 4 members$/m);
  expect(who).toMatch(/nameParts \(prefix Ms\)/);
  const order = (await say(corrected)).stdout;
  expect(order).toMatch(
    /order\.partAwaited[^]*order\.headerRecorded[^]*order\.paymentRecorded[^]*order\.headerRecorded/,
  );
  expect(order).toMatch(/payment paid/);
  expect((await say(awaited)).stdout).toMatch(/status awaited/);
  expect((await say(shown)).stdout).toMatch(/> order\.line_items\[0\]\.price +"?7,95/);
  expect((await say(fix)).stdout).toMatch(/^Fixed: /);
  expect((await say('show 5503')).stdout).toMatch(/total 7\.95 GBP/);
});

function say(words: string) {
  return place.run(...words.split(/ +/).map((word) => word.replaceAll("'", '')));
}

test('a second one finds all of it there', async () => {
  const { code, stdout } = await place.start([], { entry: 'start' }).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/duplicate +3,108/);
  expect(stdout).toMatch(/made up: 6 duplicate, 1 stale, 1 quarantined\.$/m);
  expect(stdout).toMatch(/nothing changed/);
});
