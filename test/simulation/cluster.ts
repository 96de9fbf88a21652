import type { PartitionId } from '../../schemas/partition.ts';
import type { Neighbours } from '../../actors/placement/neighbours.ts';
import type { NodeView } from '../../actors/placement/placement.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

/** How often a node tells that it lives, in the time after which it counts as gone. */
const BEATS = 3;

export interface ClusterParts {
  readonly world: World;
  /** Ms. */
  readonly heartbeatMs: number;
  /** Chance that something between two nodes is lost or very late; 0 heals it. */
  readonly chance: () => number;
}

/** What the others ask of a node. */
export type Releases = (partition: PartitionId) => Promise<void>;

/** All processes, and what each of them hears of the others: late, in another order, or never. */
export class Cluster {
  readonly parts: ClusterParts;
  private readonly members = new Map<string, Member>();

  constructor(parts: ClusterParts) {
    this.parts = parts;
  }

  /** A process starts: it knows of nobody, and nobody of it, until they hear of one another. */
  enter(self: NodeView, wire: Wire, releases: Releases): Member {
    const member = new Member(self, wire, releases, this);
    this.members.set(self.name, member);
    const beat = (): void => {
      this.beat(member);
      wire.after(this.parts.heartbeatMs / BEATS, beat);
    };
    wire.after(this.parts.world.random.below(5), beat);
    return member;
  }

  /** It is gone; where it says so, it is not waited for. */
  leave(member: Member, isSaid: boolean): void {
    if (this.members.get(member.name) === member) this.members.delete(member.name);
    if (!isSaid) return;
    for (const other of this.members.values()) {
      this.send(other, () => {
        other.forget(member.name);
      });
    }
  }

  member(name: string): Member | undefined {
    return this.members.get(name);
  }

  /** Tells everybody what this one tells of itself. */
  beat(member: Member): void {
    member.look();
    const { world } = this.parts;
    for (const other of this.members.values()) {
      if (other === member) continue;
      const { self } = member;
      // Most beats tell nothing new: those need no step of their own.
      if (other.knows(self) && !world.random.chance(this.parts.chance())) other.refresh(self.name, world.now + 2);
      else {
        this.send(other, () => {
          other.hear(self);
        });
      }
    }
  }

  private send(to: Member, message: () => void): void {
    const { world, chance, heartbeatMs } = this.parts;
    if (world.random.chance(chance())) return;
    const isLate = chance() > 0 && world.random.chance(0.1);
    to.wire.after(isLate ? world.random.below(heartbeatMs) : 1 + world.random.below(4), message);
  }

  /** Brings an answer back, unless it is lost, or nobody is there. */
  ask(from: Member, to: string, partition: PartitionId): Promise<void> {
    return new Promise((resolve) => {
      const addressee = this.members.get(to);
      if (addressee === undefined) return;
      this.send(addressee, () => {
        void addressee.releases(partition).then(() => {
          this.send(from, resolve);
        });
      });
    });
  }
}

/** One process, and the others as it sees them. */
export class Member implements Neighbours {
  self: NodeView;
  readonly wire: Wire;
  readonly releases: Releases;
  private readonly cluster: Cluster;
  private readonly heard = new Map<string, { readonly node: NodeView; at: number }>();
  private readonly callbacks = new Set<() => void>();
  private belief: readonly NodeView[] | undefined;
  private shown: readonly NodeView[] = [];

  constructor(self: NodeView, wire: Wire, releases: Releases, cluster: Cluster) {
    [this.self, this.wire, this.releases, this.cluster] = [self, wire, releases, cluster];
  }

  get name(): string {
    return this.self.name;
  }

  live(): readonly NodeView[] {
    if (this.belief !== undefined) return [this.self, ...this.belief.filter(({ name }) => name !== this.name)];
    const { world, heartbeatMs } = this.cluster.parts;
    const nodes = [this.self];
    for (const { node, at } of this.heard.values()) if (at + heartbeatMs > world.now) nodes.push(node);
    return nodes;
  }

  onChange(callback: () => void): () => void {
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }

  async letGo(node: string, partition: PartitionId): Promise<void> {
    const { cluster } = this;
    let answer = Promise.resolve();
    await this.wire.of(partition).call('letGo', () => {
      answer = cluster.ask(this, node, partition);
    });
    await answer;
  }

  tell(told: Partial<NodeView>): void {
    this.self = { ...this.self, ...told };
    this.cluster.beat(this);
  }

  /** It takes these for all that live, whatever it hears, until it hears again. */
  believe(nodes: readonly NodeView[] | undefined): void {
    this.belief = nodes;
    this.wire.after(0, () => {
      this.look();
    });
  }

  knows(node: NodeView): boolean {
    const { world, heartbeatMs } = this.cluster.parts;
    const known = this.heard.get(node.name);
    return known?.node === node && known.at + heartbeatMs > world.now && !this.wire.isAsleep;
  }

  refresh(name: string, at: number): void {
    const known = this.heard.get(name);
    if (known !== undefined) known.at = Math.max(known.at, at);
  }

  hear(node: NodeView): void {
    this.heard.set(node.name, { node, at: this.cluster.parts.world.now });
    this.look();
  }

  forget(name: string): void {
    this.heard.delete(name);
    this.look();
  }

  /** Calls back if others are to be seen than the last time. */
  look(): void {
    const now = this.live();
    if (now.length === this.shown.length && now.every((node, at) => node === this.shown[at])) return;
    this.shown = now;
    for (const callback of this.callbacks) callback();
  }
}
