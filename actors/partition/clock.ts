/** Time as the worker sees it: real, or the simulator's. */
export interface Clock {
  /** Ms since the epoch. */
  now(): number;
  /** Calls back after `ms`; returns how to call it off. */
  after(ms: number, callback: () => void): () => void;
}

/** A clock that also tells how long something took. */
export interface SteadyClock extends Clock {
  /** Ms since some moment of its own; it never jumps, whatever is done to the time of day. */
  elapsed(): number;
}

export const realTime: SteadyClock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
