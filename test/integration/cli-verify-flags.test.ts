import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Row } from './verify/damage.ts';
import { bodies, DataSet, oneOf } from './verify/data-set.ts';

// Every command is a process of its own, on a machine that may be busy.
jest.setTimeout(300_000);

const set = new DataSet();
beforeAll(() => set.fill());
afterAll(() => {
  set.remove();
});

function bodyOf(row: Row): Record<string, unknown> {
  return JSON.parse(row.json) as Record<string, unknown>;
}

interface Reference {
  system: string;
  task: string;
  index: string;
  key: string;
  count: number;
}

function referencesIn(body: Record<string, unknown>): Reference[] {
  return body['references'] as Reference[];
}

type Refs = readonly Reference[];

interface Way {
  /** Among the flags, those that it can be done to. */
  readonly to: (body: Record<string, unknown>) => boolean;
  readonly change: (references: Refs) => Refs;
  readonly wrong: string;
  readonly is: RegExp;
}

const NOBODY = 'main.customer.AAAAAAAAAAAAAAAAAAAAAA';
const has = (name: string) => (body: Record<string, unknown>) => referencesIn(body).some(({ task }) => task === name);

const WAYS: Readonly<Record<string, Way>> = {
  'refers to too many records': {
    to: has('payments'),
    change: (all) => all.map((one) => ({ ...one, count: one.count + 1 })),
    wrong: 'count',
    is: /refers to 2 of mall\.payments/,
  },
  'lost a reference': {
    to: has('payments'),
    change: (all) => all.filter(({ task }) => task !== 'payments'),
    wrong: 'changed',
    is: /references/,
  },
  'refers into a collection that does not exist': {
    to: has('payments'),
    change: (all) => all.map((one) => ({ ...one, task: 'nothing' })),
    wrong: 'reference',
    is: /mall\.nothing/,
  },
  'refers by an index that does not exist': {
    to: has('payments'),
    change: (all) => all.map((one) => ({ ...one, index: 'colour' })),
    wrong: 'reference',
    is: /by colour/,
  },
  'refers to records of nobody': {
    to: has('payments'),
    change: (all) => all.map((one) => ({ ...one, key: NOBODY })),
    wrong: 'reference',
    is: /refers to 1 of/,
  },
  'refers to more orders of others than there are': {
    to: (body) => body['kind'] === 'customer' && has('orders')(body) && !has('flags')(body),
    change: (all) => all.map((one) => (one.task === 'orders' ? { ...one, count: 99 } : one)),
    wrong: 'count',
    is: /refers to 99 of mall\.orders by customer/,
  },
  'names a member that is not there': {
    to: (body) => body['status'] !== 'member' && has('flags')(body),
    change: (all) => all.map((one) => (one.task === 'flags' ? { ...one, key: NOBODY } : one)),
    wrong: 'reference',
    is: /names main\.customer\.A/,
  },
};

test('flags whose references were changed are found and named, each by what is wrong with it, and mended', async () => {
  const touched = new Map<string, Row>();
  const folder = set.damaged((damage) => {
    const flags = damage.rows('master.flags');
    for (const [name, { to, change }] of Object.entries(WAYS)) {
      const used = new Set([...touched.values()].map(({ id }) => id));
      const row = oneOf(flags.filter((flag) => !used.has(flag.id) && to(bodyOf(flag))));
      touched.set(name, row);
      damage.edit(row, (body) => (body['references'] = change(referencesIn(body))));
    }
  });
  const { code, findings } = await set.verify(folder);
  expect(code).toBe(1);
  for (const [name, { wrong, is }] of Object.entries(WAYS)) {
    const own = findings.filter((finding) => finding.id === touched.get(name)?.id && finding.wrong === wrong);
    expect({ name, is: own.map((finding) => finding.is) }).toEqual({
      name,
      is: expect.arrayContaining([expect.stringMatching(is)]),
    });
  }
  const repaired = await set.verify(folder, '--repair');
  expect(repaired.findings.filter(({ mended }) => mended !== true)).toEqual([]);
  expect(await set.verify(folder)).toMatchObject({ code: 0, findings: [] });
  expect(bodies(folder)).toEqual(bodies(set.place.data));
});
