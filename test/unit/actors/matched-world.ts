import type { CanonicalBodies } from '../../../schemas/canonical/canonical.ts';
import { fingerprint, matchingKey } from '../../../schemas/key.ts';
import { chooser, shuffled } from './chooser.ts';
import { Miniature, type Said } from './miniature.ts';
import { partiesOf, type SaidOfMember, type Verdicts } from './party-oracle.ts';

export type Source = 'erp' | 'mall' | 'till' | 'web';

export function customerKey(source: Source, id: string): string {
  return matchingKey('main', 'customer', source, id);
}

export function enterpriseKey(source: Source, id: string): string {
  return matchingKey('main', 'enterprise', source, id);
}

/** A source describes its customer; `state` orders what it says of the same one. */
export function customerSaid(source: Source, body: CanonicalBodies['customer'], state = 1): Said {
  return said('customer', customerKey(source, body.id), source, body, state);
}

export function enterpriseSaid(source: Source, body: CanonicalBodies['enterprise'], state = 1): Said {
  return said('enterprise', enterpriseKey(source, body.id), source, body, state);
}

/** An order of a customer, of one line that an enterprise sold. */
export function orderSaid(number: string, customer: string, total: number, enterprise?: string): Said {
  const line = { quantity: 1, amount: total, currency: 'EUR', ...(enterprise !== undefined && { enterprise }) };
  const body: CanonicalBodies['order'] = { number, type: 'sale', currency: 'EUR', customer, lines: [line] };
  return said('order', matchingKey('main', 'order', 'mall', number), 'mall', body, 1);
}

function said(name: Said['name'], key: string, source: string, body: object, state: number): Said {
  const hash = fingerprint(JSON.stringify(body));
  return { name, key, part: { v: 2, source, slot: '1', merge: 'replace', order: [state], hash, version: 1, body } };
}

/** A run over a set of parts in an order and with interleavings that the seed chooses. */
export function lived(parts: readonly Said[], seed: number): Miniature {
  const choose = chooser(seed);
  const feed = shuffled(parts, choose);
  const world = new Miniature(choose);
  while (feed.length > 0) world.batch(feed.splice(0, 1 + choose(4)));
  world.settle();
  return world;
}

/** Every part alone, in the order given, and nothing heard before the one before it is through. */
export function inOrder(parts: readonly Said[]): Miniature {
  const world = new Miniature();
  for (const one of parts) {
    world.batch([one]);
    world.settle();
  }
  return world;
}

export function command(world: Miniature, key: string, name: 'join' | 'split', data: object): string {
  const { verdict } = world.hear({ type: 'command', name, key, data, now: 1_714_557_600_000 });
  world.settle();
  return verdict;
}

interface Flag {
  readonly status: string;
  readonly references: readonly { readonly system: string; readonly task: string; readonly key: string }[];
}

/** Members of the party that a member belongs to, as its flag and its head's tell. */
export function partyOf(world: Miniature, key: string): string[] {
  const flag = world.flag(key) as Flag | null;
  if (flag === null) return [key];
  const ties = tiesOf(flag);
  const head = flag.status === 'member' ? (ties[0] ?? key) : key;
  return [head, ...tiesOf(world.flag(head) as Flag)].sort();
}

function tiesOf({ references }: Flag): string[] {
  return references.filter(({ system, task }) => `${system}.${task}` === 'master.flags').map(({ key }) => key);
}

const RECORDS = { customer: 'customer.customers', enterprise: 'customer.enterprises' } as const;
const MEMBERS = { customer: 'mall.members', enterprise: 'sales.members' } as const;

interface Totalled {
  readonly totals: readonly { readonly total?: number; readonly revenue?: number }[];
}

/** What is wrong with the parties of a world, by the plain union of what its members say. */
export function wrongParties(
  world: Miniature,
  verdicts: Verdicts = {},
  placeholders: readonly string[] = [],
): string[] {
  return (['customer', 'enterprise'] as const).flatMap((kind) => {
    const statements = world.all(MEMBERS[kind]) as unknown as SaidOfMember[];
    const parties = partiesOf(statements, verdictsOf(kind, verdicts), placeholders);
    const described = new Set(statements.map((one) => one[kind]));
    return [...parties].flatMap(([key, party]) => {
      const found = partyOf(world, key);
      if (found.join() !== party.join()) return [`${key} is of ${found.join()}, not of ${party.join()}`];
      const record = world.body(RECORDS[kind], key) as Totalled | undefined;
      const isHead = party[0] === key && party.some((member) => described.has(member));
      if (isHead !== (record !== undefined)) return [`${key} ${isHead ? 'has no' : 'has a'} record`];
      return record === undefined ? [] : wrongSums(world, kind, party, record);
    });
  });
}

function verdictsOf(kind: string, { joined = [], apart = [] }: Verdicts): Verdicts {
  const isOfKind = (key: string): boolean => key.includes(`.${kind}.`);
  return { joined: joined.filter(([a]) => isOfKind(a)), apart: apart.filter(isOfKind) };
}

/** Sums of the orders themselves, which no merging moves. */
function wrongSums(world: Miniature, kind: 'customer' | 'enterprise', party: string[], record: Totalled): string[] {
  const of = kind === 'customer' ? world.all('mall.orders') : world.all('sales.revenues');
  const own = of.filter((one) => party.includes(String(one[kind])));
  const sum = own.reduce((total, one) => total + Number(one['total']), 0);
  const told = record.totals.reduce((total, one) => total + (one.total ?? one.revenue ?? 0), 0);
  return told === sum ? [] : [`${party.join()} come to ${told}, their orders to ${sum}`];
}
