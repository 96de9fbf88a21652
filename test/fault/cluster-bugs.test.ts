import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { matchingKey } from '../../schemas/key.ts';
import { Cluster } from '../servers/cluster.ts';
import { HAS_SERVERS } from '../servers/cluster-servers.ts';
import { brokenStories, dataSetOf } from './data-set.ts';

jest.setTimeout(300_000);

const FAULTY = fileURLToPath(new URL('./faulty-node.ts', import.meta.url));
const POISONED = matchingKey('main', 'order', 'online-retail', '100666');

/** 40 orders of two lines; the bug is met in the first of them, and its second line comes after all others. */
const LINES = [0, 1].flatMap((line) =>
  Array.from(
    { length: 40 },
    (_, n) => `${100_666 + n},P${line}${n},THING ${n},${n + 1},2010-12-01 08:26:00,2.55,,France`,
  ),
);
const FEED = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${LINES.join('\n')}\n`;

/** A loop is met, and memory eaten, soon. */
const SETTINGS = { MASTERFLAG_WATCHDOG_MS: '1500', MASTERFLAG_HEAP_MB: '256' };

(HAS_SERVERS ? describe : describe.skip)('a bug in an actor of a cluster', () => {
  /** Its servers only: each test has a cluster of its own on them. */
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await Cluster.start();
  });
  afterAll(() => cluster.stop());

  test.each(['throws', 'loops'])(
    'that %s parks its key only, on whichever node, and leaves nothing behind once it is mended and redriven',
    async (bug) => {
      const place = await Cluster.start({ servers: cluster.servers, env: SETTINGS });
      try {
        const broken = place.file('BROKEN', bug);
        await Promise.all(['n1', 'n2', 'n3'].map((name) => place.node(name, { program: FAULTY })));
        const file = place.file('orders.csv', FEED);
        expect(await place.json('feed', 'online-retail', file)).toMatchObject({ received: 80, accepted: 79 });
        const { bodies } = await dataSetOf(place.settings);
        expect(named(bodies, 'mall.orders/')).toHaveLength(39);
        expect(named(bodies, 'management.quarantine/')).toHaveLength(1);

        rmSync(broken);
        expect(await place.run('quarantine', 'redrive', '--all')).toMatchObject({ code: 0 });
        const mended = await dataSetOf(place.settings);
        expect(named(mended.bodies, 'mall.orders/')).toHaveLength(40);
        expect(named(mended.bodies, 'management.quarantine/')).toEqual([]);
        expect(mended.versions.get(POISONED)).toBeGreaterThan(1);
        expect(brokenStories(mended)).toEqual([]);
      } finally {
        await place.stop();
      }
    },
  );
});

function named(bodies: ReadonlyMap<string, string>, prefix: string): string[] {
  return [...bodies].filter(([name, json]) => name.startsWith(prefix) && json !== '').map(([name]) => name);
}
