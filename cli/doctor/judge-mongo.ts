import type { Hello, MongoFacts, ReplicaSet } from '../../gateway/doctor/mongo-facts.ts';
import { seenOf, type Unseen } from '../../gateway/doctor/observation.ts';
import type { Settings } from '../../schemas/settings.ts';
import { Judge, type Finding } from './finding.ts';
import { isLoopback, judgeClock, judgeRoundTrip, judgeSpace } from './limits.ts';
import { judgeMongoUser } from './judge-mongo-user.ts';
import { absenceText } from './judge-nats.ts';
import { PRODUCTS, productOf } from './mongo-product.ts';

/** Older ones get no more corrections from their makers. */
const OLDEST_KEPT = 7;
/** The driver speaks to none that is older. */
const OLDEST_SPOKEN = 4.2;

export function judgeMongo(facts: MongoFacts, settings: Settings): Finding[] {
  const servers = facts.addresses.flatMap((address) => judgeAddress(address));
  const judge = new Judge('MongoDB');
  if ('unseen' in facts.login) judgeRefusal(judge, facts, facts.login);
  else {
    judgeProduct(judge, facts);
    judgeTopology(judge, facts);
    judgeDurability(judge, facts);
    judgeSecurity(judge, facts);
    judgeMongoUser(judge, facts, settings);
    judgeLine(judge, facts, facts.login.seen, settings);
    judgeDifferences(judge, facts);
  }
  return [...servers, ...judge.all];
}

function judgeAddress({ host, port, reached }: MongoFacts['addresses'][number]): readonly Finding[] {
  const judge = new Judge(`MongoDB ${host}:${port}`);
  if ('seen' in reached) judge.ok('mongodb.present', 'takes connections');
  else {
    const { code, unseen } = reached;
    const change =
      code === 'ECONNREFUSED'
        ? `Start mongod there (\`systemctl start mongod\`; \`net.bindIp\` has to name an address that is reached from here), or correct MONGODB_URL`
        : `Correct the name in MONGODB_URL, or look whether a firewall drops TCP: \`nc -vz ${host} ${port}\``;
    judge.failed('mongodb.present', `${absenceText(code)} (${code}${code === unseen ? '' : `: ${unseen}`})`, change);
  }
  return judge.all;
}

/** https://www.mongodb.com/docs/manual/reference/error-codes/ : AuthenticationFailed, Unauthorized. */
const REFUSALS = ['18', '13'];

function judgeRefusal(judge: Judge, { addresses, hasCredentials }: MongoFacts, { code, unseen }: Unseen): void {
  if (REFUSALS.includes(code) || /auth/i.test(unseen)) {
    const found = hasCredentials
      ? 'refuses the user and password of MONGODB_URL'
      : 'wants credentials, and MONGODB_URL has none';
    const change =
      'Put them into MONGODB_URL: mongodb://USER:PASSWORD@HOST/?authSource=admin (special characters as %XX); authSource names the database that the user was made in';
    judge.failed('mongodb.login', found, change);
  } else if (addresses.length === 0 || addresses.some(({ reached }) => 'seen' in reached)) {
    const change =
      'For a replica set, `rs.status()` in mongosh says whether it has a primary, and the names in it have to be reached from here. Where only TLS is spoken, add tls=true to MONGODB_URL';
    judge.failed('mongodb.login', `takes the connection, and answers no command: ${unseen} (${code})`, change);
  }
}

function judgeProduct(judge: Judge, facts: MongoFacts): void {
  const product = productOf(facts);
  const version = seenOf(facts.build)?.version ?? '';
  switch (product) {
    case 'mongodb':
      judgeVersion(judge, version);
      return;
    case 'java':
      judge.failed(
        'mongodb.product',
        `this is ${PRODUCTS[product]} (it says MongoDB ${version}): it promises nothing of what it acknowledges`,
        'Use it in tests only. For data, name a MongoDB 8 in MONGODB_URL',
      );
      return;
    case 'cosmos':
    case 'documentdb':
    case 'ferretdb':
    case 'unknown':
      judge.warning(
        'mongodb.product',
        `this is ${PRODUCTS[product]}${version === '' ? '' : ` (it says ${version})`}: Masterflag is not tested with it, and what its majority and journal mean is for its maker to say`,
        'Name a MongoDB 8 in MONGODB_URL, or make sure that it keeps conditional replacements of one document atomic, and majority writes through the loss of a server',
      );
  }
}

function judgeVersion(judge: Judge, version: string): void {
  const number = Number(version.split('.').slice(0, 2).join('.'));
  if (number < OLDEST_SPOKEN)
    judge.failed('mongodb.product', `MongoDB ${version}: too old for the driver`, 'Install MongoDB 8');
  else if (number < OLDEST_KEPT) {
    const change = 'Bring it to MongoDB 8, one major version after another (`setFeatureCompatibilityVersion`)';
    judge.warning('mongodb.product', `MongoDB ${version}: its maker corrects it no more`, change);
  } else judge.ok('mongodb.product', `MongoDB ${version}`);
}

function judgeTopology(judge: Judge, facts: MongoFacts): void {
  const hello = seenOf(facts.hello);
  if (hello === undefined) return;
  if (!hello.writable) {
    const change =
      'Look with `rs.status()` in mongosh why no primary is elected; more than half of the voting members have to be up';
    judge.failed('mongodb.primary', 'the server that answers takes no writes: there is no primary', change);
  }
  if (hello.sharded)
    judge.ok('mongodb.topology', 'sharded cluster, through mongos; the members of its shards cannot be seen from here');
  else if (hello.setName !== '') judgeMembers(judge, hello, facts);
  else if (productOf(facts) === 'mongodb') {
    const change =
      'For more, make it a replica set of three servers: `replication.replSetName` in mongod.conf, then `rs.initiate()` and `rs.add()`';
    judge.warning(
      'mongodb.topology',
      'one server alone: without it everything stops, and its disk is the only copy',
      change,
    );
  }
}

function judgeMembers(judge: Judge, { setName, hosts }: Hello, { replicaSet }: MongoFacts): void {
  if ('unseen' in replicaSet) {
    const found = `replica set ${setName} of ${hosts.join(', ')}; whether a majority is up cannot be seen (${replicaSet.code})`;
    judge.warning(
      'mongodb.topology',
      found,
      "Grant it in mongosh: db.getSiblingDB('admin').grantRolesToUser('USER', ['clusterMonitor'])",
    );
    return;
  }
  const { members, majority, voters } = replicaSet.seen;
  const up = upOf(replicaSet.seen);
  const found = `replica set ${setName}: ${up} of ${voters} members with data and a vote are up, a majority is ${majority}`;
  const down = members
    .filter(({ healthy, state }) => !healthy || !UP.includes(state))
    .map(({ name, state }) => `${name} (${state})`);
  const bringBack = `Bring back ${down.join(', ')}`;
  if (up < majority) judge.failed('mongodb.topology', `${found}: no write can be acknowledged`, bringBack);
  else if (down.length > 0) judge.warning('mongodb.topology', found, bringBack);
  else if (voters < 3)
    judge.warning(
      'mongodb.topology',
      found,
      'Use three members with data: `rs.add("HOST:27017")` in mongosh; an arbiter holds none',
    );
  else judge.ok('mongodb.topology', found);
}

/** An arbiter is up as well, and acknowledges nothing. */
const UP: readonly string[] = ['PRIMARY', 'SECONDARY', 'ARBITER'];

/** Members that can acknowledge a write. */
export function upOf({ members }: ReplicaSet): number {
  return members.filter(({ healthy, state }) => healthy && (state === 'PRIMARY' || state === 'SECONDARY')).length;
}

function judgeDurability(judge: Judge, facts: MongoFacts): void {
  const [status, journalOff] = [seenOf(facts.status), seenOf(facts.journalOff)];
  if (productOf(facts) === 'java') return;
  if (status?.persistent === false || /^(inMemory|ephemeralForTest|devnull)$/.test(status?.engine ?? '')) {
    const change = 'Set in mongod.conf: storage.engine: wiredTiger, with an empty dbPath, and restore a backup';
    judge.failed('mongodb.durability', `storage engine ${String(status?.engine)}: nothing is on a disk`, change);
  } else if (journalOff === true) {
    const change = 'Remove storage.journal.enabled: false (or --nojournal) and restart mongod';
    judge.failed('mongodb.durability', 'the journal is off: a write is acknowledged before it is on the disk', change);
  } else if (status === undefined || status.engine === '') {
    judge.warning(
      'mongodb.durability',
      'the storage engine cannot be seen; Masterflag asks for journaled majority writes, which WiredTiger keeps',
      "Grant it in mongosh: db.getSiblingDB('admin').grantRolesToUser('USER', ['clusterMonitor']); or see db.serverStatus().storageEngine",
    );
  } else judge.ok('mongodb.durability', `storage engine ${status.engine}; writes are acknowledged once journaled`);
}

function judgeSecurity(judge: Judge, { addresses, asksTls }: MongoFacts): void {
  if (asksTls) judge.ok('mongodb.tls', 'encrypted');
  else if (addresses.every(({ host }) => isLoopback(host)))
    judge.ok('mongodb.tls', 'not encrypted, and on this machine only');
  else {
    const change =
      'Set net.tls.mode: requireTLS and net.tls.certificateKeyFile in mongod.conf, and add tls=true to MONGODB_URL; not needed where the network encrypts (a VPN, a service mesh)';
    judge.warning('mongodb.tls', 'not encrypted: passwords and orders can be read on the way', change);
  }
}

function judgeLine(judge: Judge, facts: MongoFacts, roundTripMs: number, { heartbeatSeconds }: Settings): void {
  judgeRoundTrip(judge, 'mongodb.roundTrip', roundTripMs, heartbeatSeconds);
  const skew = seenOf(facts.hello)?.skew;
  if (skew !== undefined) judgeClock(judge, 'mongodb.clock', skew);
  else
    judge.warning(
      'mongodb.clock',
      'the server does not tell its time',
      'Look at its clock yourself: `timedatectl status` there',
    );
  const disk = seenOf(facts.disk);
  if (disk !== undefined) {
    const space = { totalBytes: disk.totalBytes, freeBytes: disk.totalBytes - disk.usedBytes };
    judgeSpace(judge, 'mongodb.disk', space, 'Make room on the disk of the database, or give it a larger one');
  } else judge.warning('mongodb.disk', 'the room on its disk cannot be seen', 'Watch it there: `df -h` on its dbPath');
}

function judgeDifferences(judge: Judge, { differences }: MongoFacts): void {
  if (differences === undefined) return;
  if ('unseen' in differences) {
    const found = `the indexes could not be compared: ${differences.unseen} (${differences.code})`;
    judge.warning('mongodb.indexes', found, 'Run `masterflag doctor` again');
  } else if (differences.seen.length === 0) judge.ok('mongodb.indexes', 'the indexes are as Masterflag makes them');
  for (const difference of seenOf(differences) ?? [])
    judge.failed('mongodb.indexes', difference, 'Run `masterflag setup`');
}
