import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import { isSameView, placementOf, type NodeView } from '../../actors/placement/placement.ts';
import type { Cluster } from './cluster.ts';
import type { SimulatedNode } from './node.ts';
import type { StoreServer } from './servers.ts';
import type { World } from './world.ts';

/** Nodes that are there from the beginning, and those that join. */
const NAMES = ['n1', 'n2', 'n3'];
const JOINING = ['n4', 'n5'];

export interface FleetParts {
  readonly world: World;
  readonly cluster: Cluster;
  readonly counts: PartitionCounts;
  readonly partitions: readonly PartitionId[];
  readonly store: StoreServer;
  readonly node: (name: string, life: number) => SimulatedNode;
  /** Whether nodes listen before they start, and nobody is taken for gone who is not. */
  readonly isOrderly: boolean;
  readonly violate: (violation: string) => void;
  readonly trace: (text: string) => void;
}

/** All nodes: who lives, stops and comes back. Who owns what is for them to find out. */
export class Fleet {
  readonly live = new Map<string, SimulatedNode>();
  private readonly leaving = new Set<SimulatedNode>();
  readonly parts: FleetParts;
  private lives = 0;
  private placed: { readonly nodes: readonly NodeView[]; readonly placement: ReadonlyMap<PartitionId, string> } = {
    nodes: [],
    placement: new Map(),
  };

  constructor(parts: FleetParts) {
    this.parts = parts;
  }

  start(): void {
    for (const name of NAMES) this.revive(name);
  }

  /** Who runs the partition, or should. */
  ownerOf(partition: PartitionId): SimulatedNode | undefined {
    const running = [...this.live.values()].filter(({ openings }) => openings.has(partition));
    const { random } = this.parts.world;
    return running.length > 0 ? random.pick(running) : this.live.get(this.placement.get(partition) ?? '');
  }

  /** kill -9, and a new start. */
  crash(name: string): void {
    const node = this.live.get(name);
    if (node !== undefined) this.down(node);
  }

  /** All is as it should be: everybody lives, sees the others, and knows the time. */
  heal(): void {
    for (const name of NAMES) if (!this.live.has(name)) this.revive(name);
    for (const node of this.live.values()) {
      node.member.believe(undefined);
      node.skew = 0;
      node.return();
      node.offer(this.kinds);
    }
  }

  /** Every node stops, or dies, and starts again. */
  restart(): void {
    for (const node of [...this.live.values()]) {
      if (this.parts.world.random.chance(0.5)) this.down(node);
      else this.leave(node);
      if (NAMES.includes(node.name)) this.reviveLater(node.name);
    }
  }

  /** What is wrong with who owns what: at rest, one live opening owns each partition, as placement and checkpoint say. */
  misplaced(): string[] {
    const { partitions, store } = this.parts;
    const absent = NAMES.filter((name) => !this.live.has(name));
    if (absent.length > 0 || this.leaving.size > 0) return [`${[...absent, ...this.leaving].length} nodes move`];
    const { placement } = this;
    return partitions.flatMap((partition) => {
      const running = [...this.live.values()].filter(({ openings }) => openings.has(partition));
      const [node] = running;
      const owner = node?.openings.get(partition);
      const { owner: named, epoch } = store.checkpoint(partition) ?? {};
      const isRight =
        running.length === 1 &&
        node?.name === placement.get(partition) &&
        owner?.name === named &&
        owner?.epoch === epoch;
      if (isRight) return [];
      const names = running.map(({ openings }) => openings.get(partition)?.name).join(', ');
      return [
        `${partition} is run by ${names}, is ${placement.get(partition) ?? 'nobody'}'s, checkpoint ${epoch} ${named}`,
      ];
    });
  }

  /** Whether the opening of that name runs, on a node that is to own the partition. */
  isWanted(opening: string, partition: PartitionId): boolean {
    return [...this.live.values()].some(
      ({ name, host, openings }) => openings.get(partition)?.name === opening && host.ownerOf(partition) === name,
    );
  }

  private get placement(): ReadonlyMap<PartitionId, string> {
    const nodes = [...this.live.values()].map(({ member }) => member.self);
    if (!isSameView(nodes, this.placed.nodes)) {
      this.placed = { nodes, placement: placementOf(this.parts.counts, nodes) };
    }
    return this.placed.placement;
  }

  /** A name for one who joins; undefined when enough have. */
  get newName(): string | undefined {
    return JOINING.find((name) => !this.live.has(name) && !this.isLeaving(name));
  }

  get kinds(): string[] {
    return Object.keys(this.parts.counts);
  }

  get heartbeatMs(): number {
    return this.parts.cluster.parts.heartbeatMs;
  }

  /** After so long, counted from now; if the node is still there. */
  later(node: SimulatedNode, ms: number, what: () => void): void {
    this.parts.world.after(ms, () => {
      if (this.live.get(node.name) === node) what();
    });
  }

  down(node: SimulatedNode): void {
    node.crash();
    this.live.delete(node.name);
    this.reviveLater(node.name);
  }

  leave(node: SimulatedNode): void {
    this.live.delete(node.name);
    this.leaving.add(node);
    node.stop(() => this.leaving.delete(node));
  }

  private isLeaving(name: string): boolean {
    return [...this.leaving].some((node) => node.name === name);
  }

  reviveLater(name: string): void {
    this.parts.world.after(50 + this.parts.world.random.below(400), () => {
      if (!this.live.has(name) && !this.isLeaving(name)) this.revive(name);
      else if (!this.live.has(name)) this.reviveLater(name);
    });
  }

  revive(name: string): SimulatedNode {
    const node = this.parts.node(name, this.lives++);
    this.live.set(name, node);
    // One that does not listen long enough believes that it is alone.
    const isHasty = !this.parts.isOrderly && this.parts.world.random.chance(0.3);
    node.start(isHasty ? this.parts.world.random.below(10) : this.heartbeatMs / 2);
    return node;
  }

  /** Those who live, and those who should. */
  get everybody(): readonly NodeView[] {
    const dead = NAMES.filter((name) => !this.live.has(name));
    return [
      ...[...this.live.values()].map(({ member }) => member.self),
      ...dead.map((name) => ({ name, kinds: this.kinds, draining: false, holding: false })),
    ];
  }
}
