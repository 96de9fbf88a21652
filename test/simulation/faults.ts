import type { PartitionId } from '../../schemas/partition.ts';
import type { SimulatedNode } from './node.ts';
import type { WireFault } from './wire.ts';
import type { World } from './world.ts';

export type Fault = WireFault | 'crash' | 'sleep' | 'move' | 'split' | 'trim';

export interface FaultCount {
  readonly fault: Fault;
  /** What was under way when it struck: an operation of the protocol, or `idle`. */
  readonly phase: string;
  readonly count: number;
}

/** What strikes a node, and how often relative to one another. */
const NODE_FAULTS = ['crash', 'crash', 'sleep', 'sleep', 'move', 'split', 'trim'] as const;

/** Who hosts what, and everything that goes wrong: at least five times a seed, until it is healed. */
export class FaultPlan {
  nodes: (name: string) => SimulatedNode = () => {
    throw new Error('no nodes yet');
  };
  trim: () => void = () => undefined;
  wireChance: number;
  isMended = false;
  isOver = false;
  private readonly live = new Map<string, SimulatedNode>();
  private readonly placement = new Map<PartitionId, string>();
  private readonly counted = new Map<string, number>();
  private readonly world: World;
  private readonly partitions: readonly PartitionId[];
  private readonly names: readonly string[];
  private readonly trace: (text: string) => void;
  private left: number;

  constructor(world: World, partitions: readonly PartitionId[], names: readonly string[], trace: (text: string) => void) {
    this.world = world;
    this.partitions = partitions;
    this.names = names;
    this.trace = trace;
    this.wireChance = world.random.next() * 0.12;
    this.left = 5 + world.random.below(12);
  }

  get counts(): FaultCount[] {
    return [...this.counted].map(([name, count]) => {
      const [fault, phase] = name.split('|') as [Fault, string];
      return { fault, phase, count };
    });
  }

  count(fault: Fault, phase: string): void {
    const name = `${fault}|${phase}`;
    this.counted.set(name, (this.counted.get(name) ?? 0) + 1);
  }

  start(): void {
    for (const name of this.names) this.live.set(name, this.nodes(name));
    for (const partition of this.partitions) this.place(partition);
    this.next();
  }

  /** No more faults; every partition has one host, and what threw or killed does so no longer. */
  heal(): void {
    this.wireChance = 0;
    this.isMended = true;
    for (const name of this.names) if (!this.live.has(name)) this.revive(name);
    for (const partition of this.partitions) this.place(partition);
  }

  crash(name: string): void {
    const node = this.live.get(name);
    if (node === undefined) return;
    this.countUnderWay('crash', node);
    node.crash();
    this.live.delete(name);
    const { random } = this.world;
    this.world.after(20 + random.below(200), () => {
      this.evacuate(name);
    });
    this.world.after(50 + random.below(400), () => {
      if (!this.live.has(name)) this.revive(name);
    });
  }

  private next(): void {
    this.world.after(20 + this.world.random.below(150), () => {
      if (this.left === 0) {
        this.isOver = true;
        return;
      }
      this.left -= 1;
      this.strike();
      this.next();
    });
  }

  private strike(): void {
    const { random } = this.world;
    const fault = random.pick(NODE_FAULTS);
    const name = random.pick(this.names);
    const node = this.live.get(name);
    if (fault === 'trim') {
      this.count('trim', 'any');
      this.trim();
    } else if (fault === 'crash') this.crash(name);
    else if (fault === 'move') this.place(random.pick(this.partitions));
    else if (node !== undefined && fault === 'sleep') this.sleep(name, node);
    else if (node !== undefined && fault === 'split') this.split(name, node);
  }

  /** A sleeper may lose its partitions without knowing, and wakes as a zombie. */
  private sleep(name: string, node: SimulatedNode): void {
    this.countUnderWay('sleep', node);
    node.sleep(50 + this.world.random.below(1500));
    if (this.world.random.chance(0.7)) {
      this.world.after(30 + this.world.random.below(100), () => {
        this.evacuate(name);
      });
    }
  }

  /** Two nodes believe that they own the same partition. */
  private split(name: string, node: SimulatedNode): void {
    const partition = this.world.random.pick(this.partitions);
    this.countUnderWay('split', node);
    this.trace(`${name} believes that it owns ${partition} too`);
    node.host(partition);
    this.world.after(this.world.random.below(300), () => {
      if (this.placement.get(partition) !== name) node.release(partition);
    });
  }

  private evacuate(name: string): void {
    for (const [partition, host] of this.placement) if (host === name) this.place(partition, name);
  }

  private place(partition: PartitionId, not?: string): void {
    const hosts = [...this.live.keys()].filter((name) => name !== not);
    if (hosts.length === 0) return;
    const before = this.placement.get(partition);
    const name = this.world.random.pick(hosts);
    this.placement.set(partition, name);
    if (before !== undefined && before !== name) {
      const former = this.live.get(before);
      former?.wire.after(1, () => {
        if (this.placement.get(partition) !== before) former.release(partition);
      });
    }
    this.live.get(name)?.host(partition);
  }

  private revive(name: string): void {
    this.trace(`${name} starts`);
    this.live.set(name, this.nodes(name));
    for (const [partition, host] of this.placement) if (host === name) this.live.get(name)?.host(partition);
  }

  private countUnderWay(fault: Fault, node: SimulatedNode): void {
    const phases = [...node.wire.underWay].filter(([, calls]) => calls > 0).map(([operation]) => operation);
    for (const phase of phases.length === 0 ? ['idle'] : phases) this.count(fault, phase);
  }
}
