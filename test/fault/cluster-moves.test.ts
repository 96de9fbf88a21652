import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Cluster } from '../servers/cluster.ts';
import { HAS_SERVERS, IS_CHAOS } from '../servers/cluster-servers.ts';
import { SAMPLE } from '../integration/command.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import { brokenStories, dataSetOf } from './data-set.ts';
import { percentile, Ticks } from './ticks.ts';

jest.setTimeout(1_800_000);

/** Moves of partitions by drain and add; a cycle of both moves about a third of them there and back. */
/** Where nodes start beside one another on two cores, a move takes as long as the start leaves it: measured by the soak. */
const MOVES = Number(process.env['MASTERFLAG_MOVES'] ?? 10);

/** As often a partition gets something to do, in ms. */
const TICK_MS = 200;

/** How long is looked at a cluster that nobody disturbs, in ms: fifty events of each partition. */
const CALM_MS = 10_000;

/**
 * Bounds of a gap in ms, where twice the gap of the undisturbed run is not more: that one tells how fast the machine is,
 * which everything here shares with whatever else it runs.
 */
const NO_GAP_MS = 250;
const MOVE_MS = 500;

/** What the figures of a run are printed with, so that they can be read where it passes as well. */
function tell(what: string): void {
  process.stdout.write(`${what}\n`);
}

(HAS_SERVERS && IS_CHAOS ? describe : describe.skip)('three nodes under a steady load', () => {
  let cluster: Cluster;
  let ticks: Ticks;
  let calm: number[];

  beforeAll(async () => {
    cluster = await Cluster.start();
    await cluster.startNodes('n1', 'n2', 'n3');
    await cluster.json('feed', 'online-retail', SAMPLE);
    ticks = await Ticks.start(cluster.settings, TICK_MS);
    await ticks.heard();
    const from = Date.now();
    await pause(CALM_MS);
    calm = await gaps(ticks.partitions, from, from + CALM_MS);
  });

  afterAll(async () => {
    await ticks.stop();
    await cluster.stop();
  });

  test(`move partitions at least ${MOVES} times by drain and add, and none of them pauses for over half a second (p99)`, async () => {
    const pauses: number[] = [];
    for (let n = 0; pauses.length < MOVES; n++) {
      const name = `n${(n % 3) + 1}`;
      pauses.push(...(await moved(() => cluster.json('drain', name))));
      expect(await cluster.nodes.get(name)?.terminate()).toBe(0);
      pauses.push(...(await moved(() => cluster.node(name))));
    }
    tell(
      `${pauses.length} moves: pause p50 ${percentile(pauses, 0.5)} ms, p99 ${percentile(pauses, 0.99)} ms, ` +
        `longest ${Math.max(...pauses)} ms; undisturbed p99 ${percentile(calm, 0.99)} ms`,
    );
    expect(percentile(pauses, 0.99)).toBeLessThanOrEqual(Math.max(MOVE_MS, 2 * percentile(calm, 0.99)));
  });

  test('that lose one by SIGKILL go on with its partitions within the heartbeat and two seconds, and with the others at once', async () => {
    const owners = await ticks.owners();
    const [victim = 'n1'] = [...owners.values()];
    const own = [...owners].filter(([, owner]) => owner === victim).map(([partition]) => partition);
    const others = ticks.partitions.filter((partition) => !own.includes(partition));
    const from = Date.now();
    await cluster.nodes.get(victim)?.kill();
    await ticks.heard();
    await pause(Math.max(0, from + CALM_MS - Date.now()));
    const disturbed = await gaps(others, from, from + CALM_MS);
    const longest = Math.max(...(await gaps(own, from, from + CALM_MS)));
    tell(
      `SIGKILL of ${victim}: its ${own.length} partitions stood for ${longest} ms at most; ` +
        `p99 gap of the ${others.length} others ${percentile(disturbed, 0.99)} ms, undisturbed ${percentile(calm, 0.99)} ms`,
    );
    expect(longest).toBeLessThanOrEqual(cluster.heartbeatMs + 2000);
    expect(percentile(disturbed, 0.99)).toBeLessThanOrEqual(Math.max(NO_GAP_MS, 2 * percentile(calm, 0.99)));
    await cluster.node(victim);
  });

  test('take over from one that sleeps, which changes nothing when it wakes, says so in one line, and joins again', async () => {
    await ticks.heard();
    const before = await ticks.owners();
    const [name = 'n1'] = [...before.values()];
    const zombie = cluster.nodes.get(name);
    const logged = zombie?.log.length ?? 0;
    zombie?.freeze();
    // The last of its partitions has a new owner, and new events.
    while ([...(await ticks.owners()).values()].includes(name)) await pause(TICK_MS);
    await ticks.heard();
    zombie?.thaw();
    await zombie?.says(/stood still and was taken for dead/);
    while (![...(await ticks.owners()).values()].includes(name)) await pause(TICK_MS);
    await ticks.heard();
    const lines = (zombie?.log.slice(logged) ?? '').split('\n').filter((line) => line !== '');
    tell(`the zombie logged:\n${lines.join('\n')}`);
    expect(lines.filter((line) => line.includes('stood still and was taken for dead'))).toHaveLength(1);
    expect(lines.filter((line) => !/stood still|lost to another node/.test(line))).toEqual([]);
    await ticks.stop();
    const after = await dataSetOf(cluster.settings);
    expect(brokenStories(after)).toEqual([]);
  });

  /** Does something, and answers how long each partition stood that has another owner afterwards. */
  async function moved(act: () => Promise<unknown>): Promise<number[]> {
    const before = await ticks.owners();
    const from = Date.now();
    await act();
    await settled();
    const to = Date.now();
    const after = await ticks.owners();
    const others = ticks.partitions.filter((partition) => before.get(partition) !== after.get(partition));
    return Promise.all(others.map(async (partition) => Math.max(...(await ticks.gaps(partition, from, to)))));
  }

  /** Resolves when the owners stay who they are while every partition goes on. */
  async function settled(): Promise<void> {
    for (let before = ''; ;) {
      await ticks.heard();
      const now = JSON.stringify([...(await ticks.owners())]);
      if (now === before) return;
      before = now;
      await pause(500);
    }
  }

  async function gaps(partitions: readonly PartitionId[], from: number, to: number): Promise<number[]> {
    const found = await Promise.all(partitions.map((partition) => ticks.gaps(partition, from, to)));
    return found.flat();
  }
});
