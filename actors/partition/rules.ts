/**
 * The rules of the commit protocol that the worker keeps (docs/architecture.md, "the commit"). Production has all of
 * them, always; only the simulator leaves one out, to show that it would notice.
 */
export interface Rules {
  /** After an unknown result, a checkpoint of another epoch means lost, whatever its seq. */
  readonly epochInRead: boolean;
  /** Commit s + 1 waits for the changes of s to be applied ... */
  readonly applyBeforeNext: boolean;
  /** ... and for its outbox to be published. */
  readonly publishBeforeNext: boolean;
  /** A chunk is published when the log has acknowledged it, not when it was sent. */
  readonly waitForAcknowledgement: boolean;
  /** An unknown result is looked into before anything builds on it. */
  readonly unknownIsNotSuccess: boolean;
  /** After an unknown result the same bytes are sent again, never a batch built anew. */
  readonly identicalBytes: boolean;
  /** A taken-over commit is settled before any document is loaded. */
  readonly settleBeforeLoad: boolean;
  /** State that a commit in flight changed is read from memory, never from the store. */
  readonly pinnedStates: boolean;
  /** A chunk that the marks cover is dropped ... */
  readonly marks: boolean;
  /** ... also when its first copy came earlier in the same batch. */
  readonly marksWithinBatch: boolean;
  /** Chunks to one destination are sent one after another. */
  readonly chunksInOrder: boolean;
  /** A mark is kept however long its sender is silent. */
  readonly marksNeverPruned: boolean;
}

export const RULES: Rules = Object.freeze({
  epochInRead: true,
  applyBeforeNext: true,
  publishBeforeNext: true,
  waitForAcknowledgement: true,
  unknownIsNotSuccess: true,
  identicalBytes: true,
  settleBeforeLoad: true,
  pinnedStates: true,
  marks: true,
  marksWithinBatch: true,
  chunksInOrder: true,
  marksNeverPruned: true,
});
