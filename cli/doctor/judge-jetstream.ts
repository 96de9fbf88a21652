import type { JetStreamAccount, NatsFacts, ServerConfig, StreamFacts } from '../../gateway/doctor/nats-facts.ts';
import { seenOf } from '../../gateway/doctor/observation.ts';
import { KINDS, type Settings } from '../../schemas/settings.ts';
import { Judge, type Finding } from './finding.ts';
import { bytesText, judgeSpace } from './limits.ts';

const STREAMS_OF_A_KIND = ['fast', 'bulk', 'events'] as const;

export function streamNames(cluster: string): string[] {
  return KINDS.flatMap((kind) => STREAMS_OF_A_KIND.map((lane) => `${cluster}-${kind}-${lane}`));
}

export function judgeJetStream(facts: NatsFacts, settings: Settings): readonly Finding[] {
  const judge = new Judge('JetStream');
  judgeAccount(judge, facts, settings);
  judgeStreams(judge, facts, settings);
  judgeReplicas(judge, facts, settings);
  judgeSync(judge, facts, settings);
  for (const config of facts.configs) judgeRoom(config, judge);
  return judge.all;
}

function judgeAccount(judge: Judge, { account }: NatsFacts, { cluster }: Settings): void {
  if ('unseen' in account) {
    if (account.code === 'NOT_LOOKED') return;
    const change =
      'Allow JetStream to the account in nats.conf: accounts { NAME { jetstream: enabled } }, and to the user: publish "$JS.API.>", subscribe "_INBOX.>"';
    judge.failed(
      'jetstream.account',
      `the account is not answered by JetStream: ${account.unseen} (${account.code})`,
      change,
    );
    return;
  }
  const { mostBytes, usedBytes, mostStreams, streams } = account.seen;
  const needed = streamNames(cluster).length;
  if (mostStreams >= 0 && mostStreams < needed) {
    const change = `Raise the account's limit in nats.conf: jetstream { max_streams: ${needed} } or more`;
    judge.failed(
      'jetstream.limits',
      `the account may have ${mostStreams} streams, has ${streams}, and needs ${needed}`,
      change,
    );
  } else if (mostBytes >= 0) judgeQuota(judge, account.seen);
  else judge.ok('jetstream.limits', `the account has no limit of its own; it uses ${bytesText(usedBytes)}`);
}

function judgeQuota(judge: Judge, { mostBytes, usedBytes }: JetStreamAccount): void {
  const space = { totalBytes: mostBytes, freeBytes: mostBytes - usedBytes };
  judgeSpace(judge, 'jetstream.limits', space, "Raise the account's limit in nats.conf: jetstream { max_file: 100GB }");
}

function judgeStreams(judge: Judge, { streams, differences }: NatsFacts, { cluster }: Settings): void {
  if ('unseen' in streams) {
    if (streams.code === 'NOT_LOOKED') return;
    const change = 'Allow the user to publish to "$JS.API.>" and to subscribe to "_INBOX.>"';
    judge.failed('jetstream.streams', `the streams cannot be listed: ${streams.unseen} (${streams.code})`, change);
    return;
  }
  const present = new Set(streams.seen.map(({ name }) => name));
  const missing = streamNames(cluster).filter((name) => !present.has(name));
  if (streams.seen.length === 0) {
    judge.warning('jetstream.streams', `there is no stream of the cluster ${cluster} yet`, 'Run `masterflag setup`');
  } else if (missing.length > 0) {
    const change =
      'If they were never there, run `masterflag setup`. If they were deleted, restore log and store together: `masterflag restore`';
    judge.failed('jetstream.streams', `there is no stream ${missing.join(', ')}`, change);
  } else judge.ok('jetstream.streams', `all ${streams.seen.length} streams are there`);
  for (const stream of streams.seen) judgeStream(judge, stream);
  if (differences !== undefined && streams.seen.length > 0) judgeDifferences(judge, differences);
}

function judgeStream(judge: Judge, stream: StreamFacts): void {
  const { name, storage, discard, maxAge, late } = stream;
  if (storage !== 'file') {
    const change =
      'The storage of a stream cannot be changed: stop the nodes, take a backup with `masterflag backup`, delete the stream (`nats stream rm`), run `masterflag setup` and `masterflag restore`';
    judge.failed(
      'jetstream.storage',
      `${name} is kept in ${storage}: a restart of nats-server loses what it holds`,
      change,
    );
  }
  if (maxAge > 0 || discard !== 'new') {
    const limits = [maxAge > 0 && 'max_age', discard !== 'new' && `discard ${discard}`];
    const found = `${name} may drop messages that nobody has applied yet: ${limits.filter(Boolean).join(', ')}`;
    judge.failed('jetstream.retention', found, 'Run `masterflag setup`, which applies the settings of its streams');
  }
  if (late.length > 0) {
    const found = `${name} has copies that are not up to date, on ${late.join(', ')}`;
    judge.warning(
      'jetstream.copies',
      found,
      'Bring those servers back, and look with `nats stream report` until they have caught up',
    );
  }
}

function judgeDifferences(judge: Judge, differences: NonNullable<NatsFacts['differences']>): void {
  if ('unseen' in differences) {
    const found = `the settings of the streams could not be compared: ${differences.unseen} (${differences.code})`;
    judge.warning('jetstream.settings', found, 'Run `masterflag doctor` again');
  } else if (differences.seen.length === 0) judge.ok('jetstream.settings', 'the streams are as Masterflag makes them');
  for (const difference of seenOf(differences) ?? []) {
    judge.failed('jetstream.settings', difference, 'Run `masterflag setup`, which applies the settings of its streams');
  }
}

/** Copies that the streams have; before there are streams, those that they will be made with. */
export function replicasOf({ streams }: NatsFacts, { replicas }: Pick<Settings, 'replicas'>): number {
  const counts = (seenOf(streams) ?? []).map((stream) => stream.replicas);
  return counts.length === 0 ? replicas : Math.min(...counts);
}

/** How many NATS servers there are, as far as can be seen. */
export function serverCount({ servers, configs }: NatsFacts): number {
  const greetings = servers.flatMap(({ greeting }) => seenOf(greeting) ?? []);
  const ids = new Set([...greetings.map(({ serverId }) => serverId), ...configs.map(({ serverId }) => serverId)]);
  const gossip = greetings.map(
    ({ addresses }) => new Set(addresses.map((address) => address.replace(/:\d+$/, ''))).size,
  );
  return Math.max(ids.size, ...configs.map(({ clusterSize }) => clusterSize), ...gossip, 0);
}

function judgeReplicas(judge: Judge, facts: NatsFacts, settings: Settings): void {
  const [servers, wanted, present] = [serverCount(facts), settings.replicas, replicasOf(facts, settings)];
  if (servers === 0) return;
  const on = `${present} ${present === 1 ? 'copy' : 'copies'} of every message, ${servers} ${servers === 1 ? 'server' : 'servers'}`;
  if (wanted > servers) {
    const change = `Set MASTERFLAG_REPLICAS=${servers >= 3 ? 3 : 1} on every node, or add NATS servers until there are ${wanted}`;
    judge.failed('jetstream.replicas', `MASTERFLAG_REPLICAS=${wanted}, and there are ${servers} servers`, change);
  } else if (present !== wanted) {
    const change = `Run \`masterflag setup\` with MASTERFLAG_REPLICAS=${wanted}, or set MASTERFLAG_REPLICAS=${present} on every node`;
    judge.failed('jetstream.replicas', `${on}, and MASTERFLAG_REPLICAS=${wanted}`, change);
  } else if (servers >= 3 && present < 3) {
    judge.warning('jetstream.replicas', on, 'Set MASTERFLAG_REPLICAS=3 on every node and run `masterflag setup`');
  } else if (present % 2 === 0) {
    const change = 'Use 3 copies: an even number survives no more servers than one copy less';
    judge.warning('jetstream.replicas', on, change);
  } else judge.ok('jetstream.replicas', on);
}

export type Sync =
  { readonly kind: 'always' } | { readonly kind: 'late'; readonly seconds: number } | { readonly kind: 'unknown' };

/** When the servers write to their disks: the worst of those that can be seen, and unknown while one cannot. */
export function syncOf(facts: NatsFacts): Sync {
  const late = facts.configs.filter(({ syncAlways }) => !syncAlways);
  if (late.length > 0) return { kind: 'late', seconds: Math.max(...late.map(({ syncSeconds }) => syncSeconds)) };
  return facts.configs.length > 0 && facts.configs.length >= serverCount(facts)
    ? { kind: 'always' }
    : { kind: 'unknown' };
}

const SYNC_ALWAYS =
  'Set on every NATS server, in nats.conf: jetstream { sync_interval: always }, and restart one after another';

function judgeSync(judge: Judge, facts: NatsFacts, settings: Settings): void {
  if (serverCount(facts) === 0) return;
  const [sync, replicas] = [syncOf(facts), replicasOf(facts, settings)];
  switch (sync.kind) {
    case 'always':
      judge.ok('jetstream.sync', 'every append is on the disk before it is acknowledged (sync_interval: always)');
      return;
    case 'late': {
      const found = `acknowledged appends are up to ${sync.seconds} s old before they are on the disk`;
      if (replicas < 3) judge.failed('jetstream.sync', `${found}, in one copy: a power cut loses them`, SYNC_ALWAYS);
      else judge.warning('jetstream.sync', `${found}: a power cut of several servers at once loses them`, SYNC_ALWAYS);
      return;
    }
    case 'unknown': {
      const found = `whether appends are on the disk before they are acknowledged cannot be seen${
        replicas < 3 ? ', and there is one copy: by its default (2 minutes) a power cut loses acknowledged appends' : ''
      }`;
      judge.warning('jetstream.sync', found, HOW_TO_SEE);
    }
  }
}

const HOW_TO_SEE =
  'Make sure that nats.conf of every server has: jetstream { sync_interval: always }. To let doctor see it, name the monitoring port of every server (`masterflag doctor --monitor http://HOST:8222`), or export $SYS.REQ.SERVER.PING.VARZ to the account (docs/cluster.md)';

function judgeRoom({ name, mostBytes, usedBytes, folder }: ServerConfig, judge: Judge): void {
  const room = `Raise max_file_store of ${name} in nats.conf if the disk under ${folder} has room, or shorten MASTERFLAG_INBOX_HOURS and MASTERFLAG_EVENT_DAYS`;
  if (mostBytes > 0)
    judgeSpace(judge, 'jetstream.disk', { totalBytes: mostBytes, freeBytes: mostBytes - usedBytes }, room);
}
