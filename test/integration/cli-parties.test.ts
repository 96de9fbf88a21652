import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workplace } from './command.ts';
import { PARTY_FEEDS, partySource } from './party-feeds.ts';

jest.setTimeout(300_000);

const COMPARED = [
  'customer.customers',
  'customer.enterprises',
  'mall.members',
  'sales.members',
  'mall.orders',
  'master.flags',
];

const places: Workplace[] = [];

/** Fed in this order; what verdicts change in it, others take back. */
let place: Workplace;

beforeAll(async () => {
  place = await fed('web', 'till', 'mall', 'erp');
});

function workplace(): Workplace {
  const made = new Workplace();
  places.push(made);
  const folder = join(made.folder, 'sources');
  mkdirSync(folder);
  for (const [n, name] of Object.keys(PARTY_FEEDS).entries())
    writeFileSync(join(folder, `${name}.yaml`), partySource(name, 40 - n));
  for (const [name, records] of Object.entries(PARTY_FEEDS)) {
    writeFileSync(join(made.folder, `${name}.ndjson`), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }
  process.env['MASTERFLAG_SOURCES'] = folder;
  return made;
}

async function fed(...names: readonly string[]): Promise<Workplace> {
  const made = workplace();
  for (const name of names) expect(await made.json('feed', name, `${name}.ndjson`)).toMatchObject({ quarantined: 0 });
  return made;
}

async function exported(from: Workplace): Promise<string[]> {
  const texts: string[] = [];
  for (const collection of COMPARED) texts.push((await from.run('export', collection)).stdout);
  return texts;
}

interface Party {
  readonly head: string;
  readonly members: readonly { readonly key: string; readonly statements: readonly { readonly record: string }[] }[];
  readonly joined: readonly { readonly counts: boolean; readonly agreements: readonly { readonly type: string }[] }[];
  readonly record: { readonly totals: readonly { readonly total: number }[]; readonly name?: string };
}

afterAll(() => {
  for (const used of places) used.remove();
  delete process.env['MASTERFLAG_SOURCES'];
});

describe('customers and companies of four sources', () => {
  test('are the same parties in any order of feeds, to the byte, though each data set has a secret of its own', async () => {
    const other = await fed('erp', 'mall', 'till', 'web');
    expect(await exported(other)).toEqual(await exported(place));
    const secrets = [place, other].map(({ data }) => readFileSync(join(data, 'matching.key'), 'utf8'));
    expect(secrets[0]).not.toBe(secrets[1]);
    expect(statSync(join(place.data, 'matching.key')).mode & 0o077).toBe(0);
    const customers = await place.lines<{ sales: number }>('export', 'customer.customers');
    expect(customers.map(({ sales }) => sales).sort()).toEqual([1, 1, 4]);
    expect(await place.lines('export', 'customer.enterprises')).toHaveLength(2);
  });

  test('lead from any id of any member to the head, and to every order of the party', async () => {
    const ids = ['w-ann', 't-1', 'm-ann', 'e-ann'];
    const parties: Party[] = [];
    for (const id of ids) parties.push(await place.json<Party>('party', id));
    for (const party of parties) expect(party).toEqual(parties[0]);
    expect(parties[0]).toMatchObject({ record: { totals: [{ total: 1957 }], sales: 4 } });
    expect(parties[0]?.joined.map(({ agreements }) => agreements.map(({ type }) => type).join()).sort()).toEqual([
      ...['email', 'id:web', 'phone'],
    ]);
    for (const id of ids) {
      const shown = (await place.run('show', id)).stdout;
      for (const number of ['W1', 'T1', 'M1', 'E1']) expect(shown).toContain(number);
      expect(shown).not.toContain('W2');
    }
  });

  test('tell which record of which source gave each field, and what came', async () => {
    const { fields } = await place.json<{ fields: { field: string }[] }>('party', 't-1', '--lineage');
    expect(Object.fromEntries(fields.map(({ field, ...origin }) => [field, origin]))).toMatchObject({
      // The source with the least rank is the ERP.
      name: { value: 'Ann Lee', before: 'Lee, Ann', source: 'erp', version: 1, record: 'order/E1' },
      email: { value: 'ann@example.org', source: 'mall', record: 'order/M1' },
      phone: { value: '+31201358246', before: '+31 20 135 8246', source: 'till', record: 'order/T1' },
      city: { value: 'Utrecht', source: 'mall' },
    });
    expect((await place.run('party', 't-1', '--lineage')).stdout).toMatch(
      /phone +\+31201358246 +\+31 20 135 8246 +till/,
    );
  });
});

describe('a verdict of a person', () => {
  test('splits and joins, is told, and taken back leaves every byte as it was', async () => {
    const before = await exported(place);
    const split = await place.json<{ status: string; party: Party }>('split', 't-1', '--why', 'her brother');
    expect(split).toMatchObject({ status: 'done', party: { members: [{ status: 'active' }] } });
    const text = (await place.run('party', 't-1')).stdout;
    expect(text).toContain('"her brother"');
    expect(text).toContain('split off by a person');
    // What its identifiers say again changes nothing.
    await place.json('feed', 'web', 'web.ndjson');
    expect((await place.json<Party>('party', 't-1')).members).toHaveLength(1);
    expect(await exported(place)).not.toEqual(before);
    await place.json('join', 'e-ann', 't-1', '--why', 'no, hers');
    expect(await exported(place)).toEqual(before);
    expect(await place.json('join', 't-1', 'w-bo', '--why', 'one household')).toMatchObject({ status: 'done' });
    expect((await place.json<Party>('party', 'w-bo')).members).toHaveLength(5);
    await place.json('split', 'w-bo', '--why', 'two persons');
    expect(await exported(place)).toEqual(before);
  });

  test('on nobody, without a reason, or of one who stands alone, is refused and says what would do', async () => {
    expect(await place.run('split', 'w-bo', '--why', 'x')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('MF_PARTY_ALONE'),
    });
    expect((await place.run('join', 'w-bo', 'nobody', '--why', 'x')).stderr).toContain('MF_NOT_FOUND');
    expect((await place.run('join', 'w-bo', 'w-ann')).stderr).toContain('--why');
    expect((await place.run('party', 'W1')).stderr).toContain('no customer and no enterprise is known as');
  });
});

describe('the secret that identifiers are hashed with', () => {
  test('is asked for when it is gone, or another', async () => {
    const made = await fed('web');
    const key = join(made.data, 'matching.key');
    writeFileSync(key, 'another secret of twenty characters\n');
    expect((await made.run('feed', 'till', 'till.ndjson')).stderr).toContain('MF_MATCH_KEY');
    rmSync(key);
    expect((await made.run('feed', 'till', 'till.ndjson')).stderr).toContain('MF_MATCH_KEY');
    expect(existsSync(key)).toBe(false);
  });

  test('may be a file of its own, and stands in nothing that is exported, logged or told', async () => {
    const made = workplace();
    const file = join(made.folder, 'secret');
    writeFileSync(file, 'short');
    process.env['MASTERFLAG_MATCH_KEY_FILE'] = file;
    try {
      expect((await made.run('feed', 'web', 'web.ndjson')).stderr).toContain('at least 16');
      writeFileSync(file, 'a secret of this very test');
      await made.json('feed', 'web', 'web.ndjson');
      const flags = (await made.run('export', 'master.flags', '--meta')).stdout;
      expect(flags).toContain('"kind":"match"');
      expect(flags).not.toContain('a secret of this very test');
      expect(flags).not.toContain('example.org');
    } finally {
      delete process.env['MASTERFLAG_MATCH_KEY_FILE'];
    }
  });
});

test('further placeholders join nobody', async () => {
  process.env['MASTERFLAG_PLACEHOLDERS'] = 'email:ann@*, phone:+31201358246';
  try {
    const made = await fed('web', 'till', 'mall');
    expect((await made.json<Party>('party', 't-1')).members).toHaveLength(1);
    expect((await made.json<Party>('party', 'm-ann')).members).toHaveLength(1);
  } finally {
    delete process.env['MASTERFLAG_PLACEHOLDERS'];
  }
});
