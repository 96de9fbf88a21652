import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings } from '../../config/settings.ts';
import { Cluster } from '../servers/cluster.ts';
import { asWritten, HAS_SERVERS, IS_CHAOS } from '../servers/cluster-servers.ts';
import { STANDIN } from '../servers/mongo.ts';
import { Random } from '../simulation/world.ts';
import { Chaos } from './cluster-faults.ts';
import { Client } from './cluster-client.ts';
import { ended, masterflagWith, temporaryFolder } from './command-line.ts';
import { brokenStories, dataSetOf, type DataSet } from './data-set.ts';
import { writeFaultsPage, type Round, type Story } from './faults-page.ts';
import { Probe } from './probe.ts';
import { twoFeeds, type ChapteredFeed } from './two-feeds.ts';

const FAULTS = Number(process.env['MASTERFLAG_FAULTS'] ?? 30);
const DAYS = Number(process.env['MASTERFLAG_FAULT_DAYS'] ?? 4);
const ORDERS = Number(process.env['MASTERFLAG_FAULT_ORDERS'] ?? 1000);
const SEED = Number(process.env['MASTERFLAG_SEED'] ?? Date.now() % 1_000_000);
const CHAPTERS = Math.max(6, Math.round(FAULTS / 10));

/** A round waits so long, in ms, for the client to have given the nodes something to do. */
const WORK_MS = 3000;

/** A partition that gives no sign of life for so long after a fault, in ms, has stopped. */
const STOPPED_MS = 90_000;
const LONGEST_MS = 300_000 + FAULTS * 60_000;

(HAS_SERVERS && IS_CHAOS ? describe : describe.skip)(`a cluster with ${FAULTS} faults of seed ${SEED}`, () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let feeds: readonly ChapteredFeed[];
  let cluster: Cluster;
  let calm: DataSet;
  let disturbed: DataSet;
  const rounds: Round[] = [];

  beforeAll(async () => {
    folder = temporaryFolder();
    cluster = await Cluster.start({ env: { MASTERFLAG_LOG: 'debug' } });
    feeds = twoFeeds({ folder: folder.path, chapters: CHAPTERS, days: DAYS, orders: ORDERS });
    calm = await undisturbed();
    await cluster.startNodes('n1', 'n2', 'n3');
    const story = await disturb();
    disturbed = await dataSetOf(cluster.settings);
    const isEqual = difference(disturbed.bodies, calm.bodies).length === 0 && brokenStories(disturbed).length === 0;
    if (isEqual && process.env['UPDATE_DOCS'] === '1') writeFaultsPage(story);
  }, LONGEST_MS);

  afterAll(async () => {
    await cluster.stop();
    folder.remove();
  }, 60_000);

  test('ends with the bodies of an embedded run that nothing disturbed, byte for byte', () => {
    expect(difference(disturbed.bodies, calm.bodies)).toEqual([]);
  });

  test('has every event once, numbered without gaps, folding to the bodies', () => {
    expect(brokenStories(disturbed)).toEqual([]);
  });

  test('took every record once', () => {
    const { accepted, stale, quarantined } = disturbed.verdicts;
    expect({ accepted, stale, quarantined }).toEqual({
      accepted: calm.verdicts['accepted'],
      stale: calm.verdicts['stale'],
      quarantined: calm.verdicts['quarantined'],
    });
  });

  test('went on after every fault', () => {
    expect(rounds.flatMap(({ faults }) => faults).length).toBeGreaterThanOrEqual(FAULTS);
  });

  async function undisturbed(): Promise<DataSet> {
    const data = `${folder.path}/embedded`;
    const env = { NATS_URL: '', MONGODB_URL: '', MASTERFLAG_MATCH_KEY_FILE: cluster.keyFile };
    for (const { source, chapters } of feeds) {
      const words = ['feed', source, ...chapters.flat(), '--data', data];
      expect(await ended(masterflagWith(env, ...words))).toMatchObject({ code: 0 });
    }
    return dataSetOf(readSettings({}, { data, matchKeyFile: cluster.keyFile }));
  }

  async function disturb(): Promise<Story> {
    const [began, random] = [performance.now(), new Random(SEED)];
    const client = new Client(cluster, feeds, new Random(SEED + 1));
    const chaos = new Chaos(cluster, random, () => client.kill());
    const probe = await Probe.open(cluster.settings);
    let [done, isOver] = [0, false];
    const feeding = (async () => {
      while (done < FAULTS && !isOver) await client.go(Math.ceil(((done + 1) / FAULTS) * client.chapters));
      if (!isOver) await client.everything();
    })();
    feeding.catch(() => undefined);
    try {
      while (done < FAULTS) done += await round(chaos, probe);
      await feeding;
      expect((await client.feed(0)).map(({ accepted }) => accepted)).toEqual([0, 0]);
      expect(chaos.badExits).toEqual([]);
    } catch (error) {
      throw new Error(`${cluster.logs()}\n${String(error)}`, { cause: error });
    } finally {
      isOver = true;
      await probe.close();
    }
    const seconds = (performance.now() - began) / 1000;
    const records = feeds.reduce((sum, feed) => sum + feed.records, 0);
    const { finished: fed, broken } = client;
    const heartbeatSeconds = cluster.heartbeatMs / 1000;
    return { seed: SEED, rounds, records, heartbeatSeconds, seconds, fed, broken, isStandIn: STANDIN !== undefined };
  }

  /** Some faults at once; the next round begins when every partition has gone on, and all that was taken away is back. */
  async function round(chaos: Chaos, probe: Probe): Promise<number> {
    const faults = chaos.choose();
    const waiting = await probe.work(WORK_MS);
    const courses = faults.map((fault) => chaos.strike(fault));
    const healed = Promise.all(courses.map((course) => course.healed));
    healed.catch(() => undefined);
    await Promise.all(courses.map(({ struck }) => struck));
    const could = performance.now();
    await probe.signs(STOPPED_MS).catch((error: unknown) => {
      throw new Error(`after ${faults.join(', ')}: ${String(error)}`, { cause: error });
    });
    rounds.push({ faults, waiting, recoveryMs: performance.now() - could });
    await healed;
    return faults.length;
  }
});

/** Documents that are not there any more, and those that say so, are the same. */
function difference(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): string[] {
  const names = new Set([...left.keys(), ...right.keys()]);
  const differing = [...names].filter((name) => asWritten(left.get(name)) !== asWritten(right.get(name)));
  return differing.slice(0, 10).map((name) => `${name}: ${left.get(name) ?? ''} / ${right.get(name) ?? ''}`);
}
