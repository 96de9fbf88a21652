import type { CustomerEvent } from '../../schemas/events/customer.ts';
import type { Actor } from '../actor.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import { project } from './project.ts';
import { initial, load, save, stateRecords, type CustomerState } from './state.ts';

/** A customer: what sources say of it, and what its orders come to. */
export const customer: Actor<CustomerState, CustomerEvent> = {
  kind: 'customer',
  initial,
  needs: () => [],
  decide,
  evolve,
  project,
  save,
  stateRecords,
  load,
};
