import { ProductBody } from '../../schemas/canonical/product.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { ProductMeta, ProductSaved } from '../../schemas/state.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordRef, Records } from '../actor.ts';
import { statementId, type Statements } from '../facts.ts';
import type { Remark } from '../notes.ts';

/** Everything a product decides by. What sources say stands in its document. */
export interface ProductState {
  readonly key: MatchingKey;
  readonly statements: Statements<ProductBody>;
  readonly notes: readonly Remark[];
}

export const PRODUCT_FIELDS: readonly string[] = Object.keys(ProductBody.properties);

export function initial(key: MatchingKey): ProductState {
  return { key, statements: new Map(), notes: [] };
}

export function productRef(key: MatchingKey): RecordRef {
  return { collection: 'mall.products', id: key };
}

export function save({ key, statements, notes }: ProductState): ProductSaved {
  return { v: 1, key, document: statements.size > 0, notes };
}

export function stateRecords(saved: unknown): readonly RecordRef[] {
  const { key, document } = upcast<ProductSaved>('state/product', saved);
  return document ? [productRef(key)] : [];
}

export function load(key: MatchingKey, saved: unknown, records: Records): ProductState {
  const { document, notes } = upcast<ProductSaved>('state/product', saved);
  if (!document) return { ...initial(key), notes };
  const record = records.get(productRef(key));
  if (record === undefined) throw new Error(`the flag of ${key} says that mall.products has it, but it does not`);
  const { statements } = upcast<ProductMeta>('meta/product', record.meta);
  return { key, statements: new Map(statements.map((statement) => [statementId(statement), statement])), notes };
}
