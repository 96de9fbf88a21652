/** Every bound of a partition worker in one place, each with its reason. Tests and the simulator make them smaller. */
export interface Limits {
  /** Items of the fast lane in one batch: effects are small, and a command behind them should not wait long. */
  readonly fastItems: number;
  /** Records in one batch: more gain little throughput and cost latency. */
  readonly bulkItems: number;
  /**
   * Least time from one batch to the next, in ms, after one that was less than half full: a commit costs nearly the same
   * however little is in it, so batches that come one by one use up the processor and the disk that others wait for.
   */
  readonly batchEveryMs: number;
  /** Characters of log bodies read at once from a lane. */
  readonly readBytes: number;
  /** Every how many batches bulk gets its share although fast is behind. */
  readonly bulkShare: number;
  /** Characters of documents, effects and events in one commit: far below MongoDB's 16 MB for the checkpoint. */
  readonly commitBytes: number;
  /** Characters of one log message: half of NATS' default max_payload of 1 MB. */
  readonly chunkBytes: number;
  /** Characters of one document; one that would be longer parks its key. */
  readonly documentBytes: number;
  /** Characters of the states kept in memory when nothing pins them, per partition. */
  readonly residentBytes: number;
  /** Batches read and not yet settled: one being committed, one being decided. */
  readonly batchesInFlight: number;
  /** Take-overs at one position after which messages are tried one by one. */
  readonly openingsBeforeCaution: number;
  /** Parked messages that one redrive takes in a commit. */
  readonly redriveBatch: number;
  /** Messages parked behind one poisoned message; beyond, they go to quarantine. */
  readonly parkedPerKey: number;
  /** Remembered forwards, so that a part that was sent once is not sent again by every record. */
  readonly forwardsRemembered: number;
  /** Feeds whose counts are kept in memory. */
  readonly feedsRemembered: number;
  /** First wait before a store or log is asked again, in ms; doubles up to the second. */
  readonly retryFirst: number;
  readonly retryMost: number;
}

export const LIMITS: Limits = Object.freeze({
  fastItems: 160,
  bulkItems: 64,
  batchEveryMs: 20,
  readBytes: 1 << 18,
  bulkShare: 8,
  commitBytes: 4 << 20,
  chunkBytes: 512 << 10,
  documentBytes: 4 << 20,
  residentBytes: 1 << 20,
  batchesInFlight: 2,
  openingsBeforeCaution: 3,
  redriveBatch: 200,
  parkedPerKey: 10_000,
  forwardsRemembered: 10_000,
  feedsRemembered: 64,
  retryFirst: 10,
  retryMost: 2000,
});
