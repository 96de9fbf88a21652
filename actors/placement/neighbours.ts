import type { PartitionId } from '../../schemas/partition.ts';
import type { NodeView } from './placement.ts';

/** The nodes of a cluster, as one of them sees them. What it sees may be late, or wrong for a while: epochs keep that safe. */
export interface Neighbours {
  /** Nodes that are alive, this one included. */
  live(): readonly NodeView[];

  /** Calls back whenever nodes came, went or changed; returns how to call it off. */
  onChange(callback: () => void): () => void;

  /**
   * Asks a node to finish its commit on a partition and let go. Resolves when it does not run it any more; rejects
   * when it does not answer.
   */
  letGo(node: string, partition: PartitionId): Promise<void>;
}

/** Of a node that has the data set to itself. */
export function nobodyElse(self: NodeView): Neighbours {
  return {
    live: () => [self],
    onChange: () => () => undefined,
    letGo: () => Promise.resolve(),
  };
}
