import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../streams/mapping/canonical-json.ts';
import { dropDatabase, HAS_MONGO, STANDIN, startMongo, startStandIn, type MongoUnderTest } from './mongo.ts';
import { freePort, natsProgram, startNats, type NatsServer } from './nats.ts';
import { startProxy, type Proxy } from './proxy.ts';

/** Whether the environment names what a cluster of its own needs (jest.reporter.js says so when it does not). */
export const HAS_SERVERS = natsProgram !== undefined && HAS_MONGO;

/** Whole clusters under faults take minutes, and go by a clock that other programs slow down: the soak asks for them. */
export const IS_CHAOS = process.env['MASTERFLAG_CHAOS'] === '1';

/** Whether the MongoDB is one that a test may stop and start again: one that is given belongs to others too. */
export const MAY_RESTART_MONGO = STANDIN !== undefined;

/**
 * The text of a body as whoever compares it to an embedded one has to see it: byte for byte. Only the stand-in, unlike
 * MongoDB, keeps the order of fields of the document that it replaces, so there the order of names says nothing.
 */
export function asWritten(json = ''): string {
  return STANDIN === undefined || json === '' ? json : canonicalJson(JSON.parse(json));
}

/** The servers of one cluster, each behind a proxy. */
export interface ClusterServers {
  readonly nats: NatsServer;
  readonly natsProxy: Proxy;
  /** Through the proxy. */
  readonly natsUrl: string;
  readonly mongo: RestartableMongo;
  readonly mongoProxy: Proxy;
  readonly mongodbUrl: string;
  stop(): Promise<void>;
}

/** NATS with durable writes, so that it may be killed, and a MongoDB that keeps what it has over a clean stop. */
export async function startServers(database: string): Promise<ClusterServers> {
  const [nats, mongo] = await Promise.all([startNats({ sync: true }), RestartableMongo.start()]);
  const [natsProxy, mongoProxy] = await Promise.all([startProxy(nats.url), startProxy(mongo.url)]);
  return {
    ...{ nats, natsProxy, mongo, mongoProxy },
    natsUrl: `nats://127.0.0.1:${natsProxy.port}`,
    mongodbUrl: behind(mongo.url, mongoProxy.port),
    stop: async () => {
      await Promise.all([natsProxy.close(), mongoProxy.close()]);
      await Promise.all([nats.stop(), mongo.remove(database)]);
    },
  };
}

/** User, password and options stay; a set of replicas would be found out, and reached past the proxy. */
function behind(url: string, port: number): string {
  const through = new URL(url);
  [through.hostname, through.port] = ['127.0.0.1', String(port)];
  through.searchParams.set('directConnection', 'true');
  return through.href;
}

/** The stand-in on a port and a file that stay; or what the environment names, which is left running. */
export class RestartableMongo {
  readonly url: string;
  private readonly place: { readonly folder: string; readonly port: number } | undefined;
  private running: MongoUnderTest;

  private constructor(running: MongoUnderTest, place: RestartableMongo['place']) {
    [this.running, this.url, this.place] = [running, running.url, place];
  }

  static async start(): Promise<RestartableMongo> {
    if (!MAY_RESTART_MONGO) return new RestartableMongo(await startMongo(), undefined);
    const place = { folder: mkdtempSync(join(tmpdir(), 'masterflag-mongo-')), port: await freePort() };
    return new RestartableMongo(await startStandIn(optionsOf(place)), place);
  }

  /** In order: the stand-in promises nothing about a kill. */
  async stop(): Promise<void> {
    if (this.place !== undefined) await this.running.stop();
  }

  /** On the same port and file. */
  async restart(): Promise<void> {
    if (this.place !== undefined) this.running = await startStandIn(optionsOf(this.place));
  }

  async remove(database: string): Promise<void> {
    if (this.place === undefined) await dropDatabase(this.url, database);
    await this.running.stop();
    if (this.place !== undefined) rmSync(this.place.folder, { recursive: true, force: true });
  }
}

function optionsOf({ folder, port }: { readonly folder: string; readonly port: number }): {
  data: string;
  port: number;
} {
  return { data: join(folder, 'data'), port };
}
