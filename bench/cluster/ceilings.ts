/**
 * What the engine may ask of MongoDB. `test/integration/mongo-round-trips.test.ts` fails when a change asks for more:
 * round trips are what a MongoDB that is further away than this machine's is slow by, and bytes what it writes twice.
 */
export const CEILINGS = {
  /** Of each commit: the commit itself is one replaced document, and nothing else is written there. */
  checkpointWritesPerCommit: 1,
  /** Of each commit and collection: a commit is at most 4 MB, and a bulk write takes 48 MB and 100,000 documents. */
  bulkWritesPerCommit: 1,
  /** Of each commit and collection: what a batch needs is asked for at once, and not entity by entity. */
  readsPerCommit: 1,
  /**
   * Of a new record, commands to MongoDB for all that follows from it. 64 records share the commit of their orders
   * (checkpoint, four collections, one read: 0.1 of each record); those of their customers share fewer, since effects
   * come in as they are sent. Seen: 0.31 to 0.39, more the slower the server is, since less gathers behind it.
   */
  roundTripsPerRecord: 0.6,
  /** Of one that was there before: its state is read, and checkpoint and count of the feed are written. Seen: 0.08. */
  roundTripsPerDuplicate: 0.15,
  /**
   * Of a new record, bytes to MongoDB. Each document goes there twice, within the checkpoint and by itself, and effects
   * and events within the checkpoint: the price of a commit that is one document. Seen: 10.4 KB of an order of 0.6 KB.
   */
  bytesPerRecord: 13_000,
  /** Of a duplicate: its share of a checkpoint without changes, and the id that is looked up. Seen: 115. */
  bytesPerDuplicate: 250,
  /** Of a duplicate: its state, where memory does not have it any more. Seen: 1.8 KB. */
  bytesReceivedPerDuplicate: 3000,
} as const;
