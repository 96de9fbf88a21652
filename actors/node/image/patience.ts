import { realTime } from '../../partition/clock.ts';
import { LIMITS } from '../../partition/limits.ts';
import type { Patience } from '../../partition/retry.ts';

/** Asks on until it is aborted. */
export function untilAborted(signal: AbortSignal): Patience {
  return {
    clock: realTime,
    limits: LIMITS,
    check: () => {
      signal.throwIfAborted();
    },
  };
}
