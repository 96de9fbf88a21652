import type { Greeting, NatsFacts, NatsServerFacts, UserFacts } from '../../gateway/doctor/nats-facts.ts';
import { seenOf, type Unseen } from '../../gateway/doctor/observation.ts';
import type { Settings } from '../../schemas/settings.ts';
import { Judge, type Finding } from './finding.ts';
import { bytesText, isLoopback, judgeClock, judgeRoundTrip } from './limits.ts';
import { judgeJetStream } from './judge-jetstream.ts';
import { families, isAllowed } from './subjects.ts';

/** The first server that appends several messages as one (`allow_atomic`). */
const OLDEST_VERSION = [2, 12] as const;

/** A record has up to 512 KiB of text; as JSON, and with what stands around it, it is seldom more than this. */
const LEAST_PAYLOAD = 2 ** 20;
/** ... and never more than this: six characters for each that JSON has to escape. */
const ENOUGH_PAYLOAD = 4 * 2 ** 20;

export function judgeNats(facts: NatsFacts, settings: Settings): Finding[] {
  const servers = facts.servers.flatMap((server) => judgeServer(server, settings));
  return [...servers, ...judgeJetStream(facts, settings)];
}

function judgeServer(server: NatsServerFacts, settings: Settings): readonly Finding[] {
  const judge = new Judge(`NATS ${server.host}:${server.port}`);
  const greeting = seenOf(server.greeting);
  if ('unseen' in server.greeting) judgeAbsence(judge, server, server.greeting);
  if (greeting !== undefined) judgeGreeting(judge, server, greeting);
  if ('seen' in server.login) judgeRoundTrip(judge, 'nats.roundTrip', server.login.seen, settings.heartbeatSeconds);
  else if (greeting !== undefined) judgeRefusal(judge, server, server.login);
  if ('seen' in server.user) judgeUser(judge, server.user.seen, settings.cluster);
  else if ('seen' in server.login) judgeUnknownUser(judge, server.user, settings.cluster);
  return judge.all;
}

function judgeAbsence(judge: Judge, { host, port, login }: NatsServerFacts, { code, unseen }: Unseen): void {
  const there = `${host}:${port}`;
  if (code === 'SILENT' && 'seen' in login) {
    judge.ok('nats.present', 'answers over TLS only');
    return;
  }
  judge.failed(
    'nats.present',
    `${absenceText(code)} (${code}${code === unseen ? '' : `: ${unseen}`})`,
    mend(code, there),
  );
}

export function absenceText(code: string): string {
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'the machine is there, and nothing listens on the port',
    ENOTFOUND: 'there is no such name',
    EAI_AGAIN: 'the name cannot be looked up at present',
    ETIMEDOUT: 'no answer',
    TIMEOUT: 'no answer',
    EHOSTUNREACH: 'no way leads to the machine',
    ENETUNREACH: 'no way leads to the network',
    NOT_NATS: 'something else than NATS answers',
    SILENT: 'it takes the connection and says nothing',
  };
  return known[code] ?? 'not reached';
}

function mend(code: string, there: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return `Start nats-server there (\`systemctl start nats-server\`), or name the right port in NATS_URL instead of ${there}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Correct the name in NATS_URL, or the name service: \`getent hosts ${there.replace(/:\d+$/, '')}\``;
    case 'SILENT':
      return 'If it wants TLS first, write tls:// instead of nats:// in NATS_URL; else look at its log';
    case 'NOT_NATS':
      return 'Name the client port of nats-server in NATS_URL (4222 by default; 8222 is its monitoring port)';
    default:
      return `Look whether the machine runs and a firewall drops TCP to ${there}: \`nc -vz ${there.replace(/:(\d+)$/, ' $1')}\``;
  }
}

function judgeGreeting(judge: Judge, server: NatsServerFacts, greeting: Greeting): void {
  const { version, jetstream, maxPayload, authRequired } = greeting;
  if (isOld(version)) {
    const found = `nats-server ${version}: too old, it cannot append a batch as one`;
    judge.failed(
      'nats.version',
      found,
      `Install nats-server ${OLDEST_VERSION.join('.')} or newer, one server after another`,
    );
  } else judge.ok('nats.version', `nats-server ${version}`);
  if (jetstream) judge.ok('nats.jetstream', 'JetStream is on');
  else {
    const change = 'Add to nats.conf: jetstream { store_dir: "/var/lib/nats", sync_interval: always }, and restart it';
    judge.failed('nats.jetstream', 'JetStream is off: there is no log', change);
  }
  judgePayload(judge, maxPayload);
  if (authRequired) judge.ok('nats.authentication', 'wants credentials');
  else {
    const change =
      'Add to nats.conf: authorization { user: masterflag, password: $NATS_PASSWORD }, and put them into NATS_URL: nats://masterflag:PASSWORD@HOST:4222';
    judge.warning('nats.authentication', 'no authentication: whoever reaches the port reads and writes orders', change);
  }
  judgeTls(judge, server, greeting);
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [oldestMajor, oldestMinor] = OLDEST_VERSION;
  return !(major > oldestMajor || (major === oldestMajor && minor >= oldestMinor));
}

function judgePayload(judge: Judge, maxPayload: number): void {
  const found = `messages of up to ${bytesText(maxPayload)}`;
  const change = 'Set in nats.conf: max_payload: 8MB, then `nats-server --signal reload`';
  if (maxPayload < LEAST_PAYLOAD) judge.failed('nats.payload', `${found}: records of 512 KiB do not fit`, change);
  else if (maxPayload < ENOUGH_PAYLOAD) {
    judge.warning('nats.payload', `${found}: a record of 512 KiB that JSON escapes a lot may not fit`, change);
  } else judge.ok('nats.payload', found);
}

function judgeTls(judge: Judge, { host, asksTls }: NatsServerFacts, { tls }: Greeting): void {
  if (asksTls || tls !== 'none') judge.ok('nats.tls', 'encrypted');
  else if (isLoopback(host)) judge.ok('nats.tls', 'not encrypted, and on this machine only');
  else {
    const change =
      'Add to nats.conf: tls { cert_file: "/etc/nats/server.pem", key_file: "/etc/nats/server.key" }, and write tls:// in NATS_URL; not needed where the network encrypts (a VPN, a service mesh)';
    judge.warning('nats.tls', 'not encrypted: passwords and orders can be read on the way', change);
  }
}

function judgeRefusal(judge: Judge, server: NatsServerFacts, { code, unseen }: Unseen): void {
  if (code === 'AUTHORIZATION_VIOLATION' || code === 'AUTHENTICATION_EXPIRED') {
    const found = server.hasCredentials
      ? 'refuses the user and password of NATS_URL'
      : 'wants credentials, and NATS_URL has none for it';
    const change =
      'Put the user and password of nats.conf into NATS_URL: nats://USER:PASSWORD@HOST:4222 (special characters as %XX)';
    judge.failed('nats.login', found, change);
    return;
  }
  const change =
    'Look at the log of nats-server at this moment; where it is about certificates, name its authority in NODE_EXTRA_CA_CERTS';
  judge.failed('nats.login', `no session: ${unseen} (${code})`, change);
}

function judgeUser(judge: Judge, user: UserFacts, cluster: string): void {
  judgeClock(judge, 'nats.clock', user.skew);
  const refused = families(cluster).filter(({ subject, use }) => !isAllowed(user[use], subject));
  if (refused.length === 0) {
    const who = user.user === '' ? '' : `user ${user.user} of `;
    judge.ok('nats.permissions', `${who}account ${user.account} may publish and subscribe what a node has to`);
    return;
  }
  const names = refused.map(({ use, subject, purpose }) => `${use} ${subject} (${purpose})`);
  const lists = (['publish', 'subscribe'] as const).map((use) => `${use}: [${subjectsOf(cluster, use)}]`);
  judge.failed(
    'nats.permissions',
    `user ${user.user} may not ${names.join(', ')}`,
    `Set the user's permissions in nats.conf: permissions { ${lists.join(', ')} }`,
  );
}

function judgeUnknownUser(judge: Judge, { code, unseen }: Unseen, cluster: string): void {
  const lists = (['publish', 'subscribe'] as const).map((use) => `${use} ${subjectsOf(cluster, use)}`);
  judge.warning(
    'nats.permissions',
    `clock and permissions cannot be seen: $SYS.REQ.USER.INFO is not answered to this user (${code}: ${unseen})`,
    `Allow it to publish to $SYS.REQ.USER.INFO, or make sure that it may ${lists.join(' and ')}`,
  );
}

function subjectsOf(cluster: string, use: 'publish' | 'subscribe'): string {
  return families(cluster)
    .filter((family) => family.use === use)
    .map(({ subject }) => `"${subject}"`)
    .join(', ');
}
