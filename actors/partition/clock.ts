/** Time as the worker sees it: real, or the simulator's. */
export interface Clock {
  /** Ms since the epoch. */
  now(): number;
  /** Calls back after `ms`; returns how to call it off. */
  after(ms: number, callback: () => void): () => void;
  /**
   * Lets everything else have its turn: sockets, timers, other partitions. Batches that follow one another without it
   * would keep commands and the watchdog waiting for as long as there is something to read.
   */
  breathe(): Promise<void>;
}

export const realTime: Omit<Clock, 'breathe'> = {
  now: () => Date.now(),
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
