import { realScenario } from './real-scenario.ts';
import type { Scenario } from './scenario.ts';
import { toyScenario } from './toy-scenario.ts';
import type { Random } from './world.ts';

/** Toys show more of what can go wrong, and are cheaper; every fourth seed is about what is shipped. */
export function scenarioOf(seed: number): (random: Random) => Scenario {
  return seed % 4 === 0 ? realScenario : (random) => toyScenario(random);
}
