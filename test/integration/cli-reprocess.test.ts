import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openPorts } from '../../actors/node/ports.ts';
import { readSettings } from '../../config/settings.ts';
import { brokenStories, readDataSet } from '../fault/data-set.ts';
import { Random } from '../simulation/world.ts';
import { Workplace } from './command.ts';
import { tillFile, tillRecords, type TillRecord } from './till/feed.ts';

jest.setTimeout(300_000);

const SEED = Number(process.env['MASTERFLAG_SEED'] ?? Date.now() % 1_000_000);
const TILL = fileURLToPath(new URL('till/', import.meta.url));

interface Summary {
  readonly received: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly stale: number;
  readonly quarantined: number;
  readonly left: { readonly current: number; readonly before: number; readonly quarantined: number };
  readonly unreachable: readonly {
    readonly feed: string;
    readonly records: number;
    readonly files: readonly string[];
  }[];
}

interface DryRun extends Summary {
  readonly differences: readonly {
    readonly collection: string;
    readonly changed: number;
    readonly fields: readonly {
      readonly path: string;
      readonly bodies: number;
      readonly examples: readonly object[];
    }[];
  }[];
}

let wrong: Workplace;
let right: Workplace;
beforeEach(() => {
  [wrong, right] = [new Workplace(), new Workplace()];
});
afterEach(() => {
  wrong.remove();
  right.remove();
});

/** From here on, these versions of the source are there. */
function versions(place: Workplace, ...numbers: readonly number[]): void {
  const folder = join(place.folder, `sources-${numbers.join('-')}`);
  mkdirSync(folder, { recursive: true });
  for (const number of numbers) copyFileSync(join(TILL, `till@${number}.yaml`), join(folder, `till@${number}.yaml`));
  process.env['MASTERFLAG_SOURCES'] = folder;
}

let files = 0;

async function feed(place: Workplace, records: readonly TillRecord[]): Promise<Summary> {
  const name = `${files++}`;
  const paths = (['payments', 'sales'] as const).map((file) =>
    place.file(`${file}-${name}.csv`, tillFile(file, records)),
  );
  return place.json<Summary>('feed', 'till', ...paths);
}

async function bodies({ data }: Workplace): Promise<string[]> {
  const set = await readDataSet(data);
  expect(brokenStories(set)).toEqual([]);
  // Flags of entities that nobody speaks of any more are part of no export; which versions were fed is no body.
  return [...set.bodies]
    .filter(([id, json]) => !id.startsWith('management.sources/') && !json.includes('"status":"forgotten"'))
    .map(([id, json]) => `${id} ${json}`);
}

describe(`a source that took cents for euros, corrected in its version 2 (MASTERFLAG_SEED=${SEED})`, () => {
  const records = tillRecords(new Random(SEED), 400);

  test('reprocessed, has the bodies of a run that was right from the start, byte for byte', async () => {
    versions(wrong, 1);
    const first = await feed(wrong, records);
    versions(wrong, 1, 2);
    const { received, accepted, duplicate, stale, quarantined } = await wrong.json<Summary>('reprocess', 'till');
    versions(right, 2);
    const calm = await feed(right, records);
    expect(await bodies(wrong)).toEqual(await bodies(right));
    expect([received, accepted + duplicate + stale, quarantined]).toEqual([400, 400, 0]);
    // The verdicts of the first run stay what they were; those of the correction are counted beside them.
    const { verdicts } = await readDataSet(wrong.data);
    expect([verdicts['accepted'], verdicts['duplicate'], verdicts['stale']]).toEqual([
      first.accepted + accepted,
      first.duplicate + duplicate,
      first.stale + stale,
    ]);
    // What the first run took before a newer state came is an older state by now.
    expect(accepted).toBeLessThanOrEqual(calm.accepted);
  });

  test('what was fixed in quarantine is read again as well', async () => {
    const row = '1,1,1,2024-05-01T10:00:00Z,ann,cup,Cup,acme,QUANTITY,1998';
    versions(wrong, 1);
    await feed(wrong, [{ file: 'sales', row: row.replace('QUANTITY', 'two') }]);
    const [cause] = await wrong.json<readonly { readonly example: string }[]>('quarantine', 'list');
    await wrong.json('quarantine', 'fix', String(cause?.example), '--field', 'quantity', '--value', '2');
    versions(wrong, 1, 2);
    const { received, accepted, left, unreachable } = await wrong.json<Summary>('reprocess', 'till');
    expect([received, accepted, left.quarantined, unreachable]).toEqual([1, 1, 1, []]);
    versions(right, 2);
    await feed(right, [{ file: 'sales', row: row.replace('QUANTITY', '2') }]);
    expect(await bodies(wrong)).toEqual(await bodies(right));
  });

  test('taps show the corrections as events of their own, after those that they correct', async () => {
    versions(wrong, 1);
    await feed(wrong, [{ file: 'sales', row: '1,1,1,2024-05-01T10:00:00Z,ann,cup,Cup,acme,2,1998' }]);
    versions(wrong, 1, 2);
    await wrong.json('reprocess', 'till');
    type Event = {
      readonly type: string;
      readonly sequence: string;
      readonly data: { version: number; body: { amount: number } };
    };
    const lines = (await wrong.lines<Event>('tap', 'order')).filter(({ type }) => type === 'order.lineRecorded');
    expect(lines.map(({ sequence, data }) => [sequence, data.version, data.body.amount])).toEqual([
      ['2', 1, 199800],
      ['4', 2, 1998],
    ]);
  });

  test('a dry run counts the bodies that change, field by field, and writes nothing', async () => {
    versions(wrong, 1);
    await feed(wrong, [
      { file: 'sales', row: '1,1,1,2024-05-01T10:00:00Z,ann,cup,Cup,acme,2,1998' },
      { file: 'sales', row: '2,1,1,2024-05-01T10:00:00Z,ann,cup,Cup,acme,1,0' },
      { file: 'payments', row: 'p1,1,1,card,1998' },
    ]);
    const before = await readDataSet(wrong.data);
    versions(wrong, 1, 2);
    const { differences } = await wrong.json<DryRun>('reprocess', 'till', '--dry-run');
    expect(await readDataSet(wrong.data)).toEqual(before);
    expect(differences.map(({ collection, changed }) => [collection, changed])).toEqual([
      ['mall.orders', 1],
      ['mall.payments', 1],
      ['sales.items', 1],
      ['sales.revenues', 1],
      ['customer.enterprises', 1],
    ]);
    expect(differences[0]?.fields.map(({ path, bodies: number }) => [path, number])).toEqual([
      ['goods', 1],
      ['lines[].amount', 1],
      ['paid', 1],
      ['total', 1],
    ]);
    expect(differences[0]?.fields[1]?.examples).toMatchObject([{ before: 199800, after: 1998 }]);
    await wrong.json('reprocess', 'till');
    const again = await wrong.json<DryRun>('reprocess', 'till', '--dry-run');
    expect([again.differences, again.accepted, again.duplicate]).toEqual([[], 0, 3]);
  });

  test('what was fed by version 2 before the reprocess, and after it, ends in the same bodies', async () => {
    const random = new Random(SEED + 1);
    const [one, two] = [100 + random.below(100), 220 + random.below(100)];
    versions(wrong, 1);
    await feed(wrong, records.slice(0, one));
    versions(wrong, 1, 2);
    await feed(wrong, records.slice(one, two));
    const { received, left } = await wrong.json<Summary>('reprocess', 'till');
    await feed(wrong, [...records.slice(two), ...records.filter(() => random.chance(0.1))]);
    versions(right, 2);
    await feed(right, records);
    expect(await bodies(wrong)).toEqual(await bodies(right));
    expect([received, left.current]).toEqual([one, two - one]);
  });

  test('killed with SIGKILL at any moment and repeated, ends in the same bodies', async () => {
    const many = tillRecords(new Random(SEED + 2), 4000);
    versions(wrong, 1);
    await feed(wrong, many);
    versions(wrong, 1, 2);
    const random = new Random(SEED);
    for (let kill = 0; kill < 5; kill++) {
      const { child, ended } = wrong.start(['reprocess', 'till', '--json']);
      const timer = setTimeout(() => child.kill('SIGKILL'), 300 + random.below(1500));
      await ended;
      clearTimeout(timer);
    }
    await wrong.json<Summary>('reprocess', 'till');
    versions(right, 2);
    await feed(right, many);
    expect(await bodies(wrong)).toEqual(await bodies(right));
  });

  test('what has left the inbox is told by feed, and feeding its files again corrects it as well', async () => {
    versions(wrong, 1);
    const gone = await feed(wrong, records.slice(0, 150));
    await trimInbox(wrong.data);
    await feed(wrong, records.slice(150));
    versions(wrong, 1, 2);
    const { received, unreachable } = await wrong.json<Summary>('reprocess', 'till');
    expect([received, unreachable.map((lost) => lost.records)]).toEqual([250, [gone.received]]);
    await feed(wrong, records.slice(0, 150));
    versions(right, 2);
    await feed(right, records);
    expect(await bodies(wrong)).toEqual(await bodies(right));
  });

  test('records that came in before --since are left as they are', async () => {
    versions(wrong, 1);
    await feed(wrong, records);
    versions(wrong, 1, 2);
    const before = await bodies(wrong);
    const { received, left } = await wrong.json<Summary>('reprocess', 'till', '--since', new Date().toISOString());
    expect([received, left.before]).toEqual([0, 400]);
    expect(await bodies(wrong)).toEqual(before);
  });

  test('a version that does not state everything again is refused, with examples, before anything is written', async () => {
    versions(wrong, 1);
    await feed(wrong, records);
    const before = await readDataSet(wrong.data);
    versions(wrong, 1, 2);
    const text = readFileSync(join(TILL, 'till@2.yaml'), 'utf8').replace(
      'id: sku } }',
      'id: { concat: [sku, { const: x }] } } }',
    );
    const other = text.replaceAll('kind: product, id: sku }', 'kind: product, id: { concat: [sku, { const: x }] } }');
    writeFileSync(join(String(process.env['MASTERFLAG_SOURCES']), 'till@2.yaml'), other);
    const { code, stderr } = await wrong.run('reprocess', 'till');
    expect(code).toBe(1);
    expect(stderr).toContain('MF_REPROCESS_REFUSED');
    expect(stderr).toMatch(
      /withdrawn: .*sales-\d+\.csv:\d+: the product "product" of main\.product\.\S+ would not be stated/,
    );
    expect(await readDataSet(wrong.data)).toEqual(before);
  });

  test('without the file of the version that read the records, it is refused', async () => {
    versions(wrong, 1);
    await feed(wrong, records.slice(0, 10));
    versions(wrong, 2);
    const { code, stderr } = await wrong.run('reprocess', 'till');
    expect([code, stderr.includes('MF_SOURCE_UNKNOWN'), stderr.includes('version 1')]).toEqual([1, true, true]);
  });
});

async function trimInbox(data: string): Promise<void> {
  const ports = await openPorts(readSettings({}, { data }), () => undefined);
  try {
    const checkpoints = await ports.store.progress();
    const applied = checkpoints.map(
      ({ id, positions: { fast, bulk } }) => [id, { fast: fast.after, bulk: bulk.after }] as const,
    );
    await ports.log.trimInbox(new Map(applied), Date.now() + 1000);
  } finally {
    await ports.close();
  }
}
