import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'nats';
import { MasterflagError } from '../../schemas/errors.ts';
import { describeStreams, openJetStreamLog, setUpStreams, type JetStreamOptions } from '../../streams/jetstream/log.ts';
import { natsProgram, startNats, type NatsServer } from '../servers/nats.ts';

const ALL = { messages: 1000, bytes: 1e9 };

(natsProgram === undefined ? describe.skip : describe)('the streams of the log', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.stop());

  const newCluster = (): JetStreamOptions => ({
    servers: server.url,
    cluster: `test-${randomBytes(6).toString('hex')}`,
    counts: { order: 2, customer: 1 },
    replicas: 1,
  });

  async function api(subject: string, request: unknown = {}): Promise<Record<string, unknown>> {
    const connection = await connect({ servers: server.url });
    try {
      const answer = await connection.request(`$JS.API.${subject}`, JSON.stringify(request));
      return answer.json<Record<string, unknown>>();
    } finally {
      await connection.close();
    }
  }

  async function change(stream: string, settings: Record<string, unknown>): Promise<void> {
    const { config } = await api(`STREAM.INFO.${stream}`);
    const { error } = await api(`STREAM.UPDATE.${stream}`, { ...(config as object), ...settings });
    expect(error).toBeUndefined();
  }

  const openAndClose = async (options: JetStreamOptions): Promise<void> => (await openJetStreamLog(options)).close();

  test('are made where there are none: for each kind one a lane, and one for its events', async () => {
    const options = newCluster();
    await openAndClose(options);
    const { streams } = await describeStreams(options);
    expect(streams.map(({ name }) => name.slice(options.cluster.length + 1)).sort()).toEqual(
      ['customer', 'order'].flatMap((kind) => ['bulk', 'events', 'fast'].map((role) => `${kind}-${role}`)),
    );
    expect(streams.flatMap(({ differences }) => differences)).toEqual([]);
    expect(new Set(streams.map(({ identity }) => identity)).size).toBe(6);
  });

  test('are made once, when several nodes start at the same time', async () => {
    const options = newCluster();
    const logs = await Promise.all(Array.from({ length: 4 }, () => openJetStreamLog(options)));
    const identities = await Promise.all(logs.map((log) => log.identity('order.0')));
    expect(new Set(identities).size).toBe(1);
    await Promise.all(logs.map((log) => log.close()));
  });

  test('that are set otherwise are an error with the stream, each setting, what it is and should be', async () => {
    const options = newCluster();
    await openAndClose(options);
    await change(`${options.cluster}-order-bulk`, { discard: 'old', max_age: 3_600_000_000_000 });
    await change(`${options.cluster}-order-events`, { allow_direct: false });
    const error: unknown = await openAndClose(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MasterflagError);
    expect(error).toMatchObject({ code: 'MF_STREAM_SETTINGS' });
    const { message } = error as MasterflagError;
    expect(message).toContain(`stream ${options.cluster}-order-bulk: discard is "old" and should be "new"`);
    expect(message).toContain(`max_age is 3600000000000 and should be 0`);
    expect(message).toContain(`stream ${options.cluster}-order-events: allow_direct is false and should be true`);
  });

  test('are set right by a set-up, which says what it did and keeps what is in them', async () => {
    const options = newCluster();
    const made = await setUpStreams(options);
    expect(made.map(({ did }) => did)).toEqual(Array(6).fill('created'));
    const before = await openJetStreamLog(options);
    await before.append('order.0', 'bulk', ['a']);
    const identity = await before.identity('order.0');
    await before.close();
    await change(`${options.cluster}-order-bulk`, { discard: 'old' });
    const changed = await setUpStreams(options);
    expect(changed.filter(({ did }) => did !== 'nothing')).toEqual([
      {
        name: `${options.cluster}-order-bulk`,
        did: 'updated',
        differences: [{ setting: 'discard', is: 'old', shouldBe: 'new' }],
      },
    ]);
    const log = await openJetStreamLog(options);
    expect(await log.identity('order.0')).toBe(identity);
    expect((await log.read('order.0', 'bulk', 0, ALL)).map(({ body }) => body)).toEqual(['a']);
    await log.close();
  });

  test('keep the settings of their operator that the log does not need', async () => {
    const options = newCluster();
    await openAndClose(options);
    await change(`${options.cluster}-order-bulk`, { max_bytes: 1e9, compression: 's2', discard: 'old' });
    await setUpStreams(options);
    const { config } = await api(`STREAM.INFO.${options.cluster}-order-bulk`);
    expect(config).toMatchObject({ max_bytes: 1e9, compression: 's2', discard: 'new' });
    await openAndClose(options);
  });

  test('are changed by a set-up only where NATS lets them be, and else named', async () => {
    const options = newCluster();
    await expect(setUpStreams({ ...options, replicas: 3 })).rejects.toMatchObject({
      code: 'MF_STREAM_SETTINGS',
      message: expect.stringMatching(/NATS refuses stream .*replicas/) as unknown,
    });
    const name = `${options.cluster}-order-bulk`;
    const subjects = [`${options.cluster}.bulk.order.*`];
    await api(`STREAM.CREATE.${name}`, { name, subjects, storage: 'memory' });
    await expect(openAndClose(options)).rejects.toThrow('storage is "memory" and should be "file"');
    await expect(setUpStreams(options)).rejects.toMatchObject({ code: 'MF_STREAM_SETTINGS' });
  });

  test('are only looked at by a description', async () => {
    const options = newCluster();
    const { server: facts, streams } = await describeStreams(options);
    expect(facts).toMatchObject({ version: expect.stringMatching(/^2\./) as unknown, hasJetStream: true });
    expect(streams.map(({ state }) => state)).toEqual(Array(6).fill(undefined));
    const { error } = await api(`STREAM.INFO.${options.cluster}-order-bulk`);
    expect(error).toMatchObject({ err_code: 10059 });
  });
});

(natsProgram === undefined ? describe.skip : describe)('messages of the log', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNats({
      config: 'max_payload: 512KB',
      jetstream: 'limits { batch { max_msgs: 50, max_inflight_per_stream: 2 } }',
    });
  });
  afterAll(() => server.stop());

  const newName = (): string => `test-${randomBytes(6).toString('hex')}`;
  const open = (cluster = newName()) =>
    openJetStreamLog({ servers: server.url, cluster, counts: { order: 2 }, replicas: 1 });

  test('that NATS takes compressed only come back as they were, alone, in batches and as events', async () => {
    const log = await open();
    const large = `\uFEFF${'한국어 😀 \u0000 '.repeat(60_000)}`;
    await log.append('order.0', 'bulk', [large]);
    await log.append('order.0', 'bulk', Array<string>(20).fill(large));
    await log.appendEvents('order.0', { seq: 1, chunk: 0, body: large }, 0);
    const read = [...(await log.read('order.0', 'bulk', 0, ALL)), ...(await log.readEvents('order.0', 0, ALL))];
    expect(read.map(({ body }) => body === large)).toEqual(Array(22).fill(true));
    await log.close();
  });

  test('that are too large when compressed too are MF_MESSAGE_TOO_LARGE, with both sizes', async () => {
    const log = await open();
    const body = randomBytes(800_000).toString('base64');
    const refused = {
      code: 'MF_MESSAGE_TOO_LARGE',
      message: expect.stringContaining(`${body.length} bytes`) as unknown,
    };
    await expect(log.append('order.0', 'bulk', ['a', body])).rejects.toMatchObject(refused);
    await expect(log.appendEvents('order.0', { seq: 1, chunk: 0, body }, 0)).rejects.toMatchObject(refused);
    expect(await log.read('order.0', 'bulk', 0, ALL)).toEqual([]);
    await log.close();
  });

  test('that are more than a server takes in one batch are several, in order', async () => {
    const log = await open();
    const bodies = Array.from({ length: 333 }, (_, n) => String(n));
    const positions = await log.append('order.0', 'bulk', bodies);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    const read = await log.read('order.0', 'bulk', 0, ALL);
    expect(read.map(({ body }) => body)).toEqual(bodies);
    expect(read.map(({ position }) => position)).toEqual(positions);
    await log.close();
  });

  test('of more batches at a time than a server takes are all there', async () => {
    const cluster = newName();
    const log = await open(cluster);
    const logs = [log, ...(await Promise.all(Array.from({ length: 3 }, () => open(cluster))))];
    const batch = Array.from({ length: 40 }, (_, n) => String(n));
    const appends = logs.flatMap((one) => Array.from({ length: 5 }, () => one.append('order.0', 'bulk', batch)));
    await Promise.all(appends);
    const read = await log.read('order.0', 'bulk', 0, ALL);
    expect(read.map(({ body }) => body).join()).toBe(Array(20).fill(batch.join()).join());
    await Promise.all(logs.map((one) => one.close()));
  });

  test('that come large by large are each transferred once: what one read could not take is there for the next', async () => {
    const log = await open();
    const bodies = Array.from({ length: 5 }, (_, n) => `${n}${'x'.repeat(1000)}`);
    await log.append('order.0', 'bulk', bodies);
    const seen: string[] = [];
    for (let after = 0; ;) {
      const read = await log.read('order.0', 'bulk', after, { messages: 10, bytes: 1500 });
      if (read.length === 0) break;
      expect(read).toHaveLength(1);
      seen.push(...read.map(({ body }) => body));
      after = read.at(-1)?.position ?? 0;
    }
    expect(seen).toEqual(bodies);
    await log.close();
  });
});
