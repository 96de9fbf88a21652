import type { Checkpoint } from '../schemas/checkpoint.ts';

/** How a whole checkpoint gets into a store from outside, from another store or a backup; beside the port. */
export interface Adoption {
  /**
   * Inserts a checkpoint of a partition that was never taken over, in one atomic step; false when it was, and then
   * changes nothing.
   * @throws UnknownOutcome when it cannot say which: adopt again, and read the checkpoint if it says false.
   */
  adopt(checkpoint: Checkpoint): Promise<boolean>;
}
