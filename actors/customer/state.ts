import { CustomerBody } from '../../schemas/canonical/customer.ts';
import type { CustomerSums } from '../../schemas/effect.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { CustomerSaved } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordRef, Records } from '../actor.ts';
import { loadStatements, memberRef, type MemberTask } from '../party/members.ts';
import { isNamed, noTies, type Member } from '../party/party.ts';
import { loadParty, saveParty } from '../party/saved.ts';
import type { Totals } from '../totals.ts';

/** Everything a customer decides by. What sources say stands in mall.members; the rest is in its flag. */
export interface CustomerState extends Member<CustomerBody, CustomerSums> {
  /** Its own orders, by currency and type; those of other members of its party are theirs. */
  readonly totals: Totals;
}

export const CUSTOMER_MEMBERS: MemberTask = {
  collection: 'mall.members',
  v: 2,
  owner: 'customer',
  fields: Object.keys(CustomerBody.properties),
};

export function initial(key: MatchingKey): CustomerState {
  return { key, statements: new Map(), members: [], totals: [], notes: [], party: noTies() };
}

export function isHeardOf({ statements, totals, party }: CustomerState): boolean {
  return statements.size > 0 || totals.length > 0 || isNamed(party);
}

export function save({ key, members, totals, notes, party }: CustomerState): CustomerSaved {
  return { v: 2, key, members, totals, notes, ...saveParty(party) };
}

export function stateRecords(saved: unknown): readonly RecordRef[] {
  const { key, members } = upcast<CustomerSaved>('state/customer', saved);
  return members.map((id) => memberRef(CUSTOMER_MEMBERS, key, id));
}

export function load(key: MatchingKey, saved: unknown, records: Records): CustomerState {
  const { members, totals, notes, party } = upcast<CustomerSaved>('state/customer', saved);
  const statements = loadStatements<CustomerBody>(CUSTOMER_MEMBERS, key, members, records);
  return { key, statements, members, totals, notes, party: loadParty(key, party) };
}
