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
   * Of a new record, commands to MongoDB for all that follows from it. 64 records share a commit of their orders
   * (1 checkpoint, 4 collections, 1 read: 0.1 each), and commits of their customers have fewer where few come at a time.
   * Seen: 0.2 to 0.25.
   */
  roundTripsPerRecord: 0.4,
  /** Of a record that was there before: its state is read, and the count of the feed and the checkpoint are written. */
  roundTripsPerDuplicate: 0.15,
  /**
   * Of a new record, bytes to MongoDB. Each document goes there twice, within the checkpoint and on its own, and so do
   * effects and events within it: the price of a commit that is one document. An order of 600 bytes becomes four
   * documents, two events and an effect, of 5 KB together.
   */
  bytesPerRecord: 14_000,
  /** Of a duplicate: nothing but its share of the checkpoint and of the ids that are looked up. */
  bytesPerDuplicate: 600,
} as const;
