/** What a partition gives way to: the other partitions of its process, and those who wait for an answer of its own. */
export interface Precedence {
  /**
   * Resolves when it is the partition's turn to decide a batch. Batches that follow one another without it would keep
   * commands, sockets and the watchdog waiting for as long as there is something to read.
   */
  pass(): Promise<void>;
  /** Whether somebody waits for an answer of the partition. */
  isAwaited(): boolean;
  /** Calls back whenever nobody waits any more; returns how to call it off. */
  onArrived(callback: () => void): () => void;
}

/** For a partition that has its process to itself. */
export const UNHURRIED: Precedence = {
  pass: () => Promise.resolve(),
  isAwaited: () => false,
  onArrived: () => () => undefined,
};
