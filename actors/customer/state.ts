import { CustomerBody } from '../../schemas/canonical/customer.ts';
import { fingerprint, type MatchingKey } from '../../schemas/key.ts';
import type { CustomerSaved, StampMeta } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordRef, Records } from '../actor.ts';
import { ordered, stampOf, statementId, type Statement, type Statements } from '../facts.ts';
import type { Remark } from '../notes.ts';
import type { Totals } from '../totals.ts';

/** Everything a customer decides by. What sources say stands in mall.members; the rest is in its flag. */
export interface CustomerState {
  readonly key: MatchingKey;
  /** Empty while only orders speak of the customer. */
  readonly statements: Statements<CustomerBody>;
  /** The last part of the `_id` of each statement, in the order in which they were first heard. */
  readonly members: readonly string[];
  /** Its orders, by currency and type. */
  readonly totals: Totals;
  readonly notes: readonly Remark[];
}

export const CUSTOMER_FIELDS: readonly string[] = Object.keys(CustomerBody.properties);

export function initial(key: MatchingKey): CustomerState {
  return { key, statements: new Map(), members: [], totals: [], notes: [] };
}

export function isHeardOf({ statements, totals }: CustomerState): boolean {
  return statements.size > 0 || totals.length > 0;
}

/** The last part of the `_id` of what a source says, in mall.members. */
export function memberId(id: string): string {
  return fingerprint(id);
}

export function memberRef(key: MatchingKey, id: string): RecordRef {
  return { collection: 'mall.members', id: `${key}.${id}` };
}

export function save({ key, members, totals, notes }: CustomerState): CustomerSaved {
  return { v: 1, key, members, totals, notes };
}

export function stateRecords(saved: unknown): readonly RecordRef[] {
  const { key, members } = upcast<CustomerSaved>('state/customer', saved);
  return members.map((id) => memberRef(key, id));
}

export function load(key: MatchingKey, saved: unknown, records: Records): CustomerState {
  const { members, totals, notes } = upcast<CustomerSaved>('state/customer', saved);
  const statements = stateRecords(saved).map((ref): [string, Statement<CustomerBody>] => {
    const record = records.get(ref);
    if (record === undefined)
      throw new Error(`the flag of ${key} says that mall.members has ${ref.id}, but it does not`);
    const body = ordered(upcast<CustomerBody>('mall.members', record.body), CUSTOMER_FIELDS);
    const stamp = stampOf(upcast<StampMeta>('meta/stamp', record.meta));
    return [statementId(stamp), { ...stamp, body }];
  });
  return { key, statements: new Map(statements), members, totals, notes };
}
