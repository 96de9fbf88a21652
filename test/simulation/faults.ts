import type { PartitionId } from '../../schemas/partition.ts';
import type { Fleet } from './fleet.ts';
import type { SimulatedNode } from './node.ts';
import { Strikes } from './strikes.ts';
import { WIRE_FAULTS, type WireFault } from './wire.ts';
import type { World } from './world.ts';

/** What strikes nodes, partitions, views of the cluster, or the log, where nobody's work need be lost by it ... */
const ORDERLY = ['move', 'join', 'drain', 'trim'] as const;

/** ... and all of it. */
const STRIKES = [
  ...(['crash', 'sleep', 'zombie', 'split', 'coup', 'disagree', 'hold', 'skew'] as const),
  ...ORDERLY,
] as const;
export type Strike = (typeof STRIKES)[number];

export type Fault = WireFault | Strike;
export const FAULTS: readonly Fault[] = [...WIRE_FAULTS, ...STRIKES];

/** What may be under way when a fault strikes: every operation of a node's, or none. */
export const PHASES = [
  ...['takeOver', 'identity', 'tail', 'read', 'load', 'query', 'range', 'commit', 'checkpoint'],
  ...['apply', 'append', 'eventsTail', 'appendEvents', 'progress', 'letGo', 'idle'],
] as const;

export interface FaultCount {
  readonly fault: Fault;
  /** What was under way when it struck. */
  readonly phase: string;
  readonly count: number;
}

/** How much goes wrong: anything; only what needs no loss, over a wire without faults; nothing. */
export type Weather = 'stormy' | 'orderly' | 'calm';

interface Ambush {
  readonly fault: Strike;
  readonly operation: string;
}

/** How long an ambush is laid before it strikes anyhow, in virtual ms. */
const AMBUSH_MS = 300;

/** When which fault strikes, at least seven times a seed, until it is healed. */
export class FaultPlan {
  trim: () => void = () => undefined;
  wireChance: number;
  isOver = false;
  private readonly counted = new Map<string, number>();
  private readonly world: World;
  private readonly partitions: readonly PartitionId[];
  private readonly weather: Weather;
  private readonly trace: (text: string) => void;
  private fleet: Fleet | undefined;
  private strikes: Strikes | undefined;
  private left: number;
  private readonly ambushes = new Set<Ambush>();

  constructor(world: World, partitions: readonly PartitionId[], trace: (text: string) => void, weather: Weather) {
    [this.world, this.partitions, this.trace, this.weather] = [world, partitions, trace, weather];
    this.wireChance = weather === 'stormy' ? world.random.next() * 0.12 : 0;
    this.left = weather === 'calm' ? 0 : 7 + world.random.below(9);
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

  start(fleet: Fleet): void {
    this.fleet = fleet;
    this.strikes = new Strikes(fleet);
    this.next();
  }

  /** No more faults. */
  heal(): void {
    this.wireChance = 0;
    this.ambushes.clear();
    this.strikes?.heal();
    this.fleet?.heal();
  }

  /** A node's call sets out: what lies in wait for it strikes while it is under way. */
  met(name: string, operation: string, partition: PartitionId | undefined): void {
    if (this.ambushes.size === 0) return;
    const ambush = [...this.ambushes].find((one) => one.operation === operation);
    if (ambush === undefined) return;
    const { fault } = ambush;
    this.ambushes.delete(ambush);
    this.world.after(this.world.random.below(5), () => {
      this.strike(fault, partition ?? this.world.random.pick(this.partitions), name);
    });
  }

  /** A commit that happens late, or again, is worst when somebody takes over what it leaves. */
  straggled(operation: string, partition: PartitionId | undefined): void {
    if (operation !== 'commit' || partition === undefined || this.isOver || !this.world.random.chance(0.5)) return;
    this.strike('split', partition);
  }

  private next(): void {
    const { random } = this.world;
    this.world.after(10 + random.below(110), () => {
      if (this.left === 0) {
        this.isOver = true;
        return;
      }
      this.left -= 1;
      const fault = random.pick(this.weather === 'orderly' ? ORDERLY : STRIKES);
      if (random.chance(0.4)) this.strikeAnyone(fault);
      else this.lie({ fault, operation: fault === 'coup' ? 'commit' : random.pick(PHASES) });
      this.next();
    });
  }

  private lie(ambush: Ambush): void {
    this.ambushes.add(ambush);
    this.world.after(AMBUSH_MS, () => {
      if (this.ambushes.delete(ambush)) this.strikeAnyone(ambush.fault);
    });
  }

  private strikeAnyone(fault: Strike): void {
    this.strike(fault, this.world.random.pick(this.partitions));
  }

  private strike(fault: Strike, partition: PartitionId, name?: string): void {
    const { fleet } = this;
    const node = name === undefined ? fleet?.ownerOf(partition) : fleet?.live.get(name);
    if (fleet === undefined || node === undefined) return;
    const isForAll = fault === 'trim' || fault === 'join' || fault === 'disagree' || fault === 'hold';
    this.countUnderWay(fault, isForAll ? [...fleet.live.values()] : [node]);
    if (fault === 'trim') {
      this.trace('the log is trimmed');
      this.trim();
    } else this.strikes?.strike(fault, node, partition);
  }

  private countUnderWay(fault: Fault, nodes: readonly SimulatedNode[]): void {
    const phases = new Set<string>();
    for (const { wire } of nodes) for (const [operation, calls] of wire.underWay) if (calls > 0) phases.add(operation);
    for (const phase of phases.size === 0 ? ['idle'] : phases) this.count(fault, phase);
  }
}
