import { describe, expect, test } from '@jest/globals';
import { judgeMongo } from '../../../cli/doctor/judge-mongo.ts';
import { judgeNats } from '../../../cli/doctor/judge-nats.ts';
import { promisesOfCluster } from '../../../cli/doctor/promises.ts';
import { isAllowed } from '../../../cli/doctor/subjects.ts';
import type { MongoFacts } from '../../../gateway/doctor/mongo-facts.ts';
import type { NatsFacts } from '../../../gateway/doctor/nats-facts.ts';
import { complaints, config, mongo, nats, natsServer, REFUSED, settings, streams } from './doctor-facts.ts';

const OFF = (seconds: number): NatsFacts['servers'][number]['user'] => ({
  seen: { user: 'u', account: 'A', publish: {}, subscribe: {}, skew: { ms: seconds * 1000, within: 1 } },
});
const first = (change: object): NatsFacts =>
  nats({ servers: [{ ...natsServer('A'), ...change }, natsServer('B'), natsServer('C')] });
const greeted = (change: Parameters<typeof natsServer>[1]): NatsFacts =>
  nats({ servers: [natsServer('A', change), natsServer('B'), natsServer('C')] });
const alone = (change: Partial<NatsFacts> = {}): NatsFacts =>
  nats({
    ...{ servers: [natsServer('A', { cluster: '' })], configs: [config('A', { clusterSize: 1 })] },
    ...{ streams: { seen: streams({ replicas: 1 }) }, ...change },
  });
const one = { MASTERFLAG_REPLICAS: '1' };
const late = (id: string): ReturnType<typeof config> => config(id, { syncAlways: false });

const NATS_CASES: readonly (readonly [string, NatsFacts, Record<string, string>, string[]])[] = [
  ['three servers in order', nats(), {}, []],
  ['one server in order', alone(), one, []],
  ['one server absent', first({ greeting: REFUSED, login: REFUSED, user: REFUSED }), {}, ['nats.present failed']],
  ['an old server', greeted({ version: '2.11.9' }), {}, ['nats.version failed']],
  ['a server of the next major version', greeted({ version: '3.0.0' }), {}, []],
  ['JetStream off', greeted({ jetstream: false }), {}, ['nats.jetstream failed']],
  ['small messages', greeted({ maxPayload: 500_000 }), {}, ['nats.payload failed']],
  ['messages as they come', greeted({ maxPayload: 1 << 20 }), {}, ['nats.payload warning']],
  ['no authentication', greeted({ authRequired: false }), {}, ['nats.authentication warning']],
  ['no TLS', greeted({ tls: 'none' }), {}, ['nats.tls warning']],
  ['no TLS on loopback', first({ ...natsServer('A', { tls: 'none' }), host: '127.0.0.1' }), {}, []],
  [
    'a wrong password',
    first({ login: { unseen: 'x', code: 'AUTHORIZATION_VIOLATION' }, user: REFUSED }),
    {},
    ['nats.login failed'],
  ],
  ['a clock 5 s off', first({ user: OFF(5) }), {}, ['nats.clock warning']],
  ['a clock two minutes off', first({ user: OFF(-120) }), {}, ['nats.clock failed']],
  ['a slow line', first({ login: { seen: 300 } }), {}, ['nats.roundTrip warning']],
  [
    'a slow line and a heartbeat that is long enough',
    first({ login: { seen: 300 } }),
    { MASTERFLAG_HEARTBEAT_SECONDS: '15' },
    [],
  ],
  ['no answer about the user', first({ user: REFUSED }), {}, ['nats.permissions warning']],
  ['an account without JetStream', nats({ account: { unseen: 'x', code: '503' } }), {}, ['jetstream.account failed']],
  [
    'an account with few streams',
    nats({ account: { seen: { mostBytes: -1, usedBytes: 0, mostStreams: 5, streams: 5 } } }),
    {},
    ['jetstream.limits failed'],
  ],
  [
    'an account that is nearly full',
    nats({ account: { seen: { mostBytes: 100 * 2 ** 30, usedBytes: 99.9 * 2 ** 30, mostStreams: -1, streams: 15 } } }),
    {},
    ['jetstream.limits failed'],
  ],
  ['no streams yet', nats({ streams: { seen: [] } }), {}, ['jetstream.streams warning']],
  ['one stream missing', nats({ streams: { seen: streams().slice(1) } }), {}, ['jetstream.streams failed']],
  [
    'a copy that is behind',
    nats({ streams: { seen: [...streams().slice(1), ...streams({ late: ['nats-C'] }).slice(0, 1)] } }),
    {},
    ['jetstream.copies warning'],
  ],
  [
    'a stream in memory',
    nats({ streams: { seen: [...streams().slice(1), ...streams({ storage: 'memory' }).slice(0, 1)] } }),
    {},
    ['jetstream.storage failed'],
  ],
  [
    'a stream that forgets',
    nats({ streams: { seen: [...streams().slice(1), ...streams({ maxAge: 1 }).slice(0, 1)] } }),
    {},
    ['jetstream.retention failed'],
  ],
  ['other settings of streams', nats({ differences: { seen: ['x'] } }), {}, ['jetstream.settings failed']],
  ['more copies than servers', alone(), {}, ['jetstream.replicas failed']],
  ['fewer copies than set', nats({ streams: { seen: streams({ replicas: 1 }) } }), {}, ['jetstream.replicas failed']],
  [
    'one copy on three servers',
    nats({ streams: { seen: streams({ replicas: 1 }) } }),
    one,
    ['jetstream.replicas warning'],
  ],
  [
    'one copy, written later',
    alone({ configs: [config('A', { syncAlways: false, clusterSize: 1 })] }),
    one,
    ['jetstream.sync failed'],
  ],
  ['one copy, unseen', alone({ configs: [] }), one, ['jetstream.sync warning']],
  [
    'three copies, one written later',
    nats({ configs: [config('A'), late('B'), config('C')] }),
    {},
    ['jetstream.sync warning'],
  ],
  ['three copies, one server unseen', nats({ configs: [config('A'), config('B')] }), {}, ['jetstream.sync warning']],
  [
    'little room',
    nats({ configs: [config('A', { usedBytes: 97 * 2 ** 30 }), config('B'), config('C')] }),
    {},
    ['jetstream.disk warning'],
  ],
];

describe('the judgement on NATS', () => {
  test.each(NATS_CASES)('%s', (_, facts, environment, expected) => {
    expect(complaints(judgeNats(facts, settings(environment)))).toEqual(expected);
  });
});

describe('permissions on subjects', () => {
  test.each([
    [{}, 'a.>', true],
    [{ allow: ['>'] }, 'a.>', true],
    [{ allow: ['a.>'] }, 'a.b.>', true],
    [{ allow: ['a.*'] }, 'a.>', false],
    [{ allow: ['a.b.>'] }, 'a.>', false],
    [{ allow: ['a.*'] }, 'a.b', true],
    [{ allow: ['a'] }, 'a.b', false],
    [{ deny: ['a.events.>'] }, 'a.>', false],
    [{ deny: ['a.events.>'] }, 'a.wake.>', true],
    [{ allow: ['>'], deny: ['*.wake.*'] }, 'a.wake.>', false],
  ])('%j on %s: %s', (permissions, subject, expected) => {
    expect(isAllowed(permissions, subject)).toBe(expected);
  });
});

const hello = (change: object): Partial<MongoFacts> => {
  const { hello: seen } = mongo();
  return { hello: { seen: { ...('seen' in seen ? seen.seen : ({} as never)), ...change } } };
};
const set = (...states: string[]): Partial<MongoFacts> => {
  const members = states.map((state, n) => ({ name: `db-${n}`, state, healthy: state !== '(not reachable/healthy)' }));
  const voters = states.filter((state) => state !== 'ARBITER').length;
  return { replicaSet: { seen: { members, majority: Math.floor(states.length / 2) + 1, voters } } };
};
const DOWN = '(not reachable/healthy)';
const host = (name: string): Partial<MongoFacts> => ({
  addresses: [{ host: name, port: 27017, reached: { seen: 1 } }],
});

const MONGO_CASES: readonly (readonly [string, Partial<MongoFacts>, string[]])[] = [
  ['a replica set in order', {}, []],
  [
    'absent',
    { ...host('x'), addresses: [{ host: 'x', port: 1, reached: REFUSED }], login: REFUSED },
    ['mongodb.present failed'],
  ],
  ['a wrong password', { login: { unseen: 'Authentication failed.', code: '18' } }, ['mongodb.login failed']],
  [
    'credentials that are missing',
    {
      hasCredentials: false,
      user: { seen: { users: [], privileges: [] } },
      status: { unseen: 'requires authentication', code: '13' },
      replicaSet: { unseen: 'requires authentication', code: '13' },
      disk: { unseen: 'requires authentication', code: '13' },
    },
    ['mongodb.topology warning', 'mongodb.durability warning', 'mongodb.login failed', 'mongodb.disk warning'],
  ],
  ['no answer', { login: { unseen: 'timed out', code: 'TIMEOUT' } }, ['mongodb.login failed']],
  ['version 5', { build: { seen: { version: '5.0.1', revision: 'a', ferretdb: false } } }, ['mongodb.product warning']],
  [
    'version 4.0',
    { build: { seen: { version: '4.0.1', revision: 'a', ferretdb: false } } },
    ['mongodb.product failed'],
  ],
  ['FerretDB', { build: { seen: { version: '7.0.77', revision: 'a', ferretdb: true } } }, ['mongodb.product warning']],
  ['Cosmos DB', host('a.mongo.cosmos.azure.com'), ['mongodb.product warning']],
  ['DocumentDB', host('a.cluster-b.eu-central-1.docdb.amazonaws.com'), ['mongodb.product warning']],
  [
    'a look-alike without a revision',
    { build: { seen: { version: '7.0.0', revision: '', ferretdb: false } } },
    ['mongodb.product warning'],
  ],
  [
    'the stand-in',
    { status: { seen: { program: 'java', engine: '', persistent: undefined } } },
    ['mongodb.product failed'],
  ],
  ['one server', hello({ setName: '' }), ['mongodb.topology warning']],
  ['a sharded cluster', hello({ setName: '', sharded: true }), []],
  ['no primary', hello({ writable: false }), ['mongodb.primary failed']],
  ['one member down', set('PRIMARY', 'SECONDARY', DOWN), ['mongodb.topology warning']],
  ['a majority down', set('SECONDARY', DOWN, DOWN), ['mongodb.topology failed']],
  ['an arbiter', set('PRIMARY', 'SECONDARY', 'ARBITER'), ['mongodb.topology warning']],
  ['members that cannot be seen', { replicaSet: { unseen: 'x', code: '13' } }, ['mongodb.topology warning']],
  [
    'an engine in memory',
    { status: { seen: { program: 'mongod', engine: 'inMemory', persistent: false } } },
    ['mongodb.durability failed'],
  ],
  ['no journal', { journalOff: { seen: true } }, ['mongodb.durability failed']],
  ['no TLS', { asksTls: false }, ['mongodb.tls warning']],
  [
    'no authentication',
    { hasCredentials: false, user: { seen: { users: [], privileges: [] } } },
    ['mongodb.authentication warning'],
  ],
  [
    'a user that only reads',
    {
      user: {
        seen: { users: ['r'], privileges: [{ database: 'masterflag', collection: '', any: false, actions: ['find'] }] },
      },
    },
    ['mongodb.permissions failed'],
  ],
  [
    'a user of another database',
    {
      user: {
        seen: { users: ['r'], privileges: [{ database: 'other', collection: '', any: false, actions: ['anyAction'] }] },
      },
    },
    ['mongodb.permissions failed'],
  ],
  [
    'a user of everything',
    {
      user: {
        seen: { users: ['r'], privileges: [{ database: '', collection: '', any: true, actions: ['anyAction'] }] },
      },
    },
    [],
  ],
  [
    'a trial that failed',
    { user: { seen: { users: ['r'], privileges: undefined } }, trial: { unseen: 'not authorized', code: '13' } },
    ['mongodb.permissions failed'],
  ],
  ['a clock 5 s off', hello({ skew: { ms: 5000, within: 1 } }), ['mongodb.clock warning']],
  ['a clock not told', hello({ skew: undefined }), ['mongodb.clock warning']],
  ['a slow line', { login: { seen: 500 } }, ['mongodb.roundTrip warning']],
  [
    'a full disk',
    { disk: { seen: { totalBytes: 100 * 2 ** 30, usedBytes: 99.8 * 2 ** 30 } } },
    ['mongodb.disk failed'],
  ],
  ['other indexes', { differences: { seen: ['x'] } }, ['mongodb.indexes failed']],
];

describe('the judgement on MongoDB', () => {
  test.each(MONGO_CASES)('%s', (_, change, expected) => {
    expect(complaints(judgeMongo(mongo(change), settings()))).toEqual(expected);
  });
});

describe('what the servers promise: power cut, server, disk', () => {
  test.each<[string, NatsFacts, Partial<MongoFacts>, Record<string, string>, string[]]>([
    ['three of each, written at once', nats(), {}, {}, ['yes', 'yes', 'yes']],
    ['three of each, written later', nats({ configs: ['A', 'B', 'C'].map(late) }), {}, {}, ['partly', 'yes', 'yes']],
    ['three of each, unseen', nats({ configs: [] }), {}, {}, ['partly', 'yes', 'yes']],
    ['one NATS, written at once', alone(), {}, one, ['yes', 'no', 'no']],
    [
      'one NATS, written later',
      alone({ configs: [config('A', { syncAlways: false, clusterSize: 1 })] }),
      {},
      one,
      ['no', 'no', 'no'],
    ],
    ['one NATS, unseen', alone({ configs: [] }), {}, one, ['unknown', 'no', 'no']],
    ['a stream in memory', nats({ streams: { seen: streams({ storage: 'memory' }) } }), {}, {}, ['no', 'yes', 'yes']],
    ['one MongoDB', nats(), hello({ setName: '' }), {}, ['yes', 'no', 'no']],
    ['a MongoDB without a spare member', nats(), set('PRIMARY', 'SECONDARY', DOWN), {}, ['yes', 'no', 'no']],
    [
      'a MongoDB in memory',
      nats(),
      { status: { seen: { program: 'mongod', engine: 'inMemory', persistent: false } } },
      {},
      ['no', 'yes', 'yes'],
    ],
    [
      'the stand-in',
      nats(),
      { status: { seen: { program: 'java', engine: '', persistent: undefined } } },
      {},
      ['no', 'no', 'no'],
    ],
    ['a look-alike', nats(), host('a.mongo.cosmos.azure.com'), {}, ['unknown', 'unknown', 'unknown']],
    [
      'nobody there',
      nats({ servers: [], configs: [], streams: REFUSED }),
      { login: REFUSED },
      {},
      ['unknown', 'unknown', 'unknown'],
    ],
  ])('%s', (_, natsFacts, mongoChange, environment, expected) => {
    const promises = promisesOfCluster(natsFacts, mongo(mongoChange), settings(environment));
    expect(promises.map(({ answer }) => answer)).toEqual(expected);
  });
});
