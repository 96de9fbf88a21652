import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPorts, openReadPorts } from '../../actors/node/ports.ts';
import { readSettings } from '../../config/settings.ts';
import { allPartitions } from '../../schemas/partition.ts';
import { Random } from '../simulation/world.ts';
import { difference, kill, Place, rows, type State } from './places.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(240_000);

const SEED = Number(process.env['MASTERFLAG_SEED'] ?? Date.now() % 1_000_000);
const KILLS = 4;

const folder = mkdtempSync(join(tmpdir(), 'masterflag-backup-'));
const at = (name: string): string => join(folder, name);
const placeOf = (name: string): Place => new Place({ MASTERFLAG_DATA: at(name) });

const original = placeOf('original');
const backup = at('backup');
let first: string;
let second: string;
let restored: Place;

beforeAll(async () => {
  first = at('first.csv');
  second = at('second.csv');
  writeFileSync(first, rows(500));
  writeFileSync(second, rows(1000));
  await original.feed(first);
  await original.json('do', 'note', '536365', '--text', 'called the customer');
  expect(await original.json('backup', backup)).toMatchObject({ mode: 'embedded', heldSeconds: 0 });
  restored = placeOf('restored');
  expect(await restored.json('restore', backup)).toMatchObject({ wasBegun: false });
});

afterAll(async () => {
  await original.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('a backup of a folder, restored in another', () => {
  let before: State;

  test('is the same, document by document, outcomes of commands included', async () => {
    before = await original.state();
    const after = await restored.state();
    expect(difference(before.documents, after.documents)).toEqual([]);
    expect([...after.documents.keys()].filter((name) => name.startsWith('master.outcomes/'))).toHaveLength(1);
    expect(after.gaps).toEqual([]);
  });

  test('goes on as the original does', async () => {
    expect(await original.feed(second)).toMatchObject({ quarantined: 0 });
    expect(await restored.feed(second)).toMatchObject({ quarantined: 0 });
    const [one, other] = [await original.state(), await restored.state()];
    expect(one.bodies.size).toBeGreaterThan(before.bodies.size);
    expect(difference(one.bodies, other.bodies)).toEqual([]);
    expect(other.gaps).toEqual([]);
  });

  test('is restored once, and is not written over', async () => {
    expect((await restored.run('restore', backup)).stderr).toMatch(/^MF_TARGET_NOT_EMPTY: .*restored/);
    expect((await original.run('backup', backup)).stderr).toMatch(/^MF_TARGET_NOT_EMPTY: .*backup/);
  });

  test('is refused under other settings than it was made with', async () => {
    const other = placeOf('other');
    const { stderr } = await other.with({ MASTERFLAG_PARTITIONS: 'order=3' }).run('restore', backup);
    expect(stderr).toMatch(/^MF_PARTITIONS_CHANGED: .*4 partitions of kind order/);
    expect((await other.with({ MASTERFLAG_TENANT: 'x' }).run('restore', backup)).stderr).toMatch(
      /^MF_CLUSTER_SETTINGS: /,
    );
    expect(existsSync(at('other'))).toBe(false);
  });
});

test('what was taken in and is not applied goes along, and is applied where it is restored', async () => {
  const [whole, waiting, there] = [placeOf('whole'), placeOf('waiting'), placeOf('there')];
  await whole.json('restore', backup);
  await whole.feed(second);
  await waiting.json('restore', backup);
  const taken = await takeIn(waiting, whole);
  const made = await waiting.json<{ messages: number }>('backup', at('waiting-backup'));
  expect(made.messages).toBe(taken);
  await there.json('restore', at('waiting-backup'));
  expect(await there.feed(first)).toMatchObject({ accepted: 0 });
  const [one, other] = [await whole.state(), await there.state()];
  expect(difference(one.bodies, other.bodies)).toEqual([]);
  expect(other.gaps).toEqual([]);
});

/** Appends what a feed appended elsewhere, where nobody reads it. */
async function takeIn(place: Place, from: Place): Promise<number> {
  const settings = readSettings(place.env);
  const [source, target] = [await openReadPorts(readSettings(from.env)), await openPorts(settings, () => undefined)];
  let taken = 0;
  for (const partition of allPartitions(settings.partitions)) {
    const messages = await source.log.read(partition, 'bulk', 0, { messages: 1000, bytes: 1 << 26 });
    const bodies = messages.map(({ body }) => body);
    taken += (await target.log.append(partition, 'bulk', bodies)).length;
  }
  await Promise.all([source.close(), target.close()]);
  return taken;
}

test('without the secret, a restore asks for its file', async () => {
  const bare = at('bare');
  const { missing } = await original.json<{ missing: string[] }>('backup', bare, '--without-secret');
  expect(missing.join()).toContain('MASTERFLAG_MATCH_KEY_FILE');
  expect(existsSync(join(bare, 'matching.key'))).toBe(false);
  const target = placeOf('asked');
  expect((await target.run('restore', bare)).stderr).toMatch(/^MF_MATCH_KEY: /);
  const wrong = at('wrong.key');
  writeFileSync(wrong, 'another secret of 16 and more');
  expect((await target.with({ MASTERFLAG_MATCH_KEY_FILE: wrong }).run('restore', bare)).stderr).toMatch(
    /^MF_MATCH_KEY: /,
  );
  expect(existsSync(at('asked'))).toBe(false);
  const key = { MASTERFLAG_MATCH_KEY_FILE: join(at('original'), 'matching.key') };
  await target.with(key).json('restore', bare);
  expect(await target.with(key).feed(first)).toMatchObject({ accepted: 0 });
});

test('the secret in a backup is for its user only', () => {
  expect(statSync(join(backup, 'matching.key')).mode & 0o777).toBe(0o600);
});

describe('damage', () => {
  const orders = 'documents/mall.orders.ndjson.gz';

  const restoring = async (damage: (copy: string) => void): Promise<string> => {
    const copy = mkdtempSync(at('damaged-'));
    cpSync(backup, copy, { recursive: true });
    damage(copy);
    const { code, stderr } = await placeOf('never').run('restore', copy);
    expect(code).toBe(1);
    expect(existsSync(at('never'))).toBe(false);
    return stderr;
  };

  test('names a file that was cut short', async () => {
    const said = await restoring((copy) => {
      truncateSync(join(copy, orders), 1000);
    });
    expect(said).toMatch(new RegExp(`^MF_BACKUP_DAMAGED: .*${orders} has 1000 bytes instead of `));
  });

  test('names a file in which one bit is another, and one that is gone', async () => {
    const said = await restoring((copy) => {
      const bytes = readFileSync(join(copy, orders));
      bytes[500] = (bytes[500] ?? 0) ^ 1;
      writeFileSync(join(copy, orders), bytes);
      rmSync(join(copy, 'events/order.0.ndjson.gz'));
    });
    expect(said).toMatch(new RegExp(`${orders} is not what was written`));
    expect(said).toMatch(/events\/order\.0\.ndjson\.gz is not there/);
  });

  test('of the manifest is noticed, and a folder without one is no backup', async () => {
    const manifest = (copy: string): string => join(copy, 'manifest.json');
    const changed = await restoring((copy) => {
      writeFileSync(manifest(copy), readFileSync(manifest(copy), 'utf8').replace('"order": 4', '"order": 5'));
    });
    expect(changed).toMatch(/^MF_BACKUP_DAMAGED: .*manifest\.json is not what was written/);
    const absent = await restoring((copy) => {
      rmSync(manifest(copy));
    });
    expect(absent).toMatch(/^MF_BACKUP_DAMAGED: .*no backup, or one that was not finished/);
  });
});

test(`a restore that was killed ${KILLS} times (seed ${SEED}) is served by nobody, and goes on to its end`, async () => {
  const target = placeOf('killed');
  const random = new Random(SEED);
  const started = Date.now();
  await placeOf('timed').json('restore', backup);
  const lasts = Date.now() - started;
  for (let n = 0; n < KILLS; n++) {
    const { child, ended } = target.start('restore', backup);
    // Starting takes a third of it.
    const timer = setTimeout(() => kill(child, 'SIGKILL'), lasts * (0.3 + 0.6 * random.next()));
    await ended;
    clearTimeout(timer);
    if (!existsSync(join(at('killed'), 'restoring.json'))) continue;
    expect((await target.run('feed', 'online-retail', first)).stderr).toContain('MF_RESTORE_UNFINISHED: ');
    expect((await target.run('export', 'mall.orders')).stderr).toMatch(/^MF_RESTORE_UNFINISHED: /);
  }
  const { code, stderr } = await target.run('restore', backup);
  expect(code === 0 || stderr.startsWith('MF_TARGET_NOT_EMPTY')).toBe(true);
  const [one, other] = [await placeOf('timed').state(), await target.state()];
  expect(difference(one.documents, other.documents)).toEqual([]);
  expect(other.gaps).toEqual([]);
  expect(await target.feed(first)).toMatchObject({ accepted: 0 });
});

test('nobody goes on with the half of another backup', async () => {
  const target = at('halves');
  cpSync(at('restored'), target, { recursive: true });
  writeFileSync(join(target, 'restoring.json'), '{"v":1,"image":"backup of somebody else"}');
  expect((await placeOf('halves').run('restore', backup)).stderr).toMatch(/^MF_RESTORE_UNFINISHED: .*somebody else/);
});

test('a backup that was killed is none, and the next one takes its place', async () => {
  const to = at('interrupted');
  const { child, ended } = original.start('backup', to);
  const timer = setInterval(() => {
    if (existsSync(`${to}.part`)) kill(child, 'SIGKILL');
  }, 1);
  await ended;
  clearInterval(timer);
  expect(existsSync(to)).toBe(false);
  await original.json('backup', to);
  expect(existsSync(`${to}.part`)).toBe(false);
});

test('a backup under load, restored and fed again, ends as an undisturbed run', async () => {
  const [busy, calm, again] = [placeOf('busy'), placeOf('calm'), placeOf('again')];
  await calm.feed(second);
  const feeding = busy.feed(second);
  while (!existsSync(join(at('busy'), 'masterflag.db'))) await new Promise((resolve) => setTimeout(resolve, 5));
  for (let n = 0; ; n++) {
    const made = await busy.run('backup', at(`busy-${n}`), '--json');
    const { documents = 0 } = made.code === 0 ? (JSON.parse(made.stdout) as { documents: number }) : {};
    if (documents === 0) continue;
    await again.json('restore', at(`busy-${n}`));
    break;
  }
  await feeding;
  await again.feed(second);
  const [end, wanted] = [await again.state(), await calm.state()];
  expect(difference(end.bodies, wanted.bodies).filter((line) => !OF_SECRET.test(line))).toEqual([]);
  expect(end.gaps).toEqual([]);
});

/** Keys of identifiers are made with the secret of each data set. */
const OF_SECRET = /^master\.(claims|places)\/|^master\.flags\/main\.match\./;
