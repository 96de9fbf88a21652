import { describe, expect, test } from '@jest/globals';
import { Parties } from '../../../actors/node/parties.ts';
import { Queries } from '../../../actors/node/queries.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import type { StoreReads } from '../../../store/store.ts';
import {
  command,
  customerKey,
  customerSaid,
  enterpriseKey,
  enterpriseSaid,
  lived,
  orderSaid,
} from '../actors/matched-world.ts';
import { MATCHING, type Miniature } from '../actors/miniature.ts';
import { partyOf } from '../actors/party-judge.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** A store that has what the actors of a small world wrote. */
function storeOf(world: Miniature): Pick<StoreReads, 'load' | 'query'> {
  const document = (collection: string, id: string): StoredDocument | undefined => {
    const base = { collection, id, version: 1, partition: 'customer.0', seq: 1, at: 0, keys: [] } as const;
    if (collection === 'master.flags') {
      const flag = world.flag(id);
      if (flag === null) return undefined;
      const body = { _id: id, v: 1, kind: id.split('.')[1], ...(flag as object) };
      return { ...base, json: JSON.stringify(body), meta: JSON.stringify({ state: world.saved(id) }) };
    }
    const text = world.documents.get(`${collection}/${id}`);
    if (text === undefined) return undefined;
    const { body, meta } = JSON.parse(text) as { body: object; meta?: unknown };
    return {
      ...base,
      json: JSON.stringify({ _id: id, ...body }),
      meta: meta === undefined ? '' : JSON.stringify(meta),
    };
  };
  return {
    load: (refs) => Promise.resolve(refs.flatMap(({ collection, id }) => document(collection, id) ?? [])),
    query: (collection, index, value) => {
      const ids = [...world.documents.keys()].filter((name) => name.startsWith(`${collection}/`));
      const all = ids.sort().flatMap((name) => document(collection, name.slice(collection.length + 1)) ?? []);
      return Promise.resolve(
        all.filter(({ json }) => (JSON.parse(json ?? '{}') as Record<string, unknown>)[index] === value),
      );
    },
  };
}

function asked(world: Miniature): { queries: Queries; parties: Parties } {
  const ports = { store: storeOf(world) } as unknown as ConstructorParameters<typeof Queries>[0];
  const queries = new Queries(
    ports,
    { namespaces: ['web', 'mall', 'till', 'erp'], kinds: ['customer', 'enterprise'] },
    {},
  );
  return { queries, parties: new Parties(ports, queries, MATCHING) };
}

const email = 'Ann@x.example';
const PARTS = [
  customerSaid('web', { id: 'w', name: 'Ann Lee', email, phone: '+31201358246', original: { name: 'ANN LEE' } }),
  customerSaid('mall', { id: 'm', email: 'ann@x.example', city: 'Oslo' }),
  customerSaid('till', { id: 't', name: 'ann lee', phone: '+31201358246', street: 'Dam 1' }),
  customerSaid('web', { id: 'b', name: 'Bo', phone: '+31201358246' }),
  orderSaid('1', customerKey('till', 't'), 70),
  enterpriseSaid('erp', { id: 'E', name: 'Acme', registrationNumber: '1208147521' }),
  enterpriseSaid('mall', { id: 'F', name: 'ACME', registrationNumber: '1208147521', city: 'Rio' }),
];
const [web, mall, till, bo] = [
  customerKey('web', 'w'),
  customerKey('mall', 'm'),
  customerKey('till', 't'),
  customerKey('web', 'b'),
] as const;

describe(`a party, asked for by any of its members (SEED=${seed})`, () => {
  const world = lived(PARTS, seed);
  const { queries, parties } = asked(world);

  test('has one document, found from each', async () => {
    const head = partyOf(world, web)[0] ?? '';
    for (const key of [web, mall, till]) {
      expect(await queries.get(key)).toMatchObject({ collection: 'customer.customers', body: { _id: head, sales: 1 } });
      expect((await queries.party(key)).members).toEqual(partyOf(world, web));
    }
    expect(await queries.get(enterpriseKey('erp', 'E'))).toEqual(await queries.get(enterpriseKey('mall', 'F')));
  });

  test('tells who is in it, what joins them, and what was too little', async () => {
    const view = await parties.view(till);
    expect(view).toEqual(await parties.view(mall));
    expect(view.members.map(({ key }) => key).sort()).toEqual([web, mall, till].sort());
    const joined = new Map(view.joined.map((tie) => [[...tie.members].sort().join(), tie]));
    expect(joined.get([web, mall].sort().join())).toMatchObject({
      counts: true,
      agreements: [{ type: 'email', weak: false, values: expect.arrayContaining([email, 'ann@x.example']) }],
    });
    expect(joined.get([web, till].sort().join())).toMatchObject({
      ...{ counts: true, sameName: true },
      agreements: [{ type: 'phone', weak: true, values: ['+31201358246'] }],
    });
    const near = view.apart.map((tie) => [[...tie.members].sort().join(), tie.counts] as const);
    expect(near.sort()).toEqual([web, till].map((member) => [[member, bo].sort().join(), false] as const).sort());
    const identifiers = view.members.flatMap((member) => member.identifiers);
    expect(identifiers).toContainEqual({ type: 'email', value: email, form: 'ann@x.example', status: 'shared' });
  });

  test('tells of each field which statement gave it, and what came; together they are the record', async () => {
    for (const [key, collection] of [
      [till, 'customer.customers'],
      [enterpriseKey('mall', 'F'), 'customer.enterprises'],
    ] as const) {
      const { head, fields, identifiers } = await parties.lineage(key);
      const record = world.body(collection, head) ?? {};
      for (const { field, value } of fields) expect([field, record[field]]).toEqual([field, value]);
      const counted = [
        'v',
        'identifiers',
        'members',
        'sales',
        'returns',
        'adjustments',
        'totals',
        'items',
        'orders',
        'lines',
      ];
      expect(fields.map(({ field }) => field).sort()).toEqual(
        Object.keys(record)
          .filter((field) => !counted.includes(field))
          .sort(),
      );
      expect(identifiers.map(({ type, value }) => ({ type, value }))).toEqual(record['identifiers']);
    }
    const { fields } = await parties.lineage(mall);
    expect(fields.find(({ field }) => field === 'name')).toEqual({
      ...{ field: 'name', value: 'Ann Lee', before: 'ANN LEE' },
      ...{ member: web, source: 'web', version: 1, record: '1' },
    });
  });
});

describe('a verdict, as it is seen by its author', () => {
  test('splits a member from its neighbours, is told with its reason, and names what a join takes back', async () => {
    const world = lived(PARTS, seed);
    const { parties } = asked(world);
    const { from } = await parties.splitOf(web);
    expect(from).toEqual([mall, till].sort());
    command(world, web, 'split', { from, why: 'her sister' });
    const view = await parties.view(web);
    expect(view.members).toMatchObject([{ key: web, splitOff: { from, why: 'her sister' } }]);
    expect(view.members[0]?.identifiers.map(({ status }) => status)).toEqual(['unclaimed', 'unclaimed']);
    expect(view.apart.map(({ verdict }) => verdict)).toMatchObject([{ joined: false }, { joined: false }]);
    // Whoever of the two is named first: the one that was split off has to hear it.
    expect(await parties.joinOf(web, till)).toEqual({ key: web, with: till, undo: [till] });
    expect(await parties.joinOf(till, web)).toEqual({ key: web, with: till, undo: [till] });
    expect(await parties.joinOf(web, bo)).toEqual({ key: web, with: bo });
  });

  test('on an order, or on nobody, is none', async () => {
    const { parties } = asked(lived(PARTS, seed));
    await expect(parties.view('main.order.0123456789abcdefghijkl')).rejects.toThrow('no customer and no enterprise');
    await expect(parties.splitOf(customerKey('erp', 'nobody'))).rejects.toThrow('nothing is known as');
  });
});
