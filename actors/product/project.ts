import type { ProductEvent } from '../../schemas/events/product.ts';
import type { ProductMeta } from '../../schemas/state.ts';
import type { FlagBody, Projection, RecordWrite } from '../actor.ts';
import { integrated, ranked } from '../facts.ts';
import { reference, references } from '../references.ts';
import { PRODUCT_FIELDS, productRef, type ProductState } from './state.ts';

export function project(state: ProductState, events: readonly ProductEvent[]): Projection {
  const changed = events.some(({ type }) => type !== 'product.noted');
  return { records: changed ? productWrites(state) : [], flag: flagOf(state) };
}

export function restate(state: ProductState): Projection {
  return { records: productWrites(state), flag: flagOf(state) };
}

function productWrites(state: ProductState): RecordWrite[] {
  const body = integrated(state.statements, PRODUCT_FIELDS);
  if (body === null) return [];
  const meta: ProductMeta = { v: 2, statements: ranked(state.statements).map(([, statement]) => statement) };
  return [{ ...productRef(state.key), body: { v: 1, ...body }, meta }];
}

function flagOf({ key, notes }: ProductState): FlagBody {
  return {
    status: 'active',
    references: references(reference('mall.products', '_id', key, 1)),
    ...(notes.length > 0 && { facts: { notes } }),
  };
}
