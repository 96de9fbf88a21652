import type { EnterpriseEvent } from '../../schemas/events/enterprise.ts';
import type { Actor } from '../actor.ts';
import { decide, needs } from './decide.ts';
import { evolve } from './evolve.ts';
import { interim, project } from './project.ts';
import { initial, load, save, stateRecords, type EnterpriseState } from './state.ts';

/** An enterprise: what sources say of it, and what it sold. */
export const enterprise: Actor<EnterpriseState, EnterpriseEvent> = {
  kind: 'enterprise',
  initial,
  needs,
  decide,
  evolve,
  project,
  interim,
  save,
  stateRecords,
  load,
};
