import { kindOf, type PartitionCounts, type PartitionId } from '../../schemas/partition.ts';
import { isSameView, placementOf, type NodeView } from '../../actors/placement/placement.ts';
import type { Cluster } from './cluster.ts';
import type { Strike } from './faults.ts';
import type { SimulatedNode } from './node.ts';
import type { StoreServer } from './servers.ts';
import { Wire } from './wire.ts';
import type { World } from './world.ts';

/** Nodes that are there from the beginning, and those that join. */
const NAMES = ['n1', 'n2', 'n3'];
const JOINING = ['n4', 'n5'];

/** Clocks are off by up to five minutes. */
const LARGEST_SKEW_MS = 300_000;

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

/** All nodes, and what may be done to them. Who owns what is for them to find out. */
export class Fleet {
  readonly live = new Map<string, SimulatedNode>();
  private readonly leaving = new Set<SimulatedNode>();
  private readonly parts: FleetParts;
  private endHold: () => void = () => undefined;
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

  strike(fault: Exclude<Strike, 'trim'>, node: SimulatedNode, partition: PartitionId): void {
    switch (fault) {
      case 'crash':
        this.down(node);
        break;
      case 'sleep':
        this.sleep(node);
        break;
      case 'zombie':
        this.zombie(node);
        break;
      case 'move':
        this.move(node, partition);
        break;
      case 'split':
        this.split(partition, node.name);
        break;
      case 'coup':
        this.coup(node, partition);
        break;
      case 'join':
        this.join();
        break;
      case 'drain':
        this.drain(node);
        break;
      case 'disagree':
        this.disagree();
        break;
      case 'hold':
        this.hold();
        break;
      case 'skew':
        this.skew(node);
    }
  }

  /** kill -9, and a new start. */
  crash(name: string): void {
    const node = this.live.get(name);
    if (node !== undefined) this.down(node);
  }

  /** All is as it should be: everybody lives, sees the others, and knows the time. */
  heal(): void {
    this.endHold();
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

  /** Whether the opening of that name runs. */
  isRunning(name: string): boolean {
    return [...this.live.values()].some(({ openings }) => [...openings.values()].some((owner) => owner.name === name));
  }

  private get placement(): ReadonlyMap<PartitionId, string> {
    const nodes = [...this.live.values()].map(({ member }) => member.self);
    if (!isSameView(nodes, this.placed.nodes)) {
      this.placed = { nodes, placement: placementOf(this.parts.counts, nodes) };
    }
    return this.placed.placement;
  }

  private get kinds(): string[] {
    return Object.keys(this.parts.counts);
  }

  private get heartbeatMs(): number {
    return this.parts.cluster.parts.heartbeatMs;
  }

  /** After so long, counted from now; if the node is still there. */
  private later(node: SimulatedNode, ms: number, what: () => void): void {
    this.parts.world.after(ms, () => {
      if (this.live.get(node.name) === node) what();
    });
  }

  private down(node: SimulatedNode): void {
    node.crash();
    this.live.delete(node.name);
    this.reviveLater(node.name);
  }

  private leave(node: SimulatedNode): void {
    this.live.delete(node.name);
    this.leaving.add(node);
    node.stop(() => this.leaving.delete(node));
  }

  private reviveLater(name: string): void {
    this.parts.world.after(50 + this.parts.world.random.below(400), () => {
      if (!this.live.has(name) && ![...this.leaving].some((node) => node.name === name)) this.revive(name);
      else if (!this.live.has(name)) this.reviveLater(name);
    });
  }

  private revive(name: string): void {
    const node = this.parts.node(name, this.lives++);
    this.live.set(name, node);
    // One that does not listen long enough believes that it is alone.
    const isHasty = !this.parts.isOrderly && this.parts.world.random.chance(0.3);
    node.start(isHasty ? this.parts.world.random.below(10) : this.heartbeatMs / 2);
  }

  /** A sleeper may lose its partitions without knowing, and wakes as a zombie. */
  private sleep(node: SimulatedNode): void {
    const { random } = this.parts.world;
    node.sleep(50 + random.below(1500));
    if (random.chance(0.7)) this.later(node, 30 + random.below(100), () => this.evacuate(node.name));
  }

  /** Sleeps until nobody counts with it any more; it has to notice. */
  private zombie(node: SimulatedNode): void {
    const { random } = this.parts.world;
    const ms = Math.ceil(this.heartbeatMs * 1.3) + random.below(2 * this.heartbeatMs);
    const noticed = node.sleepsNoticed;
    const isStarted = node.isStarted;
    node.sleep(ms);
    this.later(node, ms + 1, () => {
      if (!isStarted || node.wire.isAsleep || node.sleepsNoticed > noticed) return;
      this.parts.violate(`${node.name} did not notice that it had stood still for ${ms} ms`);
    });
  }

  /** A node offers the kind of a partition no more, for a while: everything of it moves. */
  private move(node: SimulatedNode, partition: PartitionId): void {
    const { random } = this.parts.world;
    this.parts.trace(`${node.name} offers ${kindOf(partition)} no more`);
    node.offer(this.kinds.filter((kind) => kind !== kindOf(partition)));
    this.later(node, 100 + random.below(400), () => {
      node.offer(this.kinds);
    });
  }

  /** Another node believes for a while that it owns the partition. */
  private split(partition: PartitionId, not: string): void {
    const { random } = this.parts.world;
    const others = [...this.live.values()].filter(({ name }) => name !== not);
    if (others.length === 0) return;
    const node = random.pick(others);
    this.parts.trace(`${node.name} believes that it owns ${partition} too`);
    this.believe(node, this.viewThatGives(partition, node, not), 50 + random.below(300));
  }

  /** The owner falls, what it sent is still on its way, and two others take over nearly at once. */
  private coup(node: SimulatedNode, partition: PartitionId): void {
    const { random, after } = { random: this.parts.world.random, after: this.parts.world.after.bind(this.parts.world) };
    if (random.chance(0.7)) this.down(node);
    else node.sleep(100 + random.below(300));
    after(random.below(15), () => {
      this.evacuate(node.name);
      after(random.below(60), () => {
        this.split(partition, this.ownerOf(partition)?.name ?? node.name);
      });
    });
  }

  private join(): void {
    const { random } = this.parts.world;
    const name = JOINING.find((one) => !this.live.has(one) && ![...this.leaving].some((node) => node.name === one));
    if (name === undefined) return;
    this.revive(name);
    const node = this.live.get(name);
    if (node === undefined || random.chance(0.3)) return;
    this.later(node, 200 + random.below(800), () => this.leave(node));
  }

  private drain(node: SimulatedNode): void {
    const { random } = this.parts.world;
    node.drain();
    this.later(node, 100 + random.below(700), () => {
      if (random.chance(0.7)) node.return();
      else {
        this.leave(node);
        this.reviveLater(node.name);
      }
    });
  }

  /** Everybody sees something else, for a while. */
  private disagree(): void {
    const { random } = this.parts.world;
    this.parts.trace('everybody sees something else');
    for (const node of this.live.values()) {
      const seen = this.everybody.filter(() => random.chance(0.6));
      this.later(node, random.below(50), () => {
        this.believe(node, seen, 100 + random.below(500));
      });
    }
  }

  /** A node that needs everything at rest comes, and goes. */
  private hold(): void {
    const { world, cluster, trace } = this.parts;
    const nothing = (): void => undefined;
    this.endHold();
    trace('everything is held');
    const wire = new Wire({ world, chance: () => 0, onFault: nothing, onCall: nothing, onStraggler: nothing });
    const holder = { name: 'backup', kinds: [], draining: false, holding: true };
    const member = cluster.enter(holder, wire, () => Promise.resolve());
    this.endHold = () => {
      this.endHold = nothing;
      trace('nothing is held any more');
      wire.cut();
      cluster.leave(member, world.random.chance(0.5));
    };
    const end = this.endHold;
    world.after(100 + world.random.below(400), () => {
      if (this.endHold === end) end();
    });
  }

  private skew(node: SimulatedNode): void {
    const { random } = this.parts.world;
    const jump = (): void => {
      const most = random.pick([1000, 10_000, LARGEST_SKEW_MS]);
      node.skew = random.below(2 * most) - most;
      this.parts.trace(`the clock of ${node.name} is off by ${node.skew} ms`);
    };
    jump();
    if (random.chance(0.5)) this.later(node, 50 + random.below(500), jump);
  }

  /** The others take a node for gone. */
  private evacuate(name: string): void {
    const seen = this.everybody.filter((node) => node.name !== name);
    for (const node of this.live.values()) {
      if (node.name === name) continue;
      this.later(node, this.parts.world.random.below(20), () => {
        this.believe(node, seen, 100 + this.parts.world.random.below(300));
      });
    }
  }

  private believe(node: SimulatedNode, seen: readonly NodeView[], ms: number): void {
    node.member.believe(seen);
    this.later(node, ms, () => {
      node.member.believe(undefined);
    });
  }

  /** What a node would have to see; often it does not see the former owner, and so does not wait for it. */
  private viewThatGives(partition: PartitionId, to: SimulatedNode, former: string): readonly NodeView[] {
    const { random } = this.parts.world;
    const isFormerSeen = random.chance(0.3);
    for (let tries = 0; tries < 8; tries++) {
      const seen = this.everybody.filter(({ name }) => random.chance(0.5) && (isFormerSeen || name !== former));
      const nodes = [to.member.self, ...seen.filter(({ name }) => name !== to.name)];
      if (placementOf(this.parts.counts, nodes).get(partition) === to.name) return seen;
    }
    return [];
  }

  /** Those who live, and those who should. */
  private get everybody(): readonly NodeView[] {
    const dead = NAMES.filter((name) => !this.live.has(name));
    return [
      ...[...this.live.values()].map(({ member }) => member.self),
      ...dead.map((name) => ({ name, kinds: this.kinds, draining: false, holding: false })),
    ];
  }
}
