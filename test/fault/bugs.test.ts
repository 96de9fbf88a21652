import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readSettings } from '../../config/settings.ts';
import { loadSources } from '../../config/sources.ts';
import { openConnection, type Connection } from '../../gateway/connection.ts';
import { matchingKey } from '../../schemas/key.ts';
import { Ingress } from '../../streams/ingress/ingress.ts';
import type { Log } from '../../streams/log.ts';
import { SourceRegistry } from '../../streams/mapping/registry.ts';
import { temporaryFolder } from './command-line.ts';
import { brokenStories, readDataSet } from './data-set.ts';

const FAULTY = new URL('./faulty-engine.ts', import.meta.url);
const POISONED = matchingKey('main', 'order', 'online-retail', '100666');

/** 40 orders of two lines; the bug is met in the first of them, and its second line comes after all others. */
const LINES = [0, 1].flatMap((line) =>
  Array.from(
    { length: 40 },
    (_, n) => `${100_666 + n},P${line}${n},THING ${n},${n + 1},2010-12-01 08:26:00,2.55,${17_000 + (n % 7)}.0,France`,
  ),
);
const FEED = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${LINES.join('\n')}\n`;

describe('a bug in an actor', () => {
  const folders: ReturnType<typeof temporaryFolder>[] = [];

  afterEach(() => {
    for (const folder of folders.splice(0)) folder.remove();
  });

  test.each([
    ['throws', 'at once', 0, 0],
    ['loops', 'after the engine was ended by the watchdog', 4, 6],
    ['eats', 'after the engine ran out of memory', 4, 6],
    ['gulps', 'after the engine ran out of memory at once', 4, 6],
  ])(
    'that %s parks its key only, %s, and leaves nothing behind once it is mended and redriven',
    async (bug, _, least, most) => {
      const [right, wrong] = [folder(), folder()];
      const healthy = await openConnection(settingsOf(right));
      await feed(healthy);
      await healthy.close();

      const broken = join(wrong, 'BROKEN');
      writeFileSync(broken, bug);
      const restarts: string[] = [];
      const engine = await openConnection(settingsOf(wrong), {
        entry: FAULTY,
        onRestart: (why) => restarts.push(why),
      });
      await feed(engine);
      expect(restarts.length).toBeGreaterThanOrEqual(least);
      expect(restarts.length).toBeLessThanOrEqual(most);
      const before = await readDataSet(wrong);
      expect([...before.bodies.keys()].filter((name) => name.startsWith('mall.orders/'))).toHaveLength(39);
      expect([...before.bodies.keys()].filter((name) => name.startsWith('management.quarantine/'))).toHaveLength(1);

      rmSync(broken);
      const redrive = { key: POISONED, name: 'redrive', data: { by: 'ann' }, idempotencyKey: 'mended' };
      expect(await engine.call('order.command', redrive)).toMatchObject({ status: 'done' });
      await engine.idle();
      await engine.close();

      const [calm, mended] = [await readDataSet(right), await readDataSet(wrong)];
      expect([...mended.bodies]).toEqual([...calm.bodies]);
      expect(brokenStories(mended)).toEqual([]);
    },
    120_000,
  );

  function folder(): string {
    const made = temporaryFolder();
    folders.push(made);
    return made.path;
  }
});

function settingsOf(data: string) {
  return readSettings({}, { data, watchdogMs: 1500, heapMb: 256, logLevel: 'silent' });
}

async function feed(connection: Connection): Promise<void> {
  const log = { append: connection.append.bind(connection) } as unknown as Log;
  const { partitions: counts } = settingsOf('unused');
  const ingress = new Ingress({ log, counts, sources: new SourceRegistry(loadSources()) });
  const chunks = [Buffer.from(FEED)];
  const report = await ingress.feed({ source: 'online-retail', feed: randomUUID(), file: 'orders.csv', chunks });
  for (const [partition, position] of report.positions) await connection.applied(partition, position);
  await connection.idle();
}
