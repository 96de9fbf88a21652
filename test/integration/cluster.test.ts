import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../../config/settings.ts';
import { ClusterConnection } from '../../gateway/cluster/connection.ts';
import type { Settings } from '../../schemas/settings.ts';
import { Cluster } from '../servers/cluster.ts';
import { exportsOf } from '../fault/data-set.ts';
import { asWritten, HAS_SERVERS } from '../servers/cluster-servers.ts';
import { invoice, SAMPLE, Workplace } from './command.ts';
import { PARTY_FEEDS, partySource } from './party-feeds.ts';

// Every command is a process of its own, and finds the nodes first, on a machine that may be busy.
jest.setTimeout(300_000);

/** What depends on the set of records alone, and not on the way here. */
const COMPARED = [
  ...['mall.orders', 'mall.payments', 'mall.boards', 'mall.members', 'mall.products', 'sales.items', 'sales.revenues'],
  ...['sales.members', 'customer.customers', 'customer.enterprises', 'master.flags', 'master.waiting'],
  'management.quarantine',
];

/** What all of them say, by collection and id. */
async function exported(settings: Settings, collections = COMPARED): Promise<[string, string][]> {
  const bodies = await exportsOf(settings, collections);
  return [...bodies].map(([name, json]) => [name, asWritten(json)]);
}

(HAS_SERVERS ? describe : describe.skip)('three nodes', () => {
  let cluster: Cluster;
  let other: Cluster;
  let embedded: Workplace;
  let sources: string;
  /** What both say when all feeds were taken in, and nobody has commanded anything yet. */
  let before: [string, string][];

  beforeAll(async () => {
    embedded = new Workplace();
    sources = join(embedded.folder, 'sources');
    mkdirSync(sources);
    for (const [n, name] of Object.keys(PARTY_FEEDS).entries())
      writeFileSync(join(sources, `${name}.yaml`), partySource(name, 40 - n));
    cluster = await Cluster.start({ env: { MASTERFLAG_SOURCES: sources } });
    other = await Cluster.start({ servers: cluster.servers, env: { MASTERFLAG_SOURCES: sources } });
    await Promise.all([cluster.startNodes('n1', 'n2', 'n3'), other.startNodes('n1', 'n2', 'n3')]);
  });

  afterAll(async () => {
    await other.stop();
    await cluster.stop();
    embedded.remove();
  });

  function parties(): [source: string, file: string][] {
    return Object.entries(PARTY_FEEDS).map(([name, records]) => {
      const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
      return [name, embedded.file(`${name}.ndjson`, text)];
    });
  }

  const BAD = invoice(['700001', 'A1', 2, '1.50', '17850.0'], ['700002', 'A1', 3, '1.50', '17850.0']).replaceAll(
    ',3,',
    ',three,',
  );

  test('give every record of every feed its verdict, as one process does', async () => {
    const sample = await cluster.json('feed', 'online-retail', SAMPLE);
    expect(sample).toMatchObject({ received: 3108, accepted: 3064, duplicate: 44, stale: 0, quarantined: 0 });
    for (const [source, file] of parties()) {
      const { received, accepted, quarantined } = await cluster.json('feed', source, file);
      expect({ accepted, quarantined }).toEqual({ accepted: received, quarantined: 0 });
    }
    const bad = await cluster.json('feed', 'online-retail', embedded.file('bad.csv', BAD));
    expect(bad).toMatchObject({ received: 2, accepted: 1, quarantined: 1 });
  });

  test('end in the bytes of an embedded data set, joins included', async () => {
    const folder = embedded.start(['feed', 'online-retail', SAMPLE, embedded.file('bad.csv', BAD)], { sources });
    expect(await folder.ended).toMatchObject({ code: 0 });
    for (const [source, file] of parties().reverse())
      expect(await embedded.start(['feed', source, file], { sources }).ended).toMatchObject({ code: 0 });
    before = await exported(cluster.settings);
    expect(before.length).toBeGreaterThan(1000);
    expect(before).toEqual(await exported(readSettings({}, { data: embedded.data })));
  });

  test('export what a folder exports', async () => {
    for (const collection of ['mall.orders', 'customer.customers', 'master.flags']) {
      const [here, there] = await Promise.all([cluster.run('export', collection), embedded.run('export', collection)]);
      expect(here.stdout.split('\n').map(asWritten)).toEqual(there.stdout.split('\n').map(asWritten));
    }
  });

  test('accept nothing of what is fed again, and change no byte', async () => {
    expect(await cluster.json('feed', 'online-retail', SAMPLE)).toMatchObject({ accepted: 0, duplicate: 3108 });
    expect(await exported(cluster.settings)).toEqual(before);
  });

  test('are apart from another cluster on the same servers, which ends in the same bytes from any split and order', async () => {
    expect(await exported(other.settings)).toEqual([]);
    const [header = '', ...rows] = readFileSync(SAMPLE, 'utf8').trimEnd().split('\n');
    const split = [2, 0, 1].map((part) => {
      const dealt = rows.filter((_, n) => n % 3 === part).reverse();
      return embedded.file(`part${part}.csv`, [header, ...dealt].join('\n'));
    });
    const feeds = [...split, embedded.file('bad.csv', BAD)].map((file) => ['online-retail', file] as const);
    await Promise.all([...feeds, ...parties().reverse()].map(([source, file]) => other.json('feed', source, file)));
    expect(await exported(other.settings)).toEqual(before);
    expect(await exported(cluster.settings)).toEqual(before);
  });

  test('refuse nodes and commands that say another number of partitions', async () => {
    const settings = { MASTERFLAG_PARTITIONS: 'order=5' };
    const { code, stderr } = await cluster.runWith(settings, 'feed', 'online-retail', SAMPLE);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('MF_PARTITIONS_CHANGED'),
    });
  });

  test('answer everything that one process answers', async () => {
    const { flag } = await cluster.json<{ flag: object }>('show', '536365');
    expect(flag).toMatchObject({ kind: 'order' });
    expect((await cluster.lines<{ subject: string }>('tap', 'order')).length).toBeGreaterThan(143);
    const last = new Map<string, number>();
    for (const { subject, sequence } of await cluster.lines<{ subject: string; sequence: string }>('tap')) {
      expect(Number(sequence)).toBe((last.get(subject) ?? 0) + 1);
      last.set(subject, Number(sequence));
    }
    const { collections } = await cluster.json<{ collections: object }>('stats');
    expect(collections).toMatchObject({ 'mall.orders': 150 });
  });

  test('lead from any id of any member of a party to its head, joined by what four sources say', async () => {
    const found: unknown[] = [];
    for (const id of ['w-ann', 't-1', 'm-ann', 'e-ann']) found.push(await cluster.json('party', id));
    for (const party of found) expect(party).toEqual(found[0]);
    expect(found[0]).toMatchObject({ record: { sales: 4, totals: [{ total: 1957 }] } });
  });

  test('take verdicts of persons, which taken back leave every byte as it was', async () => {
    expect(await cluster.json('split', 't-1', '--why', 'her brother')).toMatchObject({ status: 'done' });
    expect(await cluster.json<{ members: object[] }>('party', 't-1')).toMatchObject({
      members: [{ status: 'active' }],
    });
    expect(await exported(cluster.settings)).not.toEqual(before);
    await cluster.json('join', 'e-ann', 't-1', '--why', 'no, hers');
    expect(await exported(cluster.settings)).toEqual(before);
  });

  test('let one of those win who change what they saw at the same version, whichever node each of them asks', async () => {
    const { version } = await cluster.json<{ version: number }>('do', 'note', '536365', '--text', 'first');
    const texts = ['ann', 'bo', 'cy', 'di'];
    const words = (text: string): string[] => ['do', 'note', '536365', '--text', text, '--if-version', String(version)];
    const ends = await Promise.all(texts.map((text) => cluster.run(...words(text))));
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 1, 1, 1]);
    for (const { stderr } of ends.filter(({ code }) => code === 1)) expect(stderr).toMatch(/^MF_CONFLICT: /);
  });

  test('answer a command that is sent to any of them when its effect can be read, once for each key', async () => {
    const connection = await ClusterConnection.open(cluster.settings);
    try {
      const request = { name: 'note', data: { text: 'once' }, idempotencyKey: 'the same' };
      const asked = Array.from({ length: 6 }, () => connection.call('order.command', { ...request, key: '536366' }));
      const outcomes = await Promise.all(asked);
      for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
      expect(outcomes[0]).toMatchObject({ status: 'done' });
    } finally {
      await connection.close();
    }
    const { flag } = await cluster.json<{ flag: { facts: { notes: object[] } } }>('show', '536366');
    expect(flag.facts.notes).toHaveLength(1);
  });

  test('mend, send again and give up what is in quarantine', async () => {
    const rows = ['two', 'two', 'some'].map((quantity, n) =>
      invoice([`71000${n}`, 'A1', 9, '1.50', '17850.0']).replace(',9,', `,${quantity},`),
    );
    const [head = ''] = rows[0]?.split('\n') ?? [];
    const feed = [head, ...rows.map((row) => row.split('\n')[1] ?? '')].join('\n');
    expect(await cluster.json('feed', 'online-retail', cluster.file('wrong.csv', feed))).toMatchObject({
      quarantined: 3,
    });
    const entries = await cluster.lines<{ _id: string; line: number; value: string }>(
      'quarantine',
      'list',
      '--all',
      '--json',
    );
    const [fixed, dropped] = [2, 4].map(
      (line) => entries.find((entry) => entry.line === line && /two|some/.test(entry.value))?._id ?? '',
    );
    const fix = ['quarantine', 'fix', fixed ?? '', '--field', 'Quantity', '--value', '2', '--by', 'ann'];
    expect(await cluster.json(...fix)).toMatchObject({ result: 'done', verdicts: { accepted: 1 } });
    expect(await cluster.run('quarantine', 'redrive', dropped ?? '')).toMatchObject({
      ...{ code: 1, stderr: expect.stringMatching(/^MF_RECORD_UNMAPPED: /) },
    });
    expect(await cluster.run('quarantine', 'drop', dropped ?? '', '--why', 'a test')).toMatchObject({ code: 0 });
    const left = await cluster.lines<{ _id: string }>('quarantine', 'list', '--all', '--json');
    expect(left.map(({ _id }) => _id)).not.toContain(fixed);
    expect(left).toHaveLength(entries.length - 2);
    const [order] = await cluster.lines('export', 'mall.orders', '--where', '{"number":"710000"}');
    expect(order).toMatchObject({ lines: [{ quantity: 2 }] });
  });

  test('say who owns what, and each partition has one owner', async () => {
    const { nodes, partitions } = await cluster.json<{
      nodes: { name: string; draining: boolean; conflicts: number }[];
      partitions: { id: string; owner: string | null; behind: number }[];
    }>('nodes');
    expect(nodes.map(({ name, draining }) => [name, draining])).toEqual([
      ['n1', false],
      ['n2', false],
      ['n3', false],
    ]);
    expect(partitions).toHaveLength(14);
    expect(partitions.every(({ owner, behind }) => owner !== null && behind === 0)).toBe(true);
    expect(new Set(partitions.map(({ owner }) => owner)).size).toBe(3);
  });

  test('hand everything over when one of them is drained, and it leaves in order', async () => {
    const { moved, orphaned } = await cluster.json<{ moved: { to: string }[]; orphaned: string[] }>('drain', 'n2');
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.every(({ to }) => to === 'n1' || to === 'n3')).toBe(true);
    expect(orphaned).toEqual([]);
    const { partitions } = await cluster.json<{ partitions: { owner: string | null }[] }>('nodes');
    expect(partitions.every(({ owner }) => owner === 'n1' || owner === 'n3')).toBe(true);
    expect(await cluster.nodes.get('n2')?.terminate()).toBe(0);
    expect(await cluster.run('drain', 'n2')).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('MF_NODE_UNKNOWN') },
    });
    expect(await cluster.json('feed', 'online-retail', SAMPLE)).toMatchObject({ accepted: 0, duplicate: 3108 });
  });
});
