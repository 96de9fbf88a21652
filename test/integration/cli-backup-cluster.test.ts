import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup } from '../../actors/node/backup.ts';
import { openPorts } from '../../actors/node/ports.ts';
import { readSettings } from '../../config/settings.ts';
import { databaseName, dropDatabase, HAS_MONGO, startMongo, type MongoUnderTest } from '../servers/mongo.ts';
import { natsProgram, startNats, type NatsServer } from '../servers/nats.ts';
import { Random } from '../simulation/world.ts';
import { difference, kill, Place, rows, type State } from './places.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(400_000);

const SEED = Number(process.env['MASTERFLAG_SEED'] ?? Date.now() % 1_000_000);
const KILLS = Number(process.env['MASTERFLAG_KILLS'] ?? 3);

const withServers = HAS_MONGO && natsProgram !== undefined ? describe : describe.skip;

withServers('a data set goes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masterflag-backup-'));
  const at = (name: string): string => join(folder, name);
  const [first, second, secret] = [at('first.csv'), at('second.csv'), at('secret')];
  const key = { MASTERFLAG_MATCH_KEY_FILE: secret };
  const databases: string[] = [];
  const places: Place[] = [];
  let nats: NatsServer;
  let mongo: MongoUnderTest;
  let calm: State;

  const folderAt = (name: string): Place => {
    const place = new Place({ MASTERFLAG_DATA: at(name), ...key });
    places.push(place);
    return place;
  };

  /** A cluster of its own, to which `name`, as far as it is asked for, is the folder. */
  const cluster = (name = 'nothing'): Place => {
    const database = databaseName('bak').replace('masterflag_test_', 'mf-').replaceAll('_', '-');
    databases.push(`${database}-${databases.length}`);
    const servers = { NATS_URL: nats.url, MONGODB_URL: mongo.url, MASTERFLAG_CLUSTER: databases.at(-1) ?? '' };
    const place = new Place({ MASTERFLAG_DATA: at(name), MASTERFLAG_HEARTBEAT_SECONDS: '4', ...servers, ...key });
    places.push(place);
    return place;
  };

  beforeAll(async () => {
    writeFileSync(first, rows(400));
    writeFileSync(second, rows(800));
    writeFileSync(secret, 'the secret of these data sets');
    [nats, mongo] = await Promise.all([startNats({ sync: true }), startMongo()]);
    const undisturbed = folderAt('calm');
    await undisturbed.feed(first);
    await undisturbed.json('do', 'note', '536365', '--text', 'called the customer');
    await undisturbed.json('backup', at('backup'));
    calm = await undisturbed.state();
  });

  afterEach(async () => {
    await Promise.all(places.splice(0).map((place) => place.stop()));
  });

  afterAll(async () => {
    for (const name of databases) await dropDatabase(mongo.url, name);
    await nats.stop();
    await mongo.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** The bodies of an undisturbed run of all that is fed in these tests. */
  const wanted = async (): Promise<State> => {
    const place = folderAt('wanted');
    if (existsSync(at('wanted'))) return place.state();
    await place.json('restore', at('backup'));
    await place.feed(second);
    return place.state();
  };

  const expectGoesOn = async (place: Place): Promise<void> => {
    expect(await place.feed(second)).toMatchObject({ quarantined: 0 });
    const state = await place.state();
    expect(difference((await wanted()).bodies, state.bodies)).toEqual([]);
    expect(state.gaps).toEqual([]);
  };

  test('from a folder into a cluster by its backup, and on there as in the folder', async () => {
    const target = cluster();
    await target.json('restore', at('backup'));
    expect(difference(calm.documents, (await target.state()).documents)).toEqual([]);
    await target.serve('n1');
    await expectGoesOn(target);
    expect((await target.run('restore', at('backup'))).stderr).toMatch(/^MF_TARGET_NOT_EMPTY: /);
  });

  test(`by migration, killed ${KILLS} times (seed ${SEED}), whole`, async () => {
    const source = folderAt('moved');
    await source.json('restore', at('backup'));
    const target = cluster('moved');
    const random = new Random(SEED);
    const mark = join(at('moved'), 'migrated.json');
    const marked = (): string => (existsSync(mark) ? readFileSync(mark, 'utf8') : '');
    let halves = 0;
    for (let n = 0; n < KILLS; n++) {
      const before = marked();
      const { child, ended } = target.start('migrate');
      // The mark is written anew when the copy begins.
      const watch = watched(() => marked() !== before);
      await Promise.race([watch.seen, ended]);
      const timer = setTimeout(() => kill(child, 'SIGKILL'), 400 * random.next());
      await ended;
      clearTimeout(timer);
      watch.stop();
      expect((await source.run('feed', 'online-retail', first)).stderr).toContain('MF_DATA_MIGRATED: ');
      const { code, stderr } = await target.run('export', 'mall.orders');
      if (code !== 0) halves++;
      if (code !== 0) expect(stderr).toMatch(/^MF_RESTORE_UNFINISHED: /);
    }
    const { code, stderr } = await target.run('migrate');
    expect(code === 0 ? '' : stderr).toMatch(/^$|^MF_DATA_MIGRATED/);
    expect(halves).toBeGreaterThan(0);
    expect(difference(calm.documents, (await target.state()).documents)).toEqual([]);
    expect((await source.run('serve')).stderr).toContain('MF_DATA_MIGRATED: ');
    await target.serve('n1');
    await expectGoesOn(target);
  });

  test('is not migrated while it is served, nor with another secret, nor into a cluster in use', async () => {
    const source = folderAt('served');
    await source.json('restore', at('backup'));
    await source.serve('n1');
    const target = cluster('served');
    expect((await target.run('migrate')).stderr).toMatch(/^MF_DATA_OWNED: /);
    await source.stop('SIGTERM');
    const other = at('other.secret');
    writeFileSync(other, 'another secret of 16 and more');
    expect((await target.with({ MASTERFLAG_MATCH_KEY_FILE: other }).run('migrate')).stderr).toMatch(/^MF_MATCH_KEY: /);
    // The cluster of the first test, for example, in which nodes have worked.
    const inUse = target.with({ MASTERFLAG_CLUSTER: databases[0] ?? '' });
    expect((await inUse.run('migrate')).stderr).toMatch(/^MF_TARGET_NOT_EMPTY: /);
    expect(existsSync(join(at('served'), 'migrated.json'))).toBe(false);
  });

  test('from a cluster under load into another, and into a folder, and ends as an undisturbed run', async () => {
    const busy = cluster();
    await busy.json('restore', at('backup'));
    await busy.serve('n1', 'n2', 'n3');
    const feeding = busy.feed(second);
    const made = await busy.json<{ heldSeconds: number; documents: number }>('backup', at('held'));
    expect(made.documents).toBeGreaterThan(0);
    expect(await feeding).toMatchObject({ quarantined: 0 });
    const note = await busy.json('do', 'note', '536366', '--text', 'nodes own their partitions again');
    expect(note).toMatchObject({ status: 'done' });
    await busy.stop();
    const elsewhere = cluster();
    await elsewhere.json('restore', at('held'));
    const into = folderAt('into');
    await into.json('restore', at('held'));
    expect(difference((await elsewhere.state()).documents, (await into.state()).documents)).toEqual([]);
    await expectGoesOn(into);
    await elsewhere.serve('n1');
    await expectGoesOn(elsewhere);
  });

  test('on when a backup was killed while it held everything', async () => {
    const busy = cluster();
    await busy.json('restore', at('backup'));
    await busy.serve('n1');
    const { child, ended } = busy.start('backup', at('dead'));
    while (!existsSync(join(at('dead.part'), 'documents'))) await new Promise((resolve) => setTimeout(resolve, 5));
    kill(child, 'SIGKILL');
    await ended;
    expect(existsSync(at('dead'))).toBe(false);
    await expectGoesOn(busy);
  });

  test('into no backup when a node took a partition over meanwhile', async () => {
    const source = cluster();
    await source.json('restore', at('backup'));
    const settings = readSettings(source.env);
    const ports = await openPorts(settings, () => undefined);
    let taken: Promise<unknown> | undefined;
    const made = backup(settings, {
      ...{ folder: at('void'), withSecret: true, signal: new AbortController().signal },
      onProgress: () => {
        taken ??= ports.store.takeOver('order.1', 'zombie/1');
      },
    });
    await expect(made).rejects.toMatchObject({ code: 'MF_BACKUP_VOID' });
    await taken;
    await ports.close();
    expect(existsSync(at('void'))).toBe(false);
    expect(existsSync(at('void.part'))).toBe(false);
  });
});

function watched(condition: () => boolean): { readonly seen: Promise<void>; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const seen = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      if (condition()) resolve();
    }, 2);
  });
  return { seen, stop: () => clearInterval(timer) };
}
