import type { EnterpriseEvent } from '../../schemas/events/enterprise.ts';
import type { Actor } from '../actor.ts';
import type { Matching } from '../party/matching.ts';
import { createDecide, needs } from './decide.ts';
import { evolve } from './evolve.ts';
import { createProject, createRestate, interim } from './project.ts';
import { initial, load, save, stateRecords, type EnterpriseState } from './state.ts';

/** An enterprise: what sources say of it, what it sold, and who else is the same enterprise. */
export function createEnterprise(matching: Matching): Actor<EnterpriseState, EnterpriseEvent> {
  return {
    kind: 'enterprise',
    initial,
    needs,
    decide: createDecide(matching),
    evolve,
    project: createProject(matching.rankOf),
    restate: createRestate(matching.rankOf),
    interim,
    save,
    stateRecords,
    load,
  };
}
