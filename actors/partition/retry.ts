import { UnknownOutcome } from '../../schemas/errors.ts';
import { sleep, type Clock } from './clock.ts';
import type { Limits } from './limits.ts';

/** How long to go on asking: until it answers, or until the worker was told to let go. */
export interface Patience {
  readonly clock: Clock;
  readonly limits: Pick<Limits, 'retryFirst' | 'retryMost'>;
  /** Throws when there is no point in asking on. */
  readonly check: () => void;
}

/** Repeats an idempotent operation until its outcome is known. */
export async function untilKnown<T>(patience: Patience, operation: () => Promise<T>): Promise<T> {
  for (let wait = patience.limits.retryFirst; ; wait = Math.min(wait * 2, patience.limits.retryMost)) {
    patience.check();
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof UnknownOutcome)) throw error;
    }
    await sleep(patience.clock, wait);
  }
}
