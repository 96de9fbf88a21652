import { partiesOf, type SaidOfMember, type Verdicts } from './party-oracle.ts';

/** A world at rest, whoever made it: its documents and flags. */
export interface Judged {
  all(collection: string): readonly Readonly<Record<string, unknown>>[];
  body(collection: string, id: string): Readonly<Record<string, unknown>> | undefined;
  flag(key: string): unknown;
}

interface Flag {
  readonly status: string;
  readonly references: readonly { readonly system: string; readonly task: string; readonly key: string }[];
}

/** Members of the party that a member belongs to, as its flag and its head's tell. */
export function partyOf(world: Judged, key: string): string[] {
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
export function wrongParties(world: Judged, verdicts: Verdicts = {}, placeholders: readonly string[] = []): string[] {
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
function wrongSums(world: Judged, kind: 'customer' | 'enterprise', party: string[], record: Totalled): string[] {
  const [collection, field] = kind === 'customer' ? ['mall.orders', 'total'] : ['sales.revenues', 'goods'];
  const own = world.all(collection).filter((one) => party.includes(String(one[kind])));
  const sum = own.reduce((total, one) => total + Number(one[field]), 0);
  const told = record.totals.reduce((total, one) => total + (one.total ?? one.revenue ?? 0), 0);
  return told === sum ? [] : [`${party.join()} come to ${told}, their orders to ${sum}`];
}
