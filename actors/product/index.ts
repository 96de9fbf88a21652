import type { ProductEvent } from '../../schemas/events/product.ts';
import type { Actor } from '../actor.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import { project, restate } from './project.ts';
import { initial, load, save, stateRecords, type ProductState } from './state.ts';

/** A product: what sources say of it (docs/decisions/product-actor.md). */
export const product: Actor<ProductState, ProductEvent> = {
  kind: 'product',
  initial,
  needs: () => [],
  decide,
  evolve,
  project,
  restate,
  save,
  stateRecords,
  load,
};
