import { hash } from 'node:crypto';
import { allPartitions, kindOf, type PartitionCounts, type PartitionId } from '../../schemas/partition.ts';

/** A node as the others see it. */
export interface NodeView {
  readonly name: string;
  /** The kinds whose partitions it may own: those whose Moleculer service it offers. */
  readonly kinds: readonly string[];
  /** It is about to stop, and owns nothing any more. */
  readonly draining: boolean;
  /** It needs all partitions at rest, as a backup does: while it is there, nobody owns any. */
  readonly holding: boolean;
}

/**
 * Which node owns which partition, as far as somebody sees these nodes: rendezvous hashing (Thaler and Ravishankar,
 * "Using name-based mappings to increase hit rates", 1998), where every node gets its share of a kind, rounded down or
 * up (after Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing with bounded loads", 2018): with four partitions
 * and three nodes, plain rendezvous leaves a node without work half of the time, and with a bound from above alone it
 * still is two times in five. Everybody who sees the same nodes comes to the same answer; a partition that no node may
 * own is missing.
 */
export function placementOf(
  counts: PartitionCounts,
  nodes: readonly NodeView[],
): ReadonlyMap<PartitionId, NodeView['name']> {
  const placement = new Map<PartitionId, string>();
  if (nodes.some(({ holding }) => holding)) return placement;
  for (const [kind, partitions] of Map.groupBy(allPartitions(counts), kindOf)) {
    const hosts = nodes.filter(({ kinds, draining }) => !draining && kinds.includes(kind)).map(({ name }) => name);
    const shares = new Shares(partitions.length, hosts);
    for (const partition of partitions) {
      const owner = highest(partition, shares.free);
      if (owner === undefined) continue;
      shares.take(owner);
      placement.set(partition, owner);
    }
  }
  return placement;
}

/** How many partitions of a kind each node may still take, so that none has two more than another. */
class Shares {
  private readonly owned: Map<string, number>;
  private readonly share: number;
  /** How many nodes may still take one more than the share. */
  private extra: number;

  constructor(partitions: number, hosts: readonly string[]) {
    this.owned = new Map(hosts.map((name) => [name, 0]));
    this.share = Math.floor(partitions / hosts.length);
    this.extra = partitions % hosts.length;
  }

  get free(): string[] {
    const most = this.extra > 0 ? this.share : this.share - 1;
    return [...this.owned].filter(([, count]) => count <= most).map(([name]) => name);
  }

  take(name: string): void {
    const count = this.owned.get(name) ?? 0;
    if (count === this.share) this.extra -= 1;
    this.owned.set(name, count + 1);
  }
}

function highest(partition: PartitionId, names: readonly string[]): string | undefined {
  let best: readonly [weight: string, name: string] | undefined;
  for (const name of names) {
    const weight = hash('sha256', `${name}/${partition}`);
    if (best === undefined || weight > best[0]) best = [weight, name];
  }
  return best?.[1];
}

/** The name of one opening of a partition, which says whose it is: unique to the opening, not to the node. */
export function openingName(node: string, unique: string): string {
  return `${node}/${unique}`;
}

/** The node that an opening is of; undefined of a partition that was never taken over. */
export function nodeOfOpening(owner: string): string | undefined {
  const slash = owner.indexOf('/');
  return slash < 0 ? undefined : owner.slice(0, slash);
}

/** Whether the same placement follows from both. */
export function isSameView(some: readonly NodeView[], others: readonly NodeView[]): boolean {
  return some.length === others.length && some.every((node, at) => isSameNode(node, others[at]));
}

function isSameNode(node: NodeView, other: NodeView | undefined): boolean {
  if (node === other) return true;
  return (
    node.name === other?.name &&
    node.draining === other.draining &&
    node.holding === other.holding &&
    node.kinds.length === other.kinds.length &&
    node.kinds.every((kind, at) => kind === other.kinds[at])
  );
}
