import type { CustomerEvent } from '../../schemas/events/customer.ts';
import type { Actor } from '../actor.ts';
import type { Matching } from '../party/matching.ts';
import { createDecide } from './decide.ts';
import { evolve } from './evolve.ts';
import { createProject, createRestate } from './project.ts';
import { initial, load, save, stateRecords, type CustomerState } from './state.ts';

/** A customer: what sources say of it, what its orders come to, and who else is the same person. */
export function createCustomer(matching: Matching): Actor<CustomerState, CustomerEvent> {
  return {
    kind: 'customer',
    initial,
    needs: () => [],
    decide: createDecide(matching),
    evolve,
    project: createProject(matching.rankOf),
    restate: createRestate(matching.rankOf),
    save,
    stateRecords,
    load,
  };
}
