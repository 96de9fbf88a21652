import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { invoice, SAMPLE, Workplace } from './command.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => {
  place.remove();
});

const verdicts = { received: 3108, accepted: 3064, duplicate: 44, stale: 0, quarantined: 0 };

test('feed prints one object with the verdicts, which add up, and nothing else', async () => {
  const { code, stdout, stderr } = await place.run('feed', 'online-retail', SAMPLE, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ ...verdicts, seconds: expect.any(Number) });
});

test('feeding the same again accepts nothing and changes no byte of any export', async () => {
  const collections = ['mall.orders', 'customer.customers', 'sales.items', 'sales.revenues', 'master.flags'];
  const exports = async (): Promise<string[]> => {
    const texts: string[] = [];
    for (const name of collections) texts.push((await place.run('export', name)).stdout);
    return texts;
  };
  const before = await exports();
  expect(await place.json('feed', 'online-retail', SAMPLE)).toMatchObject({ accepted: 0, duplicate: 3108 });
  expect(await exports()).toEqual(before);
});

test('people read the verdicts line by line, and which files were left out and why', async () => {
  const folder = join(place.folder, 'shop');
  mkdirSync(folder);
  writeFileSync(join(folder, 'LICENSE'), 'free\n');
  writeFileSync(join(folder, 'b.csv'), invoice(['700001', 'A1', 2, '1.50', '1']));
  writeFileSync(join(folder, 'a.csv'), invoice(['700000', 'A1', 1, '1.50', '1']));
  const { code, stdout } = await place.run('feed', 'online-retail', folder);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Fed 2 records of 2 files to online-retail in .* s/);
  expect(stdout).toMatch(/^ {2}accepted {5}2/m);
  expect(stdout).toMatch(/^Not fed: .*LICENSE: its name does not say that it is csv/m);
});

test('files that the source ignores are named with its reason', async () => {
  const file = place.file('olist_geolocation_dataset.csv', 'geolocation_zip_code_prefix\n01037\n');
  const { code, stdout } = await place.run('feed', 'olist', file);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Not fed: .*geolocation.*: positions of postcodes/);
});

test('- feeds standard input', async () => {
  const stdin = invoice(['700002', 'A1', 1, '1.50', '1']);
  const { stdout } = await place.start(['feed', 'online-retail', '-', '--json'], { stdin }).ended;
  expect(JSON.parse(stdout)).toMatchObject({ received: 1, accepted: 1 });
});

test('an empty file is a feed of no records', async () => {
  const file = place.file('empty.csv', '');
  expect(await place.json('feed', 'online-retail', file)).toMatchObject({ received: 0, accepted: 0 });
});

test('records in quarantine are no failure, and the output says how to look at them', async () => {
  const file = place.file('wide.csv', `${invoice(['700003', 'A1', 1, '1.50', '1'])}700004,A1,too,few\n`);
  const { code, stdout } = await place.run('feed', 'online-retail', file);
  expect(code).toBe(0);
  expect(stdout).toMatch(/quarantined {2}1 .*masterflag quarantine list/);
});

describe('the command line that is wrong is refused with exit code 2 and what mends it', () => {
  test.each([
    ['an unknown option', ['feed', 'online-retail', SAMPLE, '--fast'], /^MF_USAGE: unknown option '--fast'/],
    ['no files', ['feed', 'online-retail'], /^MF_USAGE: missing required argument 'files'/],
    ['a file that is not there', ['feed', 'online-retail', 'nowhere.csv'], /^MF_USAGE: cannot read nowhere.csv/],
    ['an unknown command', ['fed'], /^MF_USAGE: unknown command 'fed'/],
  ])('%s', async (_name, words, message) => {
    const { code, stdout, stderr } = await place.run(...words);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/--help/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

test('an unknown source fails with its nearest name', async () => {
  const { code, stderr } = await place.run('feed', 'online-retial', SAMPLE);
  expect(stderr).toMatch(/^MF_SOURCE_UNKNOWN: .*did you mean "online-retail"\?\n/);
  expect(code).toBe(1);
});

test('Ctrl-C stops a feed in order, with 130; run again it takes the rest', async () => {
  const own = new Workplace();
  try {
    const { child, ended } = own.start(['feed', 'online-retail', SAMPLE, '-'], { keepStdinOpen: true });
    await untilTaken(own);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(stderr).toMatch(/stopped: .*Run the same command again/);
    expect(code).toBe(130);
    expect(await own.json('feed', 'online-retail', SAMPLE)).toMatchObject({ received: 3108, quarantined: 0 });
    expect((await own.lines('export', 'mall.orders')).length).toBe(143);
  } finally {
    own.remove();
  }
});

test('killed with SIGKILL and run again, a feed ends as if nothing had happened', async () => {
  const own = new Workplace();
  try {
    const { child, ended } = own.start(['feed', 'online-retail', SAMPLE, '-'], { keepStdinOpen: true });
    await untilTaken(own);
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    expect(await own.json('feed', 'online-retail', SAMPLE)).toMatchObject({ received: 3108, quarantined: 0 });
    const whole = new Workplace();
    await whole.json('feed', 'online-retail', SAMPLE);
    for (const collection of ['mall.orders', 'customer.customers', 'sales.items', 'master.flags']) {
      expect((await own.run('export', collection)).stdout).toBe((await whole.run('export', collection)).stdout);
    }
    whole.remove();
  } finally {
    own.remove();
  }
});

test('two feeds at once share one engine, and each counts its own records', async () => {
  const own = new Workplace();
  try {
    const lines = readFileSync(SAMPLE, 'utf8').split('\n');
    const half = own.file('half.csv', `${lines.slice(0, 1501).join('\n')}\n`);
    const [one, two] = await Promise.all([
      own.json('feed', 'online-retail', SAMPLE),
      own.json('feed', 'online-retail', half),
    ]);
    expect(sum(one)).toBe(3108);
    expect(sum(two)).toBe(1500);
    expect(Number(one['accepted']) + Number(two['accepted'])).toBe(3064);
  } finally {
    own.remove();
  }
});

function sum({ accepted, duplicate, stale, quarantined }: Record<string, unknown>): number {
  return Number(accepted) + Number(duplicate) + Number(stale) + Number(quarantined);
}

/** Until the first order of the feed can be read. */
async function untilTaken(own: Workplace): Promise<void> {
  while ((await own.run('export', 'mall.orders')).stdout === '');
}
