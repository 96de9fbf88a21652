import { UnknownOutcome } from '../../schemas/errors.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Random, World } from './world.ts';

/** What can go wrong between a node and a server. */
export const WIRE_FAULTS = ['lostRequest', 'lostReply', 'late', 'doubled'] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

export interface WireParts {
  readonly world: World;
  /** Chance of a fault per operation; 0 heals the wire. */
  readonly chance: () => number;
  readonly onFault: (fault: WireFault, operation: string) => void;
  /** Called when an operation sets out, on behalf of a partition if it is one's. */
  readonly onCall: (operation: string, partition: PartitionId | undefined) => void;
  /** Called when an operation happened that its caller had given up, or once more. */
  readonly onStraggler: (operation: string, partition: PartitionId | undefined) => void;
}

/** How an adapter reaches its server. */
export interface Line {
  /** `part` does some of what `execute` would: an operation that is several writes may end in the middle. */
  call<T>(operation: string, execute: () => T, part?: (random: Random) => void): Promise<T>;
  after(ms: number, callback: () => void): () => void;
}

/** Longest time that an operation may be under way after its caller has given it up, in virtual ms. */
export const LATEST_MS = 3000;

/**
 * One node's connection. Operations take time, their answers may be lost, they may happen long after their caller was
 * told that nobody knows, or twice. A dead caller hears nothing more, a sleeping one hears it when it wakes.
 */
export class Wire implements Line {
  readonly underWay = new Map<string, number>();
  private readonly parts: WireParts;
  private dead = false;
  private sleepsUntil = 0;

  constructor(parts: WireParts) {
    this.parts = parts;
  }

  /** The node is gone: what it sent may still happen, even late, but nobody hears of it. */
  cut(): void {
    this.dead = true;
  }

  /** The node is stopped, and wakes as a zombie. */
  sleep(ms: number): void {
    this.sleepsUntil = Math.max(this.sleepsUntil, this.parts.world.now + ms);
  }

  get isAsleep(): boolean {
    return this.parts.world.now < this.sleepsUntil;
  }

  /** Runs on the node, when it is awake and still there. */
  after(ms: number, callback: () => void): () => void {
    return this.parts.world.after(ms, () => {
      this.deliver(callback);
    });
  }

  /** The wire as one partition's worker uses it. */
  of(partition: PartitionId): Line {
    return {
      call: (operation, execute, part) => this.call(operation, execute, part, partition),
      after: (ms, callback) => this.after(ms, callback),
    };
  }

  call<T>(operation: string, execute: () => T, part?: (random: Random) => void, partition?: PartitionId): Promise<T> {
    const { world, onCall, onStraggler } = this.parts;
    return new Promise<T>((resolve, reject) => {
      if (this.dead) return;
      this.count(operation, 1);
      onCall(operation, partition);
      const fault = this.fault(operation);
      world.after(this.latency(), () => {
        const late = (): void => {
          world.after(this.lateness(), () => {
            execute();
            onStraggler(operation, partition);
          });
        };
        if (this.dead && world.random.chance(0.5)) {
          part?.(world.random);
          late();
          return;
        }
        if (fault === 'lostRequest' || fault === 'late') part?.(world.random);
        const tell = this.execute(fault, { now: execute, late }, resolve, reject, operation);
        world.after(this.latency(), () => {
          this.count(operation, -1);
          this.deliver(tell);
        });
      });
    });
  }

  /** Does what the fault leaves of the operation; returns how its caller hears of it. */
  private execute<T>(
    fault: WireFault | undefined,
    execute: { readonly now: () => T; readonly late: () => void },
    resolve: (result: T) => void,
    reject: (error: Error) => void,
    operation: string,
  ): () => void {
    const unknown = (): void => {
      reject(new UnknownOutcome(operation));
    };
    if (fault === 'late' || fault === 'doubled') execute.late();
    if (fault === 'lostRequest' || fault === 'late') return unknown;
    const tell = answerOf(execute.now, resolve, reject);
    return fault === 'lostReply' ? unknown : tell;
  }

  private fault(operation: string): WireFault | undefined {
    const { world, chance, onFault } = this.parts;
    if (!world.random.chance(chance())) return undefined;
    const fault = world.random.pick(WIRE_FAULTS);
    onFault(fault, operation);
    return fault;
  }

  private count(operation: string, by: 1 | -1): void {
    this.underWay.set(operation, (this.underWay.get(operation) ?? 0) + by);
  }

  private latency(): number {
    const { random } = this.parts.world;
    return random.chance(0.05) ? random.below(60) : 1 + random.below(4);
  }

  /** Soon, among the operations that came next, or when everything has long moved on. */
  private lateness(): number {
    const { random } = this.parts.world;
    return random.below(random.chance(0.5) ? 60 : LATEST_MS);
  }

  private deliver(callback: () => void): void {
    if (this.dead) return;
    const { world } = this.parts;
    if (this.isAsleep) {
      world.after(this.sleepsUntil - world.now, () => {
        this.deliver(callback);
      });
      return;
    }
    callback();
  }
}

function answerOf<T>(execute: () => T, resolve: (result: T) => void, reject: (error: Error) => void): () => void {
  try {
    const result = execute();
    return () => {
      resolve(result);
    };
  } catch (error) {
    return () => {
      reject(error instanceof Error ? error : new Error(String(error)));
    };
  }
}
