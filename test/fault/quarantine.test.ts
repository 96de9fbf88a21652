import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Random } from '../simulation/world.ts';
import { ended, masterflagWith, temporaryFolder } from './command-line.ts';
import { brokenStories, readDataSet, type DataSet } from './data-set.ts';

/** Of each of the two commands. */
const KILLS = Math.ceil(Number(process.env['MASTERFLAG_KILLS'] ?? 25) / 4);
const SEED = Number(process.env['MASTERFLAG_SEED'] ?? Date.now() % 1_000_000);

const ENTRIES = 2000;
const DROPPED = 500;

/** Amounts with a comma, which the first version of the source cannot read and the second one can. */
const source = (version: number, steps: string): string => `
name: shop
version: ${version}
namespace: shop
format: { type: ndjson }
records:
  order:
    match: [number, present]
    route: { kind: order, id: order }
    identity: order
    parts:
      - name: order
        fields: { number: order, type: { const: sale }, currency: { const: EUR } }
  payment:
    route: { kind: order, id: order }
    identity: id
    parts:
      - name: payment
        fields: { method: method, amount: [amount${steps}, { money: EUR }], currency: { const: EUR }, status: { const: captured } }
`;

const records = Array.from({ length: ENTRIES }, (_, n) => {
  const method = n < DROPPED ? 'test' : 'card';
  return JSON.stringify({ id: `p${n}`, order: `o${n % 50}`, method, amount: `${n},50` });
});
const orders = Array.from({ length: 50 }, (_, n) => JSON.stringify({ order: `o${n}`, number: n }));

describe(`drop and redrive, each killed ${KILLS} times with SIGKILL at moments of seed ${SEED}`, () => {
  const [undisturbed, disturbed] = [temporaryFolder(), temporaryFolder()];
  const random = new Random(SEED);
  const took = new Map<string, number>();
  let calm: DataSet;
  let killed: DataSet;

  beforeAll(async () => {
    calm = await run(undisturbed.path, 0);
    killed = await run(disturbed.path, KILLS);
  }, 1_200_000);

  afterAll(() => {
    undisturbed.remove();
    disturbed.remove();
  });

  test('end with the bodies of an undisturbed run, byte for byte', () => {
    expect([...killed.bodies]).toEqual([...calm.bodies]);
    expect([...killed.bodies.keys()].filter((name) => name.startsWith('mall.payments/'))).toHaveLength(
      ENTRIES - DROPPED,
    );
  });

  test('leave nothing in quarantine, and say of every entry once what became of it', () => {
    expect([...killed.bodies.keys()].filter((name) => name.startsWith('management.quarantine/'))).toEqual([]);
    const how = killed.resolutions.map((resolution) => resolution.how);
    expect(how.filter((word) => word === 'dropped')).toHaveLength(DROPPED);
    expect(how.filter((word) => word === 'redriven')).toHaveLength(ENTRIES - DROPPED);
  });

  test('send every record once, and give it one verdict', () => {
    expect(killed.verdicts).toEqual(calm.verdicts);
    expect(killed.verdicts).toMatchObject({ accepted: orders.length + ENTRIES - DROPPED, quarantined: ENTRIES });
  });

  test('leave events without gaps that fold to the bodies', () => {
    expect(brokenStories(killed)).toEqual([]);
  });

  async function run(folder: string, kills: number): Promise<DataSet> {
    const [data, sources, file] = [join(folder, 'data'), join(folder, 'sources'), join(folder, 'day.ndjson')];
    mkdirSync(sources);
    writeFileSync(join(sources, 'shop1.yaml'), source(1, ''));
    writeFileSync(file, [...orders, ...records].join('\n'));
    const shell = (...words: string[]) => masterflagWith({ MASTERFLAG_SOURCES: sources }, ...words, '--data', data);
    expect(await ended(shell('feed', 'shop', file))).toMatchObject({ code: 0 });
    writeFileSync(join(sources, 'shop2.yaml'), source(2, ", { replace: { pattern: ',', with: '.' } }"));
    const drop = ['quarantine', 'drop', '--where', '{"raw.method":"test"}', '--why', 'tests'];
    const redrive = ['quarantine', 'redrive', '--source', 'shop'];
    for (const words of [drop, redrive]) {
      const started = Date.now();
      for (let kill = 0; kill < kills; kill++) await killedAfter(shell(...words), random.next() * wholeMs(words));
      expect(await ended(shell(...words))).toMatchObject({ code: 0 });
      if (kills === 0) took.set(words.join(' '), Date.now() - started);
    }
    return readDataSet(data);
  }

  /** What it took when nobody disturbed it. */
  function wholeMs(words: readonly string[]): number {
    return took.get(words.join(' ')) ?? 0;
  }

  function killedAfter(child: ReturnType<typeof masterflagWith>, ms: number): Promise<unknown> {
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    return ended(child).then(() => clearTimeout(timer));
  }
});
