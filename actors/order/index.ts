import type { OrderEvent } from '../../schemas/events/order.ts';
import type { Actor } from '../actor.ts';
import { decide, needs } from './decide.ts';
import { evolve } from './evolve.ts';
import { interim, project, restate } from './project.ts';
import { load, save, stateRecords } from './saved.ts';
import { initial, type OrderState } from './state.ts';

/** An order: what sources say of it, its lines, payments, deliveries and reviews (docs/decisions/order-actor.md). */
export const order: Actor<OrderState, OrderEvent> = {
  kind: 'order',
  initial,
  needs,
  decide,
  evolve,
  project,
  interim,
  restate,
  save,
  stateRecords,
  load,
};
