import { UnknownOutcome } from '../../schemas/errors.ts';
import type { World } from './world.ts';

/** What can go wrong between a node and a server. */
export const WIRE_FAULTS = ['lostRequest', 'lostReply', 'late', 'doubled'] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

export interface WireParts {
  readonly world: World;
  /** Chance of a fault per operation; 0 heals the wire. */
  readonly chance: () => number;
  readonly onFault: (fault: WireFault, operation: string) => void;
}

/** Longest time that an operation may be under way after its caller has given it up, in virtual ms. */
const LATEST = 3000;

/**
 * One node's connection. Operations take time, their answers may be lost, they may happen long after their caller was
 * told that nobody knows, or twice. A dead caller hears nothing more, a sleeping one hears it when it wakes.
 */
export class Wire {
  readonly underWay = new Map<string, number>();
  private readonly parts: WireParts;
  private dead = false;
  private sleepsUntil = 0;

  constructor(parts: WireParts) {
    this.parts = parts;
  }

  /** The node is gone: what it sent may still happen, but nobody hears of it. */
  cut(): void {
    this.dead = true;
  }

  get isCut(): boolean {
    return this.dead;
  }

  /** The node is stopped, and wakes as a zombie. */
  sleep(ms: number): void {
    this.sleepsUntil = this.parts.world.now + ms;
  }

  /** Runs on the node, when it is awake and still there. */
  after(ms: number, callback: () => void): () => void {
    return this.parts.world.after(ms, () => {
      this.deliver(callback);
    });
  }

  call<T>(operation: string, execute: () => T): Promise<T> {
    const { world } = this.parts;
    return new Promise<T>((resolve, reject) => {
      if (this.dead) return;
      this.underWay.set(operation, (this.underWay.get(operation) ?? 0) + 1);
      const answer = (tell: () => void): void => {
        world.after(this.latency(), () => {
          this.underWay.set(operation, (this.underWay.get(operation) ?? 1) - 1);
          this.deliver(tell);
        });
      };
      const fault = world.random.chance(this.parts.chance()) ? world.random.pick(WIRE_FAULTS) : undefined;
      if (fault !== undefined) this.parts.onFault(fault, operation);
      const unknown = (): void => {
        reject(new UnknownOutcome(operation));
      };
      world.after(this.latency(), () => {
        if (fault === 'lostRequest') {
          answer(unknown);
          return;
        }
        if (fault === 'late') {
          world.after(world.random.below(LATEST), execute);
          answer(unknown);
          return;
        }
        const result = execute();
        if (fault === 'doubled') world.after(world.random.below(LATEST), execute);
        answer(
          fault === 'lostReply'
            ? unknown
            : () => {
                resolve(result);
              },
        );
      });
    });
  }

  private latency(): number {
    const { random } = this.parts.world;
    return random.chance(0.05) ? random.below(60) : 1 + random.below(4);
  }

  private deliver(callback: () => void): void {
    if (this.dead) return;
    const { world } = this.parts;
    if (world.now < this.sleepsUntil) {
      world.after(this.sleepsUntil - world.now, () => {
        this.deliver(callback);
      });
      return;
    }
    callback();
  }
}
