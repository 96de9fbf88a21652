import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { connect } from 'nats';
import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import { openJetStreamLog, type JetStreamOptions } from '../../streams/jetstream/log.ts';
import type { Log } from '../../streams/log.ts';
import { natsProgram, startNats, type NatsServer, type NatsServerOptions } from '../servers/nats.ts';
import { startProxy, type Proxy } from '../servers/proxy.ts';

const P: PartitionId = 'order.0';
const Q: PartitionId = 'order.1';
const ALL = { messages: 1000, bytes: 1e9 };

jest.setTimeout(30_000);

/** What a test opened is closed after it, the last first. */
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function nats(options: NatsServerOptions = {}): Promise<NatsServer> {
  const server = await startNats(options);
  closing.push(() => server.stop());
  return server;
}

async function proxyTo(server: NatsServer): Promise<Proxy> {
  const proxy = await startProxy(Number(new URL(server.url).port));
  closing.push(() => proxy.close());
  return proxy;
}

interface Opened {
  readonly log: Log;
  readonly cluster: string;
  /** Resolves when the log says so next. */
  status(type: string): Promise<unknown>;
}

async function open(servers: string, options: Partial<JetStreamOptions> = {}): Promise<Opened> {
  const { cluster = `test-${randomBytes(6).toString('hex')}` } = options;
  const statuses = new EventEmitter();
  const log = await openJetStreamLog({
    ...{ servers, cluster, counts: { order: 2 }, replicas: 1, answerMs: 2000, pollMs: 50 },
    onStatus: ({ type, detail }) => statuses.emit(`is ${type}`, detail),
    ...options,
  });
  closing.push(() => log.close());
  return { log, cluster, status: (type) => once(statuses, `is ${type}`) };
}

/** Tries until its outcome is known, as the worker does; says how often it was not. */
async function untilKnown<T>(operation: () => Promise<T>): Promise<{ result: T; unknown: number }> {
  for (let unknown = 0; ; unknown++) {
    try {
      return { result: await operation(), unknown };
    } catch (error) {
      if (!(error instanceof UnknownOutcome)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function bodies(log: Log, partition: PartitionId = P): Promise<string[]> {
  return (await untilKnown(() => log.read(partition, 'bulk', 0, ALL))).result.map(({ body }) => body);
}

/** What an operator may do to the streams behind the log's back. */
async function api(server: NatsServer, subject: string, request: unknown = {}): Promise<Record<string, unknown>> {
  const connection = await connect({ servers: server.url });
  try {
    const answer = await connection.request(`$JS.API.${subject}`, JSON.stringify(request));
    return answer.json<Record<string, unknown>>();
  } finally {
    await connection.close();
  }
}

(natsProgram === undefined ? describe.skip : describe)('the log on JetStream', () => {
  describe('when the server is killed and started again on its store', () => {
    test('has every append that was acknowledged, and goes on by itself', async () => {
      const server = await nats({ sync: true });
      const { log } = await open(server.url);
      const identity = await log.identity(P);
      const acknowledged: string[] = [];
      let isOver = false;
      const writer = async (): Promise<number> => {
        let unknown = 0;
        for (let n = 0; !isOver; n++) {
          unknown += (await untilKnown(() => log.append(P, 'bulk', [String(n)]))).unknown;
          acknowledged.push(String(n));
        }
        return unknown;
      };
      const writing = writer();
      for (let kills = 0; kills < 3; kills++) {
        const before = acknowledged.length;
        while (acknowledged.length < before + 20) await new Promise((resolve) => setImmediate(resolve));
        await server.kill();
        await server.restart();
      }
      isOver = true;
      expect(await writing).toBeGreaterThan(0);
      const found = await bodies(log);
      expect(found.filter((body, n) => found.indexOf(body) === n)).toEqual(acknowledged);
      expect(await log.identity(P)).toBe(identity);
    });

    test('a batch is there as a whole or not at all', async () => {
      const server = await nats();
      const { log } = await open(server.url);
      const batch = Array.from({ length: 500 }, (_, n) => `${n} ${'x'.repeat(2000)}`);
      const appending = log.append(P, 'bulk', batch).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 2));
      await server.kill();
      const outcome = await appending;
      await server.restart();
      const found = await bodies(log);
      expect([0, 500]).toContain(found.length);
      if (!(outcome instanceof Error)) expect(found).toHaveLength(500);
    });

    test('whoever follows is woken by what was appended afterwards', async () => {
      const server = await nats();
      const [writer, reader] = [await open(server.url, { cluster: 'one' }), await open(server.url, { cluster: 'one' })];
      await server.kill();
      await server.restart();
      const woken = new Promise<void>((resolve) => {
        reader.log.follow(P, () => {
          const read = bodies(reader.log).then((found) => {
            if (found.length > 0) resolve();
          });
          // One that is still on its way when the test is over.
          read.catch(() => undefined);
        });
      });
      await untilKnown(() => writer.log.append(P, 'bulk', ['a']));
      await woken;
    });
  });

  describe('when the connection is cut', () => {
    test('an append without an answer is unknown at once, and not after the time for an answer', async () => {
      const server = await nats();
      const proxy = await proxyTo(server);
      const { log, status } = await open(`127.0.0.1:${proxy.port}`, { answerMs: 60_000 });
      proxy.pauseAnswers();
      const appending = log.append(P, 'bulk', ['a']);
      const refused = expect(appending).rejects.toBeInstanceOf(UnknownOutcome);
      while ((await bodies((await open(server.url)).log)).length > 0);
      proxy.cut();
      await refused;
      proxy.resume();
      await status('reconnected');
      await untilKnown(() => log.append(P, 'bulk', ['b']));
      expect(['a,b', 'b']).toContain((await bodies(log)).join());
    });

    test('nothing is sent later that was given up meanwhile', async () => {
      const server = await nats();
      const proxy = await proxyTo(server);
      const { log, status } = await open(`127.0.0.1:${proxy.port}`);
      proxy.refuse(true);
      const lost = status('disconnected');
      proxy.cut();
      await lost;
      for (let n = 0; n < 20; n++) await expect(log.append(P, 'bulk', ['given up'])).rejects.toThrow(UnknownOutcome);
      const back = status('reconnected');
      proxy.refuse(false);
      await back;
      await log.append(P, 'bulk', ['sent']);
      expect(await bodies(log)).toEqual(['sent']);
    });

    test('events whose acknowledgement was lost are found by the tail, and are there once', async () => {
      const server = await nats();
      const proxy = await proxyTo(server);
      const { log } = await open(`127.0.0.1:${proxy.port}`, { answerMs: 200 });
      const event = { seq: 1, chunk: 0, body: '[]' };
      proxy.pauseAnswers();
      await expect(log.appendEvents(P, event, 0)).rejects.toThrow(UnknownOutcome);
      proxy.resume();
      expect((await untilKnown(() => log.appendEvents(P, event, 0))).result).toBe('conflict');
      expect(await log.eventsTail(P)).toMatchObject({ seq: 1, chunk: 0 });
      expect(await log.readEvents(P, 0, ALL)).toHaveLength(1);
    });

    test('a connection that is dead without being closed is noticed by its heartbeat', async () => {
      const server = await nats();
      const proxy = await proxyTo(server);
      const { log, status } = await open(`127.0.0.1:${proxy.port}`, { heartbeatMs: 100, answerMs: 60_000 });
      const lost = status('disconnected');
      proxy.pauseAnswers();
      await expect(log.append(P, 'bulk', ['a'])).rejects.toThrow(UnknownOutcome);
      await lost;
    });

    test('one that the server ends because its client reads too slowly is made anew', async () => {
      const server = await nats({ config: 'max_pending: 1MB\nwrite_deadline: "500ms"' });
      const proxy = await proxyTo(server);
      const { log, status } = await open(`127.0.0.1:${proxy.port}`, { answerMs: 10_000 });
      const large = Array.from({ length: 32 }, () => randomBytes(150_000).toString('base64'));
      for (const body of large) await log.append(P, 'bulk', [body]);
      const lost = status('disconnected');
      proxy.pauseAnswers();
      const reads = Array.from({ length: 8 }, () => log.read(P, 'bulk', 0, ALL).catch((error: unknown) => error));
      await lost;
      expect((await Promise.all(reads)).some((outcome) => outcome instanceof UnknownOutcome)).toBe(true);
      proxy.resume();
      let after = 0;
      for (let n = 0; n < large.length; n++) {
        const { result } = await untilKnown(() => log.read(P, 'bulk', after, { messages: 1, bytes: 1 }));
        expect(result[0]?.body === large[n]).toBe(true);
        after = result[0]?.position ?? 0;
      }
    });
  });

  describe('when a wake is lost', () => {
    test('the slow look finds what was appended', async () => {
      const server = await nats();
      const { log } = await open(server.url, { cluster: 'one' });
      const woken = new Promise<void>((resolve) => log.follow(P, resolve));
      const connection = await connect({ servers: server.url });
      // As by a writer that died between its acknowledgement and the wake.
      await connection.request('one.bulk.order.0', 'a');
      await connection.close();
      await woken;
      expect(await bodies(log)).toEqual(['a']);
    });
  });

  describe('without room', () => {
    test('a stream at its limit refuses as MF_LOG_FULL, which is tried again, and goes on when there is room', async () => {
      const server = await nats();
      const { log, cluster } = await open(server.url);
      await limit(server, `${cluster}-order-bulk`, 10_000);
      const fill = async (): Promise<never> => {
        for (;;) await log.append(P, 'bulk', ['x'.repeat(1000)]);
      };
      const error: unknown = await fill().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'MF_LOG_FULL' });
      expect(error).toBeInstanceOf(UnknownOutcome);
      expect((await bodies(log)).length).toBeGreaterThan(0);
      await limit(server, `${cluster}-order-bulk`, -1);
      await log.append(P, 'bulk', ['there is room']);
      expect((await bodies(log)).at(-1)).toBe('there is room');
    });

    test('a batch is refused as a whole', async () => {
      const server = await nats();
      const { log, cluster } = await open(server.url);
      await limit(server, `${cluster}-order-bulk`, 10_000);
      const batch = Array.from({ length: 40 }, () => 'x'.repeat(1000));
      await expect(log.append(P, 'bulk', batch)).rejects.toMatchObject({ code: 'MF_LOG_FULL' });
      expect(await bodies(log)).toEqual([]);
    });

    test('a server at the limit of its disk refuses as MF_LOG_FULL', async () => {
      const server = await nats({ jetstream: 'max_file_store: 1MB' });
      const { log } = await open(server.url);
      const fill = async (): Promise<never> => {
        for (;;) await log.append(P, 'bulk', [randomBytes(50_000).toString('base64')]);
      };
      await expect(fill()).rejects.toMatchObject({ code: 'MF_LOG_FULL' });
      await expect(log.appendEvents(P, { seq: 1, chunk: 0, body: '[]' }, 0)).rejects.toMatchObject({
        code: 'MF_LOG_FULL',
      });
    });
  });

  describe('when a stream is deleted underneath', () => {
    let server: NatsServer;
    beforeAll(async () => {
      server = await startNats();
    });
    afterAll(() => server.stop());

    test('whoever reads, appends or asks for its identity hears MF_STREAM_ABSENT', async () => {
      const { log, cluster } = await open(server.url);
      await api(server, `STREAM.DELETE.${cluster}-order-bulk`);
      const absent = { code: 'MF_STREAM_ABSENT' };
      await expect(log.read(P, 'bulk', 0, ALL)).rejects.toMatchObject(absent);
      await expect(log.append(P, 'bulk', ['a'])).rejects.toMatchObject(absent);
      await expect(log.append(P, 'bulk', Array(40).fill('a'))).rejects.toMatchObject(absent);
      await expect(log.tail(P, 'bulk')).rejects.toMatchObject(absent);
      await expect(log.identity(P)).rejects.toMatchObject(absent);
      await log.append(P, 'fast', ['another stream']);
    });

    test('and made anew, it has another identity, and who counts in the old one hears MF_LOG_REPLACED', async () => {
      const { log, cluster } = await open(server.url);
      const identity = await log.identity(P);
      await log.append(P, 'bulk', ['a', 'b', 'c']);
      const replaced = { code: 'MF_LOG_REPLACED' };
      const noticed = new Promise<void>((resolve) => {
        log.follow(P, () => {
          log.read(P, 'bulk', 3, ALL).catch((error: unknown) => {
            if (error instanceof MasterflagError && error.code === 'MF_LOG_REPLACED') resolve();
          });
        });
      });
      await api(server, `STREAM.DELETE.${cluster}-order-bulk`);
      const again = await open(server.url, { cluster });
      await noticed;
      await expect(log.append(P, 'bulk', ['d'])).rejects.toMatchObject(replaced);
      await expect(log.appendEvents(P, { seq: 1, chunk: 0, body: '[]' }, 0)).rejects.toMatchObject(replaced);
      expect(await again.log.identity(P)).not.toBe(identity);
      // Whoever opens the partition anew compares it with the checkpoint.
      expect(await log.identity(P)).toBe(await again.log.identity(P));
      expect(await log.append(Q, 'bulk', ['e'])).toEqual([1]);
    });
  });

  describe('with a server that does not fit', () => {
    test('wrong credentials are MF_LOG_DENIED', async () => {
      const server = await nats({ config: 'authorization { user: ada, password: "p@ss:word" }' });
      const { port } = new URL(server.url);
      await expect(open(`nats://ada:wrong@127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'MF_LOG_DENIED' });
      await expect(open(server.url)).rejects.toMatchObject({ code: 'MF_LOG_DENIED' });
      const { log } = await open(`nats://ada:p%40ss%3Aword@127.0.0.1:${port}`);
      expect(await log.append(P, 'bulk', ['a'])).toEqual([1]);
    });

    test('a subject that may not be published to is MF_LOG_DENIED, and named', async () => {
      const server = await nats({
        config:
          'authorization { users: [{ user: ada, password: secret, permissions: { publish: { deny: ["*.bulk.>"] } } }] }',
      });
      const { log } = await open(`nats://ada:secret@${new URL(server.url).host}`, { cluster: 'one' });
      await log.append(P, 'fast', ['a']);
      await expect(log.append(P, 'bulk', ['a'])).rejects.toMatchObject({
        code: 'MF_LOG_DENIED',
        message: expect.stringContaining('one.bulk.order.0') as unknown,
      });
    });

    test('nobody at the address is MF_LOG_UNREACHABLE', async () => {
      const server = await nats();
      await server.kill();
      await expect(open(server.url)).rejects.toMatchObject({ code: 'MF_LOG_UNREACHABLE' });
    });

    test('one without JetStream is MF_JETSTREAM_ABSENT', async () => {
      const server = await nats({ jetstream: null });
      await expect(open(server.url)).rejects.toMatchObject({ code: 'MF_JETSTREAM_ABSENT' });
    });
  });
});

/** Bytes that a stream may hold; -1 for any. */
async function limit(server: NatsServer, stream: string, bytes: number): Promise<void> {
  const { config } = await api(server, `STREAM.INFO.${stream}`);
  const { error } = await api(server, `STREAM.UPDATE.${stream}`, { ...(config as object), max_bytes: bytes });
  if (error !== undefined) throw new Error(JSON.stringify(error));
}
