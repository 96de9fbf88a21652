import { Errors, type ServiceBroker } from 'moleculer';
import { setTimeout as pause } from 'node:timers/promises';
import { MasterflagError } from '../../schemas/errors.ts';
import { kindOfKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';

/** How long a call looks for the owner of its partition, in ms: longer than a dead node takes to be noticed. */
const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

export interface RouterParts {
  readonly node: string;
  readonly counts: PartitionCounts;
  readonly broker: ServiceBroker;
  /** Which node owns a partition, as this one sees it now. */
  readonly ownerOf: (partition: PartitionId) => string | undefined;
}

/** One call about one entity, and whether another node has sent it here already. */
export interface Routed {
  readonly action: string;
  readonly key: MatchingKey;
  readonly params: Readonly<Record<string, unknown>>;
  readonly wasRouted: boolean;
}

/** Brings calls to the node that owns the partition of their entity; on a stale route it looks again. */
export class Router {
  private readonly parts: RouterParts;

  constructor(parts: RouterParts) {
    this.parts = parts;
  }

  /** @throws MF_PARTITION_MOVED when no owner was to be had for half a minute, and what the call itself throws */
  async call<T>(routed: Routed, here: () => Promise<T>): Promise<T> {
    const started = performance.now();
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.attempt(routed, here);
      } catch (error) {
        // Whoever sent it here has the fresher view, or will have.
        if (!isStale(error) || routed.wasRouted || performance.now() - started > PATIENCE_MS) throw error;
      }
      await pause(wait);
    }
  }

  private async attempt<T>({ action, key, params, wasRouted }: Routed, here: () => Promise<T>): Promise<T> {
    const { node, counts, broker, ownerOf } = this.parts;
    const kind = kindOfKey(key);
    if (kind === undefined || counts[kind] === undefined) return here();
    const partition = partitionOf(kind, key, counts);
    const owner = ownerOf(partition);
    if (owner === node) return here();
    if (owner === undefined || wasRouted) {
      const found = owner === undefined ? 'nobody owns it now' : `${owner} owns it now`;
      throw new MasterflagError('MF_PARTITION_MOVED', `${partition} is not a partition of ${node}: ${found}`);
    }
    return broker.call<T, Readonly<Record<string, unknown>>>(action, params, { nodeID: owner, meta: { routed: true } });
  }
}

/** The call may have reached nobody, or somebody who is not the owner any more; it is idempotent, so it goes again. */
function isStale(error: unknown): boolean {
  if (error instanceof MasterflagError) return error.code === 'MF_PARTITION_MOVED';
  return (
    error instanceof Errors.ServiceNotFoundError ||
    error instanceof Errors.ServiceNotAvailableError ||
    error instanceof Errors.RequestRejectedError ||
    error instanceof Errors.RequestTimeoutError
  );
}
