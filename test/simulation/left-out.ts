import { RULES, type Rules } from '../../actors/partition/rules.ts';
import { PLACEMENT_RULES, type PlacementRules } from '../../actors/placement/rules.ts';
import type { RunOptions } from './run.ts';
import { SERVER_RULES, type ServerRules } from './servers.ts';

/** Every rule of the protocol: those that the worker keeps, those that log and store keep, and those of the host. */
export const ALL_RULES: readonly string[] = [
  ...Object.keys(RULES),
  ...Object.keys(SERVER_RULES),
  ...Object.keys(PLACEMENT_RULES),
];

/** All rules but one. */
export function without(rule: string): RunOptions {
  if (!ALL_RULES.includes(rule)) throw new RangeError(`there is no rule ${rule}`);
  const rules: Rules = { ...RULES, ...(rule in RULES && { [rule]: false }) };
  const serverRules: ServerRules = { ...SERVER_RULES, ...(rule in SERVER_RULES && { [rule]: false }) };
  const placementRules: PlacementRules = { ...PLACEMENT_RULES, ...(rule in PLACEMENT_RULES && { [rule]: false }) };
  return { rules, serverRules, placementRules };
}
