import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { connect, StorageType } from 'nats';
import { examine, type Examination, type ExamineOptions } from '../../cli/doctor/examine.ts';
import { readSettings } from '../../config/settings.ts';
import { Workplace } from './command.ts';
import { found, one } from './doctor-findings.ts';
import { Servers } from './doctor-servers.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/masterflag.js', import.meta.url));

const withNats = process.env['NATS_SERVER_BIN'] === undefined ? describe.skip : describe;
const withStandIn = process.env['MONGO_STANDIN_BIN'] === undefined ? describe.skip : describe;

/** Every look has a time-out of its own, and they go on side by side. */
const NEVER_LONGER_MS = 15_000;

jest.setTimeout(60_000);

const servers = new Servers();
let absent = 0;
beforeAll(async () => {
  absent = await servers.free();
});
afterAll(() => servers.stop());

function examineServers(nats: string, options: ExamineOptions = {}, mongo?: string): Promise<Examination> {
  const settings = readSettings({ NATS_URL: nats, MONGODB_URL: mongo ?? `mongodb://127.0.0.1:${absent}` });
  return examine(settings, options);
}

/** Resolves once the cluster has elected a leader and made it. */
async function streamOfThree(port: number): Promise<void> {
  const connection = await connect({ servers: `127.0.0.1:${port}`, user: 'ada', pass: 'p' });
  const manager = await connection.jetstreamManager({ checkAPI: false });
  const stream = { name: 'masterflag-order-bulk', subjects: ['masterflag.bulk.order.*'], num_replicas: 3 };
  for (let made = false; !made;) {
    made = await manager.streams.add(stream).then(
      () => true,
      () => false,
    );
  }
  await connection.close();
}

describe('servers that are absent', () => {
  test('each is named with its port and the error, and the others are looked at all the same', async () => {
    const examination = await examineServers(`nats://127.0.0.1:${absent},nats://no-such-host.invalid:4333`);
    const [refused, unnamed] = found(examination, 'nats.present');
    expect(refused).toMatchObject({ subject: `NATS 127.0.0.1:${absent}`, verdict: 'failed' });
    expect(refused?.found).toContain('ECONNREFUSED');
    expect(refused?.change).toContain('systemctl start nats-server');
    expect(unnamed).toMatchObject({ subject: 'NATS no-such-host.invalid:4333', verdict: 'failed' });
    expect(unnamed?.found).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(one(examination, 'mongodb.present')).toMatchObject({
      subject: `MongoDB 127.0.0.1:${absent}`,
      verdict: 'failed',
    });
    expect(one(examination, 'mongodb.present').found).toContain('ECONNREFUSED');
    expect(examination.promises.map(({ answer }) => answer)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(examination.verdict).toBe('failed');
  });

  test('one that takes the connection and says nothing holds nobody up', async () => {
    const started = performance.now();
    const silent = await servers.greeter('');
    const examination = await examineServers(`nats://127.0.0.1:${silent}`, {}, `mongodb://127.0.0.1:${silent}`);
    expect(one(examination, 'nats.present')).toMatchObject({ verdict: 'failed' });
    expect(one(examination, 'nats.present').change).toContain('tls://');
    expect(one(examination, 'mongodb.login')).toMatchObject({ verdict: 'failed' });
    expect(performance.now() - started).toBeLessThan(NEVER_LONGER_MS);
  });

  test('something else than NATS is told from NATS', async () => {
    const http = await servers.greeter('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(one(await examineServers(`nats://127.0.0.1:${http}`), 'nats.present')).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('NOT_NATS'),
    });
  });
});

describe('a nats-server that is too old', () => {
  // No program of that age is to be had here: this speaks its greeting only, which is all that is judged.
  test('is told by its greeting, with the version to install', async () => {
    const info = { server_id: 'OLD', version: '2.10.22', jetstream: true, max_payload: 1_048_576, headers: true };
    const old = await servers.greeter(`INFO ${JSON.stringify(info)}\r\n`);
    const finding = one(await examineServers(`nats://127.0.0.1:${old}`), 'nats.version');
    expect(finding).toMatchObject({ verdict: 'failed', found: expect.stringContaining('2.10.22') });
    expect(finding.change).toContain('2.12');
  });
});

withNats('a real nats-server', () => {
  test('without authentication: says so, and how to turn it on', async () => {
    const { port } = await servers.nats('');
    const examination = await examineServers(`nats://127.0.0.1:${port}`);
    expect(one(examination, 'nats.authentication')).toMatchObject({ verdict: 'warning' });
    expect(one(examination, 'nats.authentication').change).toContain('authorization {');
    for (const check of [
      'nats.version',
      'nats.jetstream',
      'nats.roundTrip',
      'nats.clock',
      'nats.permissions',
      'nats.tls',
    ]) {
      expect(one(examination, check)).toMatchObject({ verdict: 'ok' });
    }
    expect(one(examination, 'jetstream.streams')).toMatchObject({
      verdict: 'warning',
      change: 'Run `masterflag setup`',
    });
  });

  test('with authentication: wrong credentials are refused, right ones enter, none are missed', async () => {
    const { port } = await servers.nats('authorization { user: ada, password: "s3cret/word" }');
    const right = await examineServers(`nats://ada:s3cret%2Fword@127.0.0.1:${port}`);
    expect(one(right, 'nats.authentication')).toMatchObject({ verdict: 'ok' });
    expect(found(right, 'nats.login')).toEqual([]);
    expect(one(right, 'nats.permissions')).toMatchObject({ verdict: 'ok' });
    const wrong = await examineServers(`nats://ada:guessed@127.0.0.1:${port}`);
    expect(one(wrong, 'nats.login').found).toBe('refuses the user and password of NATS_URL');
    expect(JSON.stringify(wrong)).not.toContain('guessed');
    const none = await examineServers(`nats://127.0.0.1:${port}`);
    expect(one(none, 'nats.login').found).toBe('wants credentials, and NATS_URL has none for it');
    expect(one(none, 'nats.login').change).toContain('nats://USER:PASSWORD@HOST:4222');
  });

  test('a user that may not do what a node does: names each subject, and the permissions to set', async () => {
    const { port } = await servers.nats(`authorization { users: [{ user: ada, password: p, permissions: {
      publish: { allow: ["masterflag.>", "$JS.API.>", "$SYS.REQ.USER.INFO"], deny: "masterflag.events.>" }
      subscribe: ["_INBOX.>", "masterflag.wake.>", "MOL-masterflag.>", "feed.>"] } }] }`);
    const finding = one(await examineServers(`nats://ada:p@127.0.0.1:${port}`), 'nats.permissions');
    expect(finding.verdict).toBe('failed');
    expect(finding.found).toContain('publish masterflag.> (');
    expect(finding.found).toContain('publish MOL-masterflag.> (');
    expect(finding.found).not.toContain('subscribe');
    expect(finding.change).toContain('publish: ["masterflag.>", "$JS.API.>"');
  });

  test('a user that may ask nothing: says what cannot be seen, and what JetStream refuses', async () => {
    const { port } = await servers.nats(
      'authorization { users: [{ user: ada, password: p, permissions: { publish: ["masterflag.>"] } }] }',
    );
    const examination = await examineServers(`nats://ada:p@127.0.0.1:${port}`);
    expect(one(examination, 'nats.permissions')).toMatchObject({ verdict: 'warning' });
    expect(one(examination, 'jetstream.account')).toMatchObject({ verdict: 'failed' });
    expect(one(examination, 'jetstream.account').change).toContain('$JS.API.>');
  });

  test('without JetStream: there is no log', async () => {
    const { port } = await servers.nats('', { jetstream: '' });
    const finding = one(await examineServers(`nats://127.0.0.1:${port}`), 'nats.jetstream');
    expect(finding).toMatchObject({ verdict: 'failed' });
    expect(finding.change).toContain('sync_interval: always');
  });

  test('a stream of ours that is kept in memory, and drops messages: neither is durable', async () => {
    const { port } = await servers.nats('');
    const connection = await connect({ servers: `127.0.0.1:${port}` });
    const manager = await connection.jetstreamManager();
    await manager.streams.add({
      name: 'masterflag-order-bulk',
      subjects: ['masterflag.bulk.order.*'],
      storage: StorageType.Memory,
    });
    await connection.close();
    const examination = await examineServers(`nats://127.0.0.1:${port}`);
    const [storage] = found(examination, 'jetstream.storage');
    expect(storage?.verdict).toBe('failed');
    expect(storage?.found).toContain('masterflag-order-bulk is kept in memory');
    expect(storage?.change).toContain('masterflag setup');
    expect(one(examination, 'jetstream.retention')).toMatchObject({ verdict: 'failed' });
    expect(one(examination, 'jetstream.streams').found).toContain('masterflag-customer-fast');
    expect(examination.promises[0]).toMatchObject({ survives: 'a power cut', answer: 'no' });
  });

  test('one copy that is written later, with a monitoring port: a power cut loses what was acknowledged', async () => {
    const { port, monitor } = await servers.nats('http: "127.0.0.1:-1"');
    const examination = await examineServers(`nats://127.0.0.1:${port}`, { monitors: [monitor] });
    expect(one(examination, 'jetstream.sync')).toMatchObject({ verdict: 'failed' });
    expect(one(examination, 'jetstream.sync').found).toContain('120 s');
    expect(one(examination, 'jetstream.sync').change).toContain('sync_interval: always');
    expect(examination.promises[0]?.answer).toBe('no');
  });

  test('one copy, without a monitoring port: says that it cannot be seen, and how to make sure', async () => {
    const { port } = await servers.nats('');
    const examination = await examineServers(`nats://127.0.0.1:${port}`);
    expect(one(examination, 'jetstream.sync')).toMatchObject({ verdict: 'warning' });
    expect(one(examination, 'jetstream.sync').found).toContain('cannot be seen');
    expect(one(examination, 'jetstream.sync').change).toContain('--monitor http://HOST:8222');
    expect(examination.promises[0]?.answer).toBe('unknown');
  });

  test('one copy that is written at once: seen through the monitoring port', async () => {
    const { port, monitor } = await servers.nats('http: "127.0.0.1:-1"', {
      jetstream: 'store_dir: "$DIR/js", sync_interval: always',
    });
    const examination = await examineServers(`nats://127.0.0.1:${port}`, { monitors: [monitor] });
    expect(one(examination, 'jetstream.sync')).toMatchObject({ verdict: 'ok' });
    expect(one(examination, 'jetstream.disk').found).toMatch(/ left$/);
  });

  test('... and through the system account, where it exports its settings', async () => {
    const { port } = await servers.nats(
      `system_account: SYS
       accounts {
         SYS { users: [{ user: sys, password: p }], exports: [{ service: "$SYS.REQ.SERVER.PING.VARZ", response: stream, accounts: [ORDERS] }] }
         ORDERS { jetstream: enabled, users: [{ user: ada, password: p }], imports: [{ service: { account: SYS, subject: "$SYS.REQ.SERVER.PING.VARZ" } }] }
       }`,
      { jetstream: 'store_dir: "$DIR/js", sync_interval: always' },
    );
    const examination = await examineServers(`nats://ada:p@127.0.0.1:${port}`);
    expect(one(examination, 'jetstream.sync')).toMatchObject({ verdict: 'ok' });
  });

  test('the monitoring port of another server proves nothing about this one', async () => {
    const [here, other] = await Promise.all([
      servers.nats(''),
      servers.nats('http: "127.0.0.1:-1"', { jetstream: 'store_dir: "$DIR/js", sync_interval: always' }),
    ]);
    const examination = await examineServers(`nats://127.0.0.1:${here.port}`, { monitors: [other.monitor] });
    expect(one(examination, 'jetstream.sync')).toMatchObject({ verdict: 'warning' });
    expect(one(examination, 'jetstream.replicas').found).toBe('1 copy of every message, 1 server');
  });

  test('three servers of one cluster: three copies and what one of them writes late are seen through any of them', async () => {
    const routes = await Promise.all([servers.free(), servers.free(), servers.free()]);
    const conf = (n: number): string => `server_name: n${n}
      cluster { name: orders, listen: "127.0.0.1:${String(routes[n])}", routes: [${routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')}] }
      system_account: SYS
      accounts {
        SYS { users: [{ user: sys, password: p }], exports: [{ service: "$SYS.REQ.SERVER.PING.VARZ", response: stream, accounts: [ORDERS] }] }
        ORDERS { jetstream: enabled, users: [{ user: ada, password: p }], imports: [{ service: { account: SYS, subject: "$SYS.REQ.SERVER.PING.VARZ" } }] }
      }`;
    const sync = ['always', 'always', '30s'];
    const cluster = await Promise.all(
      sync.map((interval, n) =>
        servers.nats(conf(n), { jetstream: `store_dir: "$DIR/js", sync_interval: ${interval}` }),
      ),
    );
    await streamOfThree(cluster[0]?.port ?? 0);
    const settings = readSettings({
      NATS_URL: `nats://ada:p@127.0.0.1:${String(cluster[0]?.port)}`,
      MONGODB_URL: `mongodb://127.0.0.1:${absent}`,
      MASTERFLAG_REPLICAS: '3',
    });
    const examination = await examine(settings);
    expect(one(examination, 'jetstream.replicas')).toMatchObject({ verdict: 'ok' });
    expect(one(examination, 'jetstream.sync')).toMatchObject({ verdict: 'warning' });
    expect(one(examination, 'jetstream.sync').found).toContain('30 s');
  });

  test('one that is frozen holds nobody up, and does not hide the other', async () => {
    const [frozen, awake] = await Promise.all([servers.nats(''), servers.nats('')]);
    frozen.process.kill('SIGSTOP');
    const started = performance.now();
    const examination = await examineServers(`nats://127.0.0.1:${frozen.port},nats://127.0.0.1:${awake.port}`);
    frozen.process.kill('SIGCONT');
    expect(one(examination, 'nats.present')).toMatchObject({
      subject: `NATS 127.0.0.1:${frozen.port}`,
      verdict: 'failed',
    });
    expect(one(examination, 'nats.version')).toMatchObject({ subject: `NATS 127.0.0.1:${awake.port}`, verdict: 'ok' });
    expect(performance.now() - started).toBeLessThan(NEVER_LONGER_MS);
  });

  test('the settings of streams are compared by the adapter, which says each difference', async () => {
    const { port } = await servers.nats('');
    const connection = await connect({ servers: `127.0.0.1:${port}` });
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: 'masterflag-order-bulk', subjects: ['masterflag.bulk.order.*'] });
    await connection.close();
    const streamsAreAsWanted = (): Promise<readonly string[]> =>
      Promise.resolve(['masterflag-order-bulk has no allow_direct']);
    const examination = await examineServers(`nats://127.0.0.1:${port}`, { streamsAreAsWanted });
    expect(one(examination, 'jetstream.settings')).toMatchObject({
      verdict: 'failed',
      found: 'masterflag-order-bulk has no allow_direct',
    });
  });
});

withStandIn('what stands in for MongoDB', () => {
  let url = '';
  beforeAll(async () => {
    url = await servers.mongoStandIn();
  }, 30_000);

  test('is not taken for MongoDB, and promises nothing', async () => {
    const examination = await examineServers(`nats://127.0.0.1:${absent}`, {}, url);
    expect(one(examination, 'mongodb.product')).toMatchObject({ verdict: 'failed' });
    expect(one(examination, 'mongodb.product').found).toContain('mongo-java-server');
    expect(one(examination, 'mongodb.product').change).toContain('MongoDB 8');
    expect(one(examination, 'mongodb.authentication')).toMatchObject({ verdict: 'warning' });
    expect(one(examination, 'mongodb.clock')).toMatchObject({ verdict: 'ok' });
    expect(examination.promises[0]).toMatchObject({ survives: 'a power cut', answer: 'no' });
  });

  test('is written to where it tells no privileges, and nothing of that is left', async () => {
    const examination = await examineServers(`nats://127.0.0.1:${absent}`, {}, url);
    expect(one(examination, 'mongodb.permissions')).toMatchObject({ verdict: 'ok' });
    const client = await MongoClient.connect(url);
    const collections = await client.db('masterflag').listCollections().toArray();
    await client.close();
    expect(collections).toEqual([]);
  });

  test('its indexes are compared by the adapter', async () => {
    const indexesAreAsWanted = (): Promise<readonly string[]> => Promise.resolve([]);
    const examination = await examineServers(`nats://127.0.0.1:${absent}`, { indexesAreAsWanted }, url);
    expect(one(examination, 'mongodb.indexes')).toMatchObject({ verdict: 'ok' });
  });
});

describe('the command', () => {
  const place = new Workplace();
  afterEach(() => place.remove());

  test('ends with 1 on a failure, says what to change, and keeps the secrets of the addresses to itself', async () => {
    const key = join(place.folder, 'key');
    writeFileSync(key, 'short', { mode: 0o600 });
    const env = {
      ...process.env,
      NATS_URL: `nats://ada:hush-nats@127.0.0.1:${absent}`,
      MONGODB_URL: `mongodb://ada:hush-mongo@127.0.0.1:${absent}`,
      MASTERFLAG_MATCH_KEY_FILE: key,
    };
    const child = spawn(process.execPath, [LAUNCHER, 'doctor'], { env, cwd: place.folder });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    expect(text).toMatch(/^failed +NATS 127\.0\.0\.1:\d+: .*ECONNREFUSED.*\n +-> Start nats-server/m);
    expect(text).toContain('at least 16 are needed');
    expect(text).not.toContain('hush');
  });
});
