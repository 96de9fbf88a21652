import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { loadSources } from '../../config/sources.ts';
import { ClusterConnection } from '../../gateway/cluster/connection.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import { FeedBusy, Ingress } from '../../streams/ingress/ingress.ts';
import { SourceRegistry } from '../../streams/mapping/registry.ts';
import { Cluster } from '../servers/cluster.ts';
import { HAS_SERVERS, IS_CHAOS } from '../servers/cluster-servers.ts';
import { SAMPLE } from '../integration/command.ts';
import { brokenStories, dataSetOf } from './data-set.ts';
import { Probe } from './probe.ts';

jest.setTimeout(300_000);

/** Added to every answer and every question of the store, in ms: a commit takes some of each. */
const DELAY_MS = 40;

/** Messages of records that may wait in a partition. */
const BUDGET = 4;

/** Records of one piece of the feed: one message for each order partition at most. */
const PIECE = 500;

/** How often a piece has to be refused before the test has seen enough. */
const REFUSALS = 8;

/** What the heaps of three nodes may differ by between two moments, in MiB. */
const HEAPS_MB = 256;

(HAS_SERVERS && IS_CHAOS ? describe : describe.skip)('a store that is ten times slower than the feed', () => {
  let cluster: Cluster;
  let connection: ClusterConnection;
  let probe: Probe;
  let ingress: Ingress;

  beforeAll(async () => {
    cluster = await Cluster.start({ heartbeatSeconds: 5, env: { MASTERFLAG_BULK_BUDGET: String(BUDGET) } });
    await cluster.startNodes('n1', 'n2', 'n3');
    await cluster.json('feed', 'online-retail', SAMPLE);
    // The client's own questions are not what is slow.
    connection = await ClusterConnection.open({ ...cluster.settings, bulkBudget: BUDGET });
    probe = await Probe.open(cluster.settings);
    ingress = new Ingress({ ...connection.ingress, sources: new SourceRegistry(loadSources()) });
  });

  afterAll(async () => {
    cluster.servers.mongoProxy.delay(0);
    await probe.close();
    await connection.close();
    await cluster.stop();
  });

  test('makes ingress say when to come again, holds up no command and no partition, takes no memory, and loses nothing', async () => {
    cluster.servers.mongoProxy.delay(DELAY_MS);
    const feed = randomUUID();
    const seen = {
      refusals: 0,
      pieces: 0,
      fastestMs: Infinity,
      mostWaiting: 0,
      commands: [] as number[],
      memory: [] as number[],
    };
    const began = performance.now();
    const [before, work] = [await connectionProgress(), new AbortController()];
    const commands = command(seen.commands, work.signal);
    while (seen.refusals < REFUSALS) {
      const started = performance.now();
      const wait = await offer(feed, seen.pieces);
      if (wait === undefined) seen.fastestMs = Math.min(seen.fastestMs, performance.now() - started);
      seen.memory.push(memoryMb());
      seen.mostWaiting = Math.max(seen.mostWaiting, await mostWaiting());
      if (wait === undefined) seen.pieces += 1;
      else {
        seen.refusals += 1;
        expect(wait).toBeGreaterThan(0);
        await pause(wait);
      }
    }
    const slowMs = performance.now() - began;
    const taken = (seen.pieces * PIECE * 1000) / slowMs;
    const applied = await connectionProgress();
    work.abort();
    await commands;
    // Slow as it is, every partition decides what it is asked: none waits for another.
    await probe.signs(60_000);
    cluster.servers.mongoProxy.delay(0);
    // What was refused before is sent again, as whoever was refused does.
    while ((await offer(feed, seen.pieces)) !== undefined) await pause(100);
    seen.pieces += 1;
    await connection.idle();

    const { verdicts, ...after } = await dataSetOf(cluster.settings);
    const offered = (PIECE / seen.fastestMs) * 1000;
    const half = Math.ceil(seen.memory.length / 2);
    const [early, late] = [Math.max(...seen.memory.slice(0, half)), Math.max(...seen.memory.slice(half))];
    process.stdout.write(
      `slow store: ${seen.pieces * PIECE} records offered, ${seen.refusals} times busy in ${(slowMs / 1000).toFixed(0)} s, ` +
        `fed at ${offered.toFixed(0)} records/s where it may, taken at ${taken.toFixed(0)}; at most ${seen.mostWaiting} messages waiting in a partition; ` +
        `${seen.commands.length} commands answered, slowest ${Math.max(...seen.commands).toFixed(0)} ms; ` +
        `memory of three nodes at most ${early} MiB in the first half, ${late} MiB in the second; ` +
        `${applied - before} commits while it was slow\n`,
    );
    expect(offered).toBeGreaterThan(10 * taken);
    expect(seen.mostWaiting).toBeLessThanOrEqual(BUDGET + 3);
    expect(seen.commands.length).toBeGreaterThan(1);
    expect(late).toBeLessThan(early + HEAPS_MB);
    expect(verdicts['accepted']).toBe(3064 + seen.pieces * PIECE);
    expect(verdicts['quarantined'] ?? 0).toBe(0);
    expect(brokenStories({ verdicts, ...after })).toEqual([]);
  });

  /** Sends a piece, and answers when to send it again if it was refused. Parts of it that were taken are duplicates then. */
  async function offer(feed: string, piece: number): Promise<number | undefined> {
    try {
      const chunks = [Buffer.from(rows(piece))];
      await ingress.feed({ source: 'online-retail', feed, file: 'slow.csv', chunks, whenBusy: 'refuse' });
      return undefined;
    } catch (error) {
      if (error instanceof FeedBusy) return error.retryAfterMs;
      throw error;
    }
  }

  /** Asks one thing after another, and notes how long each answer took, in ms. */
  async function command(took: number[], signal: AbortSignal): Promise<void> {
    for (let n = 0; !signal.aborted; n++) {
      const started = performance.now();
      const request = { key: '536365', name: 'note', data: { text: `while it is slow: ${n}` } };
      expect(await connection.call('order.command', request)).toMatchObject({ status: 'done' });
      took.push(performance.now() - started);
    }
  }

  async function mostWaiting(): Promise<number> {
    const partitions = probe.partitions.filter((id) => id.startsWith('order.'));
    const counts = await Promise.all(partitions.map((id: PartitionId) => connection.unapplied(id, 10_000)));
    return Math.max(...counts);
  }

  async function connectionProgress(): Promise<number> {
    const { partitions } = await cluster.json<{ partitions: { seq: number }[] }>('nodes');
    return partitions.reduce((sum, { seq }) => sum + seq, 0);
  }

  /** What the processes of all nodes have in memory, in MiB. */
  function memoryMb(): number {
    const groups = new Set([...cluster.nodes.values()].map(({ group }) => String(group)));
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pgid=,rss='], { encoding: 'utf8' });
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    const kib = rows.filter(([group = '']) => groups.has(group)).reduce((sum, [, rss]) => sum + Number(rss), 0);
    return Math.round(kib / 1024);
  }
});

/** Lines of orders that no other piece has: one line an order. */
function rows(piece: number): string {
  const lines = Array.from({ length: PIECE }, (_, n) => {
    return `${800_000 + piece * PIECE + n},P${n % 50},THING ${n % 50},${n + 1},2010-12-01 08:26:00,2.55,${17_000 + (n % 90)}.0,France`;
  });
  return `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${lines.join('\n')}\n`;
}
