import type { MatchEvent } from '../../schemas/events/match.ts';
import type { Actor } from '../actor.ts';
import { decide, needs } from './decide.ts';
import { evolve } from './evolve.ts';
import { project, restate } from './project.ts';
import { initial, load, save, type MatchState } from './state.ts';

/**
 * An identifier: which members claim it. It tells them of one another, and decides nothing about them
 * (docs/matching.md). Its key is a keyed hash, so that no identifier stands in a key.
 */
export const match: Actor<MatchState, MatchEvent> = {
  kind: 'match',
  initial,
  needs,
  decide,
  evolve,
  project,
  restate,
  save,
  stateRecords: () => [],
  load,
};
