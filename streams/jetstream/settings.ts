import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { MasterflagError } from '../../schemas/errors.ts';
import { findStream, tryAsk, type StreamInfo, type StreamState } from './api.ts';
import type { Connection } from './connection.ts';
import { refusal, type ApiError } from './failures.ts';
import { ROLES, streamName, subjectsOf, type Role } from './names.ts';

export interface StreamsWanted {
  readonly cluster: string;
  readonly kinds: readonly string[];
  readonly replicas: number;
}

export interface Difference {
  readonly setting: string;
  readonly is: unknown;
  readonly shouldBe: unknown;
}

/** A stream as it is beside what it should be. */
export interface StreamReport {
  readonly name: string;
  readonly kind: string;
  readonly role: Role;
  /** Undefined when there is no such stream. */
  readonly state: StreamState | undefined;
  readonly identity: string;
  readonly differences: readonly Difference[];
}

/** Names the stream for as long as it lives: one that is made again gets another. */
const IDENTITY = 'masterflag.log';

type Config = Readonly<Record<string, unknown>>;

/** What the promises of the log rest on; all other settings of a stream are its operator's. */
function wantedConfig({ cluster, replicas }: StreamsWanted, kind: string, role: Role): Config {
  return {
    name: streamName(cluster, kind, role),
    subjects: [subjectsOf(cluster, kind, role)],
    storage: 'file',
    retention: 'limits',
    num_replicas: replicas,
    // A full stream refuses; it does not forget what nobody has applied.
    discard: 'new',
    max_age: 0,
    max_msgs_per_subject: -1,
    max_msg_size: -1,
    allow_direct: true,
    // An append of several bodies happens as a whole.
    allow_atomic: true,
    deny_delete: false,
    deny_purge: false,
    no_ack: false,
    sealed: false,
  };
}

export function identityOf({ config }: StreamInfo): string {
  const { metadata } = config as { readonly metadata?: Readonly<Record<string, string>> };
  return metadata?.[IDENTITY] ?? '';
}

/** Reads only. @throws UnknownOutcome when JetStream does not answer */
export function describe(connection: Connection, wanted: StreamsWanted): Promise<StreamReport[]> {
  const streams = wanted.kinds.flatMap((kind) => ROLES.map((role) => [kind, role] as const));
  return Promise.all(streams.map(([kind, role]) => describeOne(connection, wanted, kind, role)));
}

async function describeOne(
  connection: Connection,
  wanted: StreamsWanted,
  kind: string,
  role: Role,
): Promise<StreamReport> {
  const name = streamName(wanted.cluster, kind, role);
  const info = await findStream(connection, name);
  if (info === undefined) return { name, kind, role, state: undefined, identity: '', differences: [] };
  const identity = identityOf(info);
  const unnamed = identity === '' ? [{ setting: `metadata ${IDENTITY}`, is: '', shouldBe: 'a random name' }] : [];
  const differences = [...differencesOf(info.config, wantedConfig(wanted, kind, role)), ...unnamed];
  return { name, kind, role, state: info.state, identity, differences };
}

/** What is not in the settings has its zero value: NATS leaves many of them out. */
export function differencesOf(config: Config, wanted: Config): Difference[] {
  return Object.entries(wanted)
    .filter(([setting, shouldBe]) => !isDeepStrictEqual(config[setting] ?? (shouldBe === 0 ? 0 : false), shouldBe))
    .map(([setting, shouldBe]) => ({ setting, is: config[setting], shouldBe }));
}

/**
 * Makes the streams that are absent, and refuses those that are set otherwise.
 * @throws MF_STREAM_SETTINGS with every difference
 */
export async function makeAbsent(connection: Connection, wanted: StreamsWanted): Promise<StreamReport[]> {
  const found = await describe(connection, wanted);
  for (const { kind, role } of found.filter(({ state }) => state === undefined)) {
    await create(connection, wanted, kind, role);
  }
  const made = await describe(connection, wanted);
  const wrong = made.flatMap(({ name, differences }) => differences.map((difference) => sentence(name, difference)));
  if (wrong.length > 0) throw new MasterflagError('MF_STREAM_SETTINGS', wrong.join('; '));
  return made;
}

export interface StreamChange {
  readonly name: string;
  readonly did: 'created' | 'updated' | 'nothing';
  /** What was changed. */
  readonly differences: readonly Difference[];
}

/** Makes and changes streams until they are as they should be. @throws MF_STREAM_SETTINGS for what NATS refuses */
export async function apply(connection: Connection, wanted: StreamsWanted): Promise<StreamChange[]> {
  const changes: StreamChange[] = [];
  for (const { name, kind, role, state, differences } of await describe(connection, wanted)) {
    if (state === undefined) await create(connection, wanted, kind, role);
    else if (differences.length > 0) await update(connection, wanted, kind, role);
    changes.push({
      name,
      did: state === undefined ? 'created' : differences.length > 0 ? 'updated' : 'nothing',
      differences,
    });
  }
  return changes;
}

async function create(connection: Connection, wanted: StreamsWanted, kind: string, role: Role): Promise<void> {
  const config = { ...wantedConfig(wanted, kind, role), metadata: { [IDENTITY]: newIdentity() } };
  const name = streamName(wanted.cluster, kind, role);
  const { error } = await tryAsk(connection, `STREAM.CREATE.${name}`, config);
  // Another node may have been quicker.
  if (error !== undefined && (await findStream(connection, name)) === undefined) throw refused(name, error);
}

async function update(connection: Connection, wanted: StreamsWanted, kind: string, role: Role): Promise<void> {
  const name = streamName(wanted.cluster, kind, role);
  const info = await findStream(connection, name);
  if (info === undefined) return;
  const { metadata = {} } = info.config as { readonly metadata?: Readonly<Record<string, string>> };
  const identity = identityOf(info) || newIdentity();
  const config = {
    ...info.config,
    ...wantedConfig(wanted, kind, role),
    metadata: { ...metadata, [IDENTITY]: identity },
  };
  const { error } = await tryAsk(connection, `STREAM.UPDATE.${name}`, config);
  if (error !== undefined) throw refused(name, error);
}

function newIdentity(): string {
  return randomBytes(8).toString('hex');
}

const UNAVAILABLE = 503;

function refused(name: string, error: ApiError): MasterflagError {
  if (error.code === UNAVAILABLE) return refusal(`the settings of stream ${name}`, error);
  return new MasterflagError('MF_STREAM_SETTINGS', `NATS refuses stream ${name}: ${error.description ?? error.code}`);
}

export function sentence(name: string, { setting, is, shouldBe }: Difference): string {
  return `stream ${name}: ${setting} is ${is === undefined ? 'not set' : JSON.stringify(is)} and should be ${JSON.stringify(shouldBe)}`;
}
