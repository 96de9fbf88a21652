import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Workplace } from './command.ts';

// The whole of two real data sets, on a machine that may be busy.
jest.setTimeout(900_000);

const { MASTERFLAG_TEST_DATA: DATA = '' } = process.env;
const COMPARED = [
  ...['mall.orders', 'mall.payments', 'mall.boards', 'mall.members', 'mall.products', 'sales.items', 'sales.revenues'],
  'sales.members',
  ...['customer.customers', 'customer.enterprises', 'master.flags', 'master.waiting', 'management.quarantine'],
];

/** The two folders are there as a whole, or this suite is skipped; `npm test` names it then. */
const whenThere = existsSync(join(DATA, 'online_retail')) && existsSync(join(DATA, 'olist')) ? describe : describe.skip;

const retail = join(DATA, 'online_retail');
const olist = join(DATA, 'olist');

interface Order {
  readonly type: string;
  readonly total: number;
  readonly goods: number;
  readonly freight: number;
  readonly lineCount: number;
  readonly sourceStatus: string;
  readonly marks: readonly { readonly code: string; readonly difference?: number }[];
}

interface Customer {
  readonly _id: string;
  readonly identifiers: readonly object[];
  readonly members: number;
  readonly sales: number;
}

interface Party {
  readonly members: readonly { readonly statements: readonly { readonly body: { readonly id: string } }[] }[];
}

let one: Workplace;
let other: Workplace;
beforeAll(() => {
  one = new Workplace();
  other = new Workplace();
});
afterAll(() => {
  one.remove();
  other.remove();
});

async function exported(place: Workplace): Promise<string[]> {
  const texts: string[] = [];
  for (const collection of COMPARED) texts.push((await place.run('export', collection)).stdout);
  return texts;
}

function sum(orders: readonly Order[], of: (order: Order) => number): number {
  return orders.reduce((total, order) => total + of(order), 0);
}

function marked(orders: readonly Order[], code: string): Order[] {
  return orders.filter(({ marks }) => marks.some((mark) => mark.code === code));
}

whenThere('four months of Online Retail', () => {
  let orders: Order[];

  test('every record gets its verdict', async () => {
    expect(await one.json('feed', 'online-retail', retail)).toMatchObject({
      ...{ received: 142_083, accepted: 142_083 - 1284, duplicate: 1284, stale: 0, quarantined: 0 },
    });
  });

  test('become orders and returns, to the penny', async () => {
    orders = await one.lines<Order>('export', 'mall.orders');
    expect(orders).toHaveLength(6877);
    const returns = orders.filter(({ type }) => type === 'return');
    expect(returns).toHaveLength(1123);
    expect(sum(returns, ({ total }) => total)).toBe(-26_581_260);
    expect(sum(orders, ({ total }) => total)).toBe(275_002_516 - 26_581_260);
  });

  test('become customers, where a line names one', async () => {
    const { collections } = await one.json<{ collections: Record<string, number> }>('stats');
    expect(collections).toMatchObject({ 'customer.customers': 2189, 'mall.members': 2189, 'sales.revenues': 6877 });
    const [customer] = await one.lines('export', 'customer.customers', '--where', '{"id":"14646"}');
    const sale = expect.objectContaining({ type: 'sale', orders: 14, total: 7_932_842 }) as object;
    expect(customer).toMatchObject({ sales: 14, totals: expect.arrayContaining([sale]) as unknown });
  });

  test('fed again change no byte', async () => {
    const before = await exported(one);
    expect(await one.json('feed', 'online-retail', retail)).toMatchObject({ accepted: 0, duplicate: 142_083 });
    expect(await exported(one)).toEqual(before);
  });
});

whenThere('the Olist marketplace', () => {
  let orders: Order[];

  test('every record gets its verdict', async () => {
    const { received, accepted, quarantined } = await one.json('feed', 'olist', olist);
    expect({ received, accepted, quarantined }).toEqual({ received: 248_108, accepted: 248_108, quarantined: 0 });
    orders = await one.lines<Order>('export', 'mall.orders', '--where', '{"channel":"marketplace"}');
  });

  test('becomes orders, by status as in the file', () => {
    const byStatus = Object.fromEntries(
      Object.entries(Object.groupBy(orders, ({ sourceStatus }) => sourceStatus)).map(([name, group]) => {
        return [name, group?.length];
      }),
    );
    expect(byStatus).toEqual({
      ...{ approved: 2, canceled: 625, created: 5, delivered: 27_092 },
      ...{ invoiced: 314, processing: 301, shipped: 1107, unavailable: 609 },
    });
    expect(orders).toHaveLength(30_055);
  });

  test('becomes items, to the centavo', async () => {
    expect(orders.filter(({ lineCount }) => lineCount === 0)).toHaveLength(775);
    expect(sum(orders, ({ lineCount }) => lineCount)).toBe(33_528);
    expect(sum(orders, ({ goods }) => goods)).toBe(411_034_115);
    expect(sum(orders, ({ freight }) => freight)).toBe(67_613_132);
    const enterprises = await one.lines<{ lines: number; region?: string }>('export', 'customer.enterprises');
    // The one enterprise without a region is the shop of Online Retail.
    expect(enterprises.filter(({ lines, region }) => lines > 0 && region !== undefined)).toHaveLength(2427);
  });

  test('becomes as many persons as it has customer_unique_ids, with the orders of all their customer ids', async () => {
    const customers = await one.lines<Customer>('export', 'customer.customers');
    const persons = customers.filter(({ identifiers }) => identifiers.length > 0);
    expect(persons).toHaveLength(29_644);
    const several = persons.filter(({ members }) => members > 1);
    expect(several).toHaveLength(350);
    expect(several.every(({ members, sales }) => members === sales)).toBe(true);
    expect(persons.reduce((total, { sales }) => total + sales, 0)).toBe(orders.length);
  });

  test('finds every order of a person by each of its customer ids', async () => {
    const [person] = await one.lines<Customer>('export', 'customer.customers', '--where', '{"members":6}');
    const party = await one.json<Party>('party', person?._id ?? '');
    const ids = party.members.flatMap(({ statements }) => statements.map(({ body }) => body.id));
    expect(ids).toHaveLength(6);
    for (const id of ids) expect(await one.json('party', id)).toEqual(party);
    const shown = await one.json<{ records: { collection: string }[] }>('show', ids[3] ?? '');
    expect(shown.records.filter(({ collection }) => collection === 'mall.orders')).toHaveLength(6);
  });

  test('keeps what waits for orders that are not there, each with its flag', async () => {
    const { waiting } = await one.json<{ waiting: number }>('stats');
    expect(waiting).toBe(72_214);
    const flags = await one.lines('export', 'master.flags', '--where', '{"kind":"order","status":"awaited"}');
    expect(flags).toHaveLength(69_386);
  });

  test('marks what contradicts itself, and accepts it', () => {
    expect(marked(orders, 'shippedBeforeApproval')).toHaveLength(361);
    expect(marked(orders, 'deliveredWithoutDate')).toHaveLength(8);
    const differing = marked(orders, 'paymentDiffers');
    expect(differing).toHaveLength(178);
    for (const { marks } of differing) {
      expect(marks.find(({ code }) => code === 'paymentDiffers')?.difference).not.toBe(0);
    }
  });
});

whenThere('both, in another order of files, split into other feeds, at the same time', () => {
  test('end in the same bytes', async () => {
    const days = readdirSync(retail)
      .sort()
      .reverse()
      .map((name) => join(retail, name));
    const files = readdirSync(olist)
      .filter((name) => name.endsWith('.csv'))
      .sort()
      .reverse()
      .map((name) => join(olist, name));
    const feedAll = async (source: string, groups: readonly string[][]): Promise<void> => {
      for (const group of groups) await other.json('feed', source, ...group);
    };
    const halves = [days.slice(0, 40), days.slice(40)];
    await Promise.all([feedAll('online-retail', halves), feedAll('olist', [files.slice(0, 3), files.slice(3)])]);
    expect(await exported(other)).toEqual(await exported(one));
  });
});
