import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invoice, SAMPLE } from './command.ts';
import { everyCollection } from './verify/damage.ts';
import { DataSet, FIELD, oneOf } from './verify/data-set.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(300_000);

const set = new DataSet();
beforeAll(() => set.fill());
afterAll(() => {
  set.remove();
});

describe('beside an owner', () => {
  test('finds nothing while a feed runs, however often it looks', async () => {
    const live = join(set.place.folder, 'live');
    const owner = set.place.start(['serve', '--data', live]);
    await owner.says('Serving ');
    for (let day = 0; day < 5; day++) {
      // Other orders of the same customers and products.
      const text = readFileSync(SAMPLE, 'utf8').replaceAll(/^(C?)5/gm, `$1${day}5`);
      const feeding = set.place.start([
        'feed',
        'online-retail',
        set.place.file(`day-${day}.csv`, text),
        '--data',
        live,
      ]);
      expect(await set.verify(live)).toMatchObject({ code: 0, findings: [] });
      expect(await feeding.ended).toMatchObject({ code: 0 });
    }
    owner.child.kill('SIGTERM');
    await owner.ended;
    expect(await set.verify(live)).toMatchObject({ code: 0, findings: [] });
  });

  test('mends while somebody else feeds, and what is fed afterwards goes on from there', async () => {
    const { folder } = set.everywhere((damage, row, collection) => {
      damage.edit(row, FIELD[collection] ?? (() => undefined));
      return true;
    });
    const feeding = set.place.start(['feed', 'online-retail', SAMPLE, '--data', folder]);
    const repaired = await set.verify(folder, '--repair');
    await feeding.ended;
    expect(repaired.findings.filter(({ mended }) => mended !== true)).toEqual([]);
    await set.place.json('feed', 'native', set.place.file('again.ndjson', everyCollection()), '--data', folder);
    const more = { name: 'payment', id: '1', slot: 'q', order: ['2024-03-02T10:00:00Z'] };
    const body = { id: 'pay-q', method: 'card', amount: 5, currency: 'EUR', status: 'captured' };
    await set.place.json(
      'feed',
      'native',
      set.place.file('more.ndjson', JSON.stringify({ ...more, body })),
      '--data',
      folder,
    );
    expect(await set.verify(folder)).toMatchObject({ code: 0, findings: [] });
  });
});

describe('a damaged entity that is heard of again', () => {
  test('goes on from its events, and stops nobody', async () => {
    const folder = set.damaged((damage) => {
      damage.remove(oneOf(damage.rows('mall.orders').filter(({ json }) => json.includes('"number":"536365"'))));
    });
    const file = set.place.file('line.csv', invoice(['536365', 'NEW1', 1, '1.00', '17850']));
    expect(await set.place.json('feed', 'online-retail', file, '--data', folder)).toMatchObject({ accepted: 1 });
    expect(await set.verify(folder)).toMatchObject({ code: 0, findings: [] });
  });
});

/** The full data sets, whose verification takes minutes: named by the soak. */
const { MASTERFLAG_VERIFY_DATA: DATA = '' } = process.env;
const whenThere = existsSync(join(DATA, 'online_retail')) && existsSync(join(DATA, 'olist')) ? describe : describe.skip;

whenThere('two real data sets', () => {
  test('have nothing wrong with them', async () => {
    const real = join(set.place.folder, 'real');
    const filesOf = (name: string): string[] =>
      readdirSync(join(DATA, name))
        .filter((file) => file.endsWith('.csv'))
        .map((file) => join(DATA, name, file));
    await set.place.json('feed', 'online-retail', ...filesOf('online_retail'), '--data', real);
    await set.place.json('feed', 'olist', ...filesOf('olist'), '--data', real);
    expect(await set.verify(real)).toMatchObject({ code: 0, findings: [] });
  });
});
