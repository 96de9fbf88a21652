import { EnterpriseBody } from '../../schemas/canonical/enterprise.ts';
import type { EnterpriseSums } from '../../schemas/effect.ts';
import { fingerprint, type MatchingKey } from '../../schemas/key.ts';
import type { EnterpriseMeta, EnterpriseSaved } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordRef, Records } from '../actor.ts';
import { statementId, type Statements } from '../facts.ts';
import { loadStatements, memberRef, type MemberTask } from '../party/members.ts';
import { isNamed, noTies, type Member } from '../party/party.ts';
import { loadParty, saveParty } from '../party/saved.ts';
import type { Totals } from '../totals.ts';

/** Everything an enterprise decides by. What sources say stands in sales.members, what it sold in sales.items. */
export interface EnterpriseState extends Member<EnterpriseBody, EnterpriseSums> {
  /** Its own order lines, by currency and type; those of other members of its party are theirs. */
  readonly totals: Totals;
  /** Orders with lines of the enterprise. */
  readonly orders: number;
  /** Products of which something was sold: records in sales.items. */
  readonly items: number;
}

export const ENTERPRISE_MEMBERS: MemberTask = {
  collection: 'sales.members',
  v: 1,
  owner: 'enterprise',
  fields: Object.keys(EnterpriseBody.properties),
};

export function initial(key: MatchingKey): EnterpriseState {
  return { key, statements: new Map(), members: [], totals: [], orders: 0, items: 0, notes: [], party: noTies() };
}

export function isHeardOf({ statements, orders, items, party }: EnterpriseState): boolean {
  return statements.size > 0 || orders !== 0 || items !== 0 || isNamed(party);
}

function enterpriseRef(key: MatchingKey): RecordRef {
  return { collection: 'customer.enterprises', id: key };
}

/** The last part of the `_id` of what was sold of a product; '' stands for no product. */
export function itemId(product: string): string {
  return fingerprint(product);
}

export function itemRef(key: MatchingKey, id: string): RecordRef {
  return { collection: 'sales.items', id: `${key}.${id}` };
}

export function save(state: EnterpriseState): EnterpriseSaved {
  const { key, statements, members, totals, orders, items, notes, party } = state;
  const document = members.length < statements.size;
  return { v: 2, key, members, document, totals, orders, items, notes, ...saveParty(party) };
}

export function stateRecords(saved: unknown): readonly RecordRef[] {
  const { key, members, document } = upcast<EnterpriseSaved>('state/enterprise', saved);
  const records = members.map((id) => memberRef(ENTERPRISE_MEMBERS, key, id));
  return document ? [...records, enterpriseRef(key)] : records;
}

export function load(key: MatchingKey, saved: unknown, records: Records): EnterpriseState {
  const { members, document, totals, orders, items, notes, party } = upcast<EnterpriseSaved>('state/enterprise', saved);
  const statements = document
    ? statementsOfDocument(key, records)
    : loadStatements<EnterpriseBody>(ENTERPRISE_MEMBERS, key, members, records);
  return { key, statements, members, totals, orders, items, notes, party: loadParty(key, party) };
}

/** As an older version kept them. */
function statementsOfDocument(key: MatchingKey, records: Records): Statements<EnterpriseBody> {
  const record = records.get(enterpriseRef(key));
  if (record === undefined) throw new Error(`the flag of ${key} says that it has a document, but it does not`);
  const { statements } = upcast<EnterpriseMeta>('meta/enterprise', record.meta);
  return new Map(statements.map((statement) => [statementId(statement), statement]));
}
