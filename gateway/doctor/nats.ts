import { connect, type NatsConnection, type StreamInfo } from 'nats';
import { greetingOf } from './nats-greeting.ts';
import { configOverHttp, configsOverNats } from './nats-config.ts';
import type {
  JetStreamAccount,
  NatsFacts,
  NatsServerFacts,
  ServerConfig,
  StreamFacts,
  SubjectPermissions,
  UserFacts,
} from './nats-facts.ts';
import { natsAddresses, type NatsAddress } from '../../config/nats.ts';
import { LOOK_MS, notLooked, observe, seenOf, type Observation } from './observation.ts';

/** The port that NATS servers are monitored on by custom; asked when none is named. */
const MONITORING_PORT = 8222;

export interface NatsLook {
  readonly natsUrl: string;
  readonly cluster: string;
  /** Addresses of monitoring ports, `http://host:8222`; without any, that port of every server is tried. */
  readonly monitors: readonly string[];
  /** In what the streams differ from what Masterflag makes, a sentence each. */
  readonly streamsAreAsWanted: (() => Promise<readonly string[]>) | undefined;
}

/** A server, and the connection to it if there is one. */
interface Visit {
  readonly facts: NatsServerFacts;
  readonly connection: NatsConnection | undefined;
}

/** Looks at every NATS server by itself, and at JetStream through the first that lets us in. Writes nothing. */
export async function lookAtNats(look: NatsLook): Promise<NatsFacts> {
  const addresses = natsAddresses(look.natsUrl);
  const visits = await Promise.all(addresses.map(visit));
  const connections = visits.flatMap(({ connection }) => connection ?? []);
  try {
    const [first] = connections;
    const [configs, ...jetstream] = await Promise.all([
      lookAtConfigs(look, addresses, visits),
      through(first, accountOf),
      through(first, (connection) => streamsOf(connection, look.cluster)),
      look.streamsAreAsWanted && through(first, look.streamsAreAsWanted),
    ]);
    const [account, streams, differences] = jetstream;
    return { servers: visits.map(({ facts }) => facts), configs, account, streams, differences };
  } finally {
    await Promise.all(connections.map((connection) => observe(() => connection.close())));
  }
}

async function visit(address: NatsAddress): Promise<Visit> {
  const { host, port, tls: asksTls } = address;
  const hasCredentials = address.user !== '' || address.token !== '';
  const greeting = await observe(() => greetingOf(host, port, LOOK_MS - 500));
  const facts = { host, port, asksTls, hasCredentials, greeting };
  // One that wants TLS first says nothing before; with any other that did not greet, the client would wait for ever.
  if ('unseen' in greeting && !(greeting.code === 'SILENT' && asksTls)) {
    const why = notLooked('the server is not there');
    return { facts: { ...facts, login: why, user: why }, connection: undefined };
  }
  const entered = await observe(() => enter(address, 'unseen' in greeting));
  const connection = seenOf(entered);
  if (connection === undefined) {
    const login = 'unseen' in entered ? entered : notLooked('');
    return { facts: { ...facts, login, user: notLooked('the server did not let us in') }, connection };
  }
  const login = await observe(() => roundTrip(connection));
  return { facts: { ...facts, login, user: await observe(() => userOf(connection)) }, connection };
}

/** @param handshakeFirst whether TLS comes before the greeting */
async function enter(address: NatsAddress, handshakeFirst: boolean): Promise<NatsConnection> {
  const { host, port, tls, user, password, token } = address;
  const credentials = token !== '' ? { token } : user !== '' ? { user, pass: password } : {};
  const servers = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return connect({
    servers,
    name: 'masterflag doctor',
    reconnect: false,
    ignoreClusterUpdates: true,
    timeout: LOOK_MS - 500,
    ...credentials,
    ...(tls ? { tls: { handshakeFirst } } : {}),
  });
}

/** The best of three: what is wanted is the line, not the moment. */
async function roundTrip(connection: NatsConnection): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 3; n++) {
    const sent = performance.now();
    await connection.flush();
    times.push(performance.now() - sent);
  }
  return Math.min(...times);
}

interface UserInfo {
  readonly server: { readonly time: string };
  readonly data: {
    readonly user?: string;
    readonly account?: string;
    readonly permissions?: { readonly publish?: SubjectPermissions; readonly subscribe?: SubjectPermissions };
  };
}

async function userOf(connection: NatsConnection): Promise<UserFacts> {
  const sent = Date.now();
  const answer = await connection.request('$SYS.REQ.USER.INFO', '', { timeout: LOOK_MS - 500 });
  const received = Date.now();
  const { server, data } = answer.json<UserInfo>();
  const within = (received - sent) / 2;
  return {
    user: data.user ?? '',
    account: data.account ?? '',
    publish: data.permissions?.publish ?? {},
    subscribe: data.permissions?.subscribe ?? {},
    skew: { ms: Date.parse(server.time) - (sent + received) / 2, within },
  };
}

async function lookAtConfigs(
  { monitors }: NatsLook,
  addresses: readonly NatsAddress[],
  visits: readonly Visit[],
): Promise<ServerConfig[]> {
  const ports =
    monitors.length > 0
      ? monitors
      : addresses.map(({ host }) => `http://${host.includes(':') ? `[${host}]` : host}:${MONITORING_PORT}`);
  const first = visits.find(({ connection }) => connection !== undefined)?.connection;
  const looks = await Promise.all([
    through(first, configsOverNats),
    ...[...new Set(ports)].map((port) => observe(async () => [await configOverHttp(port, LOOK_MS - 500)])),
  ]);
  const byServer = new Map(looks.flatMap((seen) => seenOf(seen) ?? []).map((config) => [config.serverId, config]));
  return [...byServer.values()].filter((config) => isOurs(config, visits));
}

/** A monitoring port may be that of any server: only what is one of these, or of their cluster, says something of them. */
function isOurs({ serverId, cluster }: ServerConfig, visits: readonly Visit[]): boolean {
  const greetings = visits.flatMap(({ facts }) => seenOf(facts.greeting) ?? []);
  return greetings.some((one) => one.serverId === serverId || (cluster !== '' && one.cluster === cluster));
}

async function accountOf(connection: NatsConnection): Promise<JetStreamAccount> {
  const manager = await connection.jetstreamManager({ checkAPI: false, timeout: LOOK_MS - 500 });
  const { limits, storage, streams } = await manager.getAccountInfo();
  return { mostBytes: limits.max_storage, usedBytes: storage, mostStreams: limits.max_streams, streams };
}

async function streamsOf(connection: NatsConnection, cluster: string): Promise<StreamFacts[]> {
  const manager = await connection.jetstreamManager({ checkAPI: false, timeout: LOOK_MS - 500 });
  const streams: StreamFacts[] = [];
  for await (const info of manager.streams.list()) {
    if (info.config.name.startsWith(`${cluster}-`)) streams.push(streamFacts(info));
  }
  return streams;
}

function streamFacts({ config, cluster }: StreamInfo): StreamFacts {
  return {
    name: config.name,
    storage: config.storage,
    replicas: config.num_replicas,
    discard: config.discard,
    maxAge: config.max_age,
    late: (cluster?.replicas ?? []).filter(({ current, offline }) => !current || offline).map(({ name }) => name),
  };
}

async function through<T>(
  connection: NatsConnection | undefined,
  look: (connection: NatsConnection) => Promise<T>,
): Promise<Observation<T>> {
  return connection === undefined ? notLooked('no NATS server lets us in') : observe(() => look(connection));
}
