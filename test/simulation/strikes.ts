import { kindOf, type PartitionId } from '../../schemas/partition.ts';
import { placementOf, type NodeView } from '../../actors/placement/placement.ts';
import type { Strike } from './faults.ts';
import type { Fleet, FleetParts } from './fleet.ts';
import type { SimulatedNode } from './node.ts';
import { Wire } from './wire.ts';

/** Clocks are off by up to five minutes. */
const LARGEST_SKEW_MS = 300_000;

/** What each fault does to a node, or to what nodes see of one another. */
export class Strikes {
  private readonly fleet: Fleet;
  private readonly parts: FleetParts;
  private endHold: () => void = () => undefined;

  constructor(fleet: Fleet) {
    this.fleet = fleet;
    this.parts = fleet.parts;
  }

  strike(fault: Exclude<Strike, 'trim'>, node: SimulatedNode, partition: PartitionId): void {
    switch (fault) {
      case 'crash':
        this.fleet.down(node);
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

  /** What would not end by itself. */
  heal(): void {
    this.endHold();
  }

  /** A sleeper may lose its partitions without knowing, and wakes as a zombie. */
  private sleep(node: SimulatedNode): void {
    const { random } = this.parts.world;
    node.sleep(50 + random.below(1500));
    if (random.chance(0.7)) this.fleet.later(node, 30 + random.below(100), () => this.evacuate(node.name));
  }

  /** Sleeps until nobody counts with it any more; it has to notice. */
  private zombie(node: SimulatedNode): void {
    const { random } = this.parts.world;
    const ms = Math.ceil(this.fleet.heartbeatMs * 1.3) + random.below(2 * this.fleet.heartbeatMs);
    const noticed = node.sleepsNoticed;
    const isStarted = node.isStarted;
    node.sleep(ms);
    this.fleet.later(node, ms + 1, () => {
      if (!isStarted || node.wire.isAsleep || node.sleepsNoticed > noticed) return;
      this.parts.violate(`${node.name} did not notice that it had stood still for ${ms} ms`);
    });
  }

  /** A node offers the kind of a partition no more, for a while: everything of it moves. */
  private move(node: SimulatedNode, partition: PartitionId): void {
    const { random } = this.parts.world;
    this.parts.trace(`${node.name} offers ${kindOf(partition)} no more`);
    node.offer(this.fleet.kinds.filter((kind) => kind !== kindOf(partition)));
    this.fleet.later(node, 100 + random.below(400), () => {
      node.offer(this.fleet.kinds);
    });
  }

  /** Another node believes for a while that it owns the partition. */
  private split(partition: PartitionId, not: string): void {
    const { random } = this.parts.world;
    const others = [...this.fleet.live.values()].filter(({ name }) => name !== not);
    if (others.length === 0) return;
    const node = random.pick(others);
    this.parts.trace(`${node.name} believes that it owns ${partition} too`);
    this.believe(node, this.viewThatGives(partition, node, not), 50 + random.below(300));
  }

  /** The owner falls, what it sent is still on its way, and two others take over nearly at once. */
  private coup(node: SimulatedNode, partition: PartitionId): void {
    const { world } = this.parts;
    const { random } = world;
    if (random.chance(0.7)) this.fleet.down(node);
    else node.sleep(100 + random.below(300));
    world.after(random.below(15), () => {
      this.evacuate(node.name);
      world.after(random.below(60), () => {
        this.split(partition, this.fleet.ownerOf(partition)?.name ?? node.name);
      });
    });
  }

  private join(): void {
    const { random } = this.parts.world;
    const name = this.fleet.newName;
    if (name === undefined) return;
    const node = this.fleet.revive(name);
    if (random.chance(0.3)) return;
    this.fleet.later(node, 200 + random.below(800), () => this.fleet.leave(node));
  }

  private drain(node: SimulatedNode): void {
    const { random } = this.parts.world;
    node.drain();
    this.fleet.later(node, 100 + random.below(700), () => {
      if (random.chance(0.7)) node.return();
      else {
        this.fleet.leave(node);
        this.fleet.reviveLater(node.name);
      }
    });
  }

  /** Everybody sees something else, for a while. */
  private disagree(): void {
    const { random } = this.parts.world;
    this.parts.trace('everybody sees something else');
    for (const node of this.fleet.live.values()) {
      const seen = this.fleet.everybody.filter(() => random.chance(0.6));
      this.fleet.later(node, random.below(50), () => {
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
    if (random.chance(0.5)) this.fleet.later(node, 50 + random.below(500), jump);
  }

  /** The others take a node for gone. */
  private evacuate(name: string): void {
    const seen = this.fleet.everybody.filter((node) => node.name !== name);
    for (const node of this.fleet.live.values()) {
      if (node.name === name) continue;
      this.fleet.later(node, this.parts.world.random.below(20), () => {
        this.believe(node, seen, 100 + this.parts.world.random.below(300));
      });
    }
  }

  private believe(node: SimulatedNode, seen: readonly NodeView[], ms: number): void {
    node.member.believe(seen);
    this.fleet.later(node, ms, () => {
      node.member.believe(undefined);
    });
  }

  /** What a node would have to see; often it does not see the former owner, and so does not wait for it. */
  private viewThatGives(partition: PartitionId, to: SimulatedNode, former: string): readonly NodeView[] {
    const { random } = this.parts.world;
    const isFormerSeen = random.chance(0.3);
    for (let tries = 0; tries < 8; tries++) {
      const seen = this.fleet.everybody.filter(({ name }) => random.chance(0.5) && (isFormerSeen || name !== former));
      const nodes = [to.member.self, ...seen.filter(({ name }) => name !== to.name)];
      if (placementOf(this.parts.counts, nodes).get(partition) === to.name) return seen;
    }
    return [];
  }
}
