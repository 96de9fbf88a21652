import { EnterpriseBody } from '../../schemas/canonical/enterprise.ts';
import { fingerprint, type MatchingKey } from '../../schemas/key.ts';
import type { EnterpriseMeta, EnterpriseSaved } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordRef, Records } from '../actor.ts';
import { statementId, type Statements } from '../facts.ts';
import type { Remark } from '../notes.ts';
import type { Totals } from '../totals.ts';

/** Everything an enterprise decides by. What sources say stands in its document, what it sold in sales.items. */
export interface EnterpriseState {
  readonly key: MatchingKey;
  /** Empty while only orders speak of the enterprise. */
  readonly statements: Statements<EnterpriseBody>;
  /** Its order lines, by currency and type. */
  readonly totals: Totals;
  /** Orders with lines of the enterprise. */
  readonly orders: number;
  /** Products of which something was sold: records in sales.items. */
  readonly items: number;
  readonly notes: readonly Remark[];
}

export const ENTERPRISE_FIELDS: readonly string[] = Object.keys(EnterpriseBody.properties);

export function initial(key: MatchingKey): EnterpriseState {
  return { key, statements: new Map(), totals: [], orders: 0, items: 0, notes: [] };
}

export function isHeardOf({ statements, orders, items }: EnterpriseState): boolean {
  return statements.size > 0 || orders !== 0 || items !== 0;
}

export function enterpriseRef(key: MatchingKey): RecordRef {
  return { collection: 'customer.enterprises', id: key };
}

/** The last part of the `_id` of what was sold of a product; '' stands for no product. */
export function itemId(product: string): string {
  return fingerprint(product);
}

export function itemRef(key: MatchingKey, id: string): RecordRef {
  return { collection: 'sales.items', id: `${key}.${id}` };
}

export function save({ key, statements, totals, orders, items, notes }: EnterpriseState): EnterpriseSaved {
  return { v: 1, key, document: statements.size > 0, totals, orders, items, notes };
}

export function stateRecords(saved: unknown): readonly RecordRef[] {
  const { key, document } = upcast<EnterpriseSaved>('state/enterprise', saved);
  return document ? [enterpriseRef(key)] : [];
}

export function load(key: MatchingKey, saved: unknown, records: Records): EnterpriseState {
  const { document, totals, orders, items, notes } = upcast<EnterpriseSaved>('state/enterprise', saved);
  const state = { ...initial(key), totals, orders, items, notes };
  if (!document) return state;
  const record = records.get(enterpriseRef(key));
  if (record === undefined) throw new Error(`the flag of ${key} says that it has a document, but it does not`);
  const { statements } = upcast<EnterpriseMeta>('meta/enterprise', record.meta);
  return { ...state, statements: new Map(statements.map((statement) => [statementId(statement), statement])) };
}
