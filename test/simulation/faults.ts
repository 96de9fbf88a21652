import type { PartitionId } from '../../schemas/partition.ts';
import type { SimulatedNode } from './node.ts';
import { WIRE_FAULTS, type WireFault } from './wire.ts';
import type { World } from './world.ts';

/** What strikes a node, a partition or the log. */
const STRIKES = ['crash', 'sleep', 'move', 'split', 'coup', 'trim'] as const;
type Strike = (typeof STRIKES)[number];

export type Fault = WireFault | Strike;
export const FAULTS: readonly Fault[] = [...WIRE_FAULTS, ...STRIKES];

/** What may be under way when a fault strikes: every operation of the worker's, or none. */
export const PHASES = [
  ...['takeOver', 'identity', 'tail', 'read', 'load', 'query', 'range', 'commit', 'checkpoint'],
  ...['apply', 'append', 'eventsTail', 'appendEvents', 'idle'],
] as const;

export interface FaultCount {
  readonly fault: Fault;
  /** What was under way when it struck. */
  readonly phase: string;
  readonly count: number;
}

interface Ambush {
  readonly fault: Strike;
  readonly operation: string;
}

/** How long an ambush is laid before it strikes anyhow, in virtual ms. */
const AMBUSH_MS = 200;

/** Who hosts what, and everything that goes wrong: at least five times a seed, until it is healed. */
export class FaultPlan {
  nodes: (name: string) => SimulatedNode = () => {
    throw new Error('no nodes yet');
  };
  trim: () => void = () => undefined;
  wireChance: number;
  isOver = false;
  private readonly live = new Map<string, SimulatedNode>();
  private readonly placement = new Map<PartitionId, string>();
  private readonly counted = new Map<string, number>();
  private readonly world: World;
  private readonly partitions: readonly PartitionId[];
  private readonly names: readonly string[];
  private readonly trace: (text: string) => void;
  private left: number;
  private ambush: Ambush | null = null;

  constructor(
    world: World,
    partitions: readonly PartitionId[],
    names: readonly string[],
    trace: (text: string) => void,
    calm: boolean,
  ) {
    this.world = world;
    this.partitions = partitions;
    this.names = names;
    this.trace = trace;
    this.wireChance = calm ? 0 : world.random.next() * 0.12;
    this.left = calm ? 0 : 5 + world.random.below(7);
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

  /** No more faults; every partition has one host. */
  heal(): void {
    this.wireChance = 0;
    this.ambush = null;
    for (const name of this.names) if (!this.live.has(name)) this.revive(name);
  }

  /** Every partition moves to another node. */
  moveAll(): void {
    for (const partition of this.partitions) this.place(partition, this.placement.get(partition));
  }

  /** A node's call sets out: what lies in wait for it strikes while it is under way. */
  met(name: string, operation: string, partition: PartitionId | undefined): void {
    if (this.ambush?.operation !== operation || partition === undefined) return;
    const { fault } = this.ambush;
    this.ambush = null;
    this.world.after(this.world.random.below(5), () => {
      this.strike(fault, name, partition);
    });
  }

  /** A commit that happens late, or again, is worst when somebody takes over what it leaves. */
  straggled(operation: string, partition: PartitionId | undefined): void {
    if (operation !== 'commit' || partition === undefined || this.isOver || !this.world.random.chance(0.5)) return;
    this.strike('move', this.placement.get(partition) ?? '', partition);
  }

  crash(name: string): void {
    const node = this.live.get(name);
    if (node === undefined) return;
    this.countUnderWay('crash', [node]);
    this.down(name, node);
    this.world.after(20 + this.world.random.below(200), () => {
      this.evacuate(name);
    });
  }

  private next(): void {
    const { random } = this.world;
    this.world.after(10 + random.below(110), () => {
      if (this.left === 0) {
        this.isOver = true;
        return;
      }
      this.left -= 1;
      const fault = random.pick(STRIKES);
      if (random.chance(0.4)) this.strikeAnyone(fault);
      else this.lie({ fault, operation: fault === 'coup' ? 'commit' : random.pick(PHASES) });
      this.next();
    });
  }

  private lie(ambush: Ambush): void {
    if (this.ambush !== null) this.strikeAnyone(this.ambush.fault);
    this.ambush = ambush;
    this.world.after(AMBUSH_MS, () => {
      if (this.ambush !== ambush) return;
      this.ambush = null;
      this.strikeAnyone(ambush.fault);
    });
  }

  private strikeAnyone(fault: Strike): void {
    const partition = this.world.random.pick(this.partitions);
    this.strike(fault, this.placement.get(partition) ?? '', partition);
  }

  private strike(fault: Strike, name: string, partition: PartitionId): void {
    const node = this.live.get(name);
    switch (fault) {
      case 'trim':
        this.countUnderWay('trim', [...this.live.values()]);
        this.trace('the log is trimmed');
        this.trim();
        break;
      case 'crash':
        this.crash(name);
        break;
      case 'move':
        if (node !== undefined) this.countUnderWay('move', [node]);
        this.place(partition, name);
        break;
      case 'sleep':
        if (node !== undefined) this.sleep(name, node);
        break;
      case 'split':
        if (node !== undefined) this.countUnderWay('split', [node]);
        this.split(partition, name);
        break;
      case 'coup':
        if (node !== undefined) this.coup(name, node, partition);
    }
  }

  /** A sleeper may lose its partitions without knowing, and wakes as a zombie. */
  private sleep(name: string, node: SimulatedNode): void {
    this.countUnderWay('sleep', [node]);
    node.sleep(50 + this.world.random.below(1500));
    if (this.world.random.chance(0.7)) {
      this.world.after(30 + this.world.random.below(100), () => {
        this.evacuate(name);
      });
    }
  }

  /** Another node believes for a while that it owns the partition. */
  private split(partition: PartitionId, not: string): void {
    const name = this.world.random.pick(this.names.filter((other) => other !== not));
    const node = this.live.get(name);
    if (node === undefined) return;
    this.trace(`${name} believes that it owns ${partition} too`);
    node.host(partition);
    this.world.after(50 + this.world.random.below(300), () => {
      if (this.placement.get(partition) !== name) node.release(partition);
    });
  }

  /** The owner falls, what it sent is still on its way, and two others take over nearly at once. */
  private coup(name: string, node: SimulatedNode, partition: PartitionId): void {
    const { random } = this.world;
    this.countUnderWay('coup', [node]);
    if (random.chance(0.7)) this.down(name, node);
    else node.sleep(100 + random.below(300));
    this.world.after(random.below(15), () => {
      this.evacuate(name);
      this.world.after(random.below(60), () => {
        this.split(partition, this.placement.get(partition) ?? '');
      });
    });
  }

  private down(name: string, node: SimulatedNode): void {
    node.crash();
    this.live.delete(name);
    this.world.after(50 + this.world.random.below(400), () => {
      if (!this.live.has(name)) this.revive(name);
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

  private countUnderWay(fault: Fault, nodes: readonly SimulatedNode[]): void {
    const phases = new Set<string>();
    for (const { wire } of nodes) for (const [operation, calls] of wire.underWay) if (calls > 0) phases.add(operation);
    for (const phase of phases.size === 0 ? ['idle'] : phases) this.count(fault, phase);
  }
}
