import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Damage, Row } from './verify/damage.ts';
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

describe('a flag', () => {
  const order = (damage: Damage): Row =>
    oneOf(
      damage.rows('master.flags').filter(({ json }) => json.includes('"mall.payments"') || json.includes('"payments"')),
    );
  const head = (damage: Damage): Row =>
    oneOf(
      damage
        .rows('master.flags')
        .filter(
          (row) => bodyOf(row)['status'] !== 'member' && referencesIn(bodyOf(row)).some(({ task }) => task === 'flags'),
        ),
    );
  const customer = (damage: Damage): Row =>
    oneOf(
      damage
        .rows('master.flags')
        .filter(
          (row) =>
            bodyOf(row)['kind'] === 'customer' && referencesIn(bodyOf(row)).some(({ task }) => task === 'orders'),
        ),
    );

  test.each([
    [
      'that refers to too many records',
      order,
      (refs: Reference[]) => refs.map((one) => ({ ...one, count: one.count + 1 })),
      'count',
      /refers to 2 of mall\.payments/,
    ],
    [
      'that lost a reference',
      order,
      (refs: Reference[]) => refs.filter(({ task }) => task !== 'payments'),
      'changed',
      /references/,
    ],
    [
      'that refers into a collection that does not exist',
      order,
      (refs: Reference[]) => refs.map((one) => ({ ...one, task: 'nothing' })),
      'reference',
      /mall\.nothing/,
    ],
    [
      'that refers by an index that does not exist',
      order,
      (refs: Reference[]) => refs.map((one) => ({ ...one, index: 'colour' })),
      'reference',
      /by colour/,
    ],
    [
      'that refers to records of nobody',
      order,
      (refs: Reference[]) => refs.map((one) => ({ ...one, key: 'main.order.AAAAAAAAAAAAAAAAAAAAAA' })),
      'reference',
      /refers to 1 of/,
    ],
    [
      'that refers to more orders of others than there are',
      customer,
      (refs: Reference[]) => refs.map((one) => (one.task === 'orders' ? { ...one, count: 99 } : one)),
      'count',
      /refers to 99 of mall\.orders by customer/,
    ],
    [
      'that names a member that is not there',
      head,
      (refs: Reference[]) =>
        refs.map((one) => (one.task === 'flags' ? { ...one, key: 'main.customer.AAAAAAAAAAAAAAAAAAAAAA' } : one)),
      'reference',
      /names main\.customer\.A/,
    ],
  ] as const)('%s is found and mended', async (_, choose, change, wrong, is) => {
    let touched: Row | undefined;
    const folder = set.damaged((damage) => {
      const row = choose(damage);
      touched = row;
      damage.edit(row, (body) => (body['references'] = change(referencesIn(body))));
    });
    const { code, findings } = await set.verify(folder);
    const own = findings.filter(({ id }) => id === touched?.id);
    expect(code).toBe(1);
    expect(own.filter((finding) => finding.wrong === wrong).map((finding) => finding.is)).toContainEqual(
      expect.stringMatching(is),
    );
    const repaired = await set.verify(folder, '--repair');
    expect({ code: repaired.code, left: repaired.findings.filter(({ mended }) => mended !== true) }).toEqual({
      code: 0,
      left: [],
    });
    expect(await set.verify(folder)).toMatchObject({ code: 0, findings: [] });
    expect(bodies(folder)).toEqual(bodies(set.place.data));
  });
});
