import { UnknownOutcome } from '../../../schemas/errors.ts';
import type { PartitionCounts, PartitionId } from '../../../schemas/partition.ts';
import { progressOf, type Progress } from '../../../store/store.ts';
import { unopened } from '../../../schemas/checkpoint.ts';
import { PartitionHost, type HostParts, type Opening } from '../../../actors/placement/host.ts';
import type { NodeView } from '../../../actors/placement/placement.ts';
import type { Worker } from '../../../actors/placement/tenure.ts';
import { World } from '../../simulation/world.ts';

export const HEARTBEAT_MS = 4000;
export const HANDOVER_MS = 5000;

/** One partition, so that whoever is to own it is plain. */
export const PARTITION: PartitionId = 'order.0';
const COUNTS: PartitionCounts = { order: 1 };

/** A worker that does what it is told. */
export class ToldWorker implements Worker {
  readonly opening: Opening;
  /** Whether a stop waits for `settle`. */
  isBusy = false;
  isStopped = false;
  private end: () => void = () => undefined;
  private throwUp: (error: Error) => void = () => undefined;

  constructor(opening: Opening) {
    this.opening = opening;
  }

  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      [this.end, this.throwUp] = [resolve, reject];
      if (this.isStopped) resolve();
    });
  }

  stop(): void {
    this.isStopped = true;
    if (!this.isBusy) this.end();
  }

  /** Its commit is settled. */
  settle(): void {
    this.isBusy = false;
    if (this.isStopped) this.end();
  }

  fail(error: Error): void {
    this.throwUp(error);
  }
}

/** One host, in virtual time, among nodes and checkpoints that the test sets. */
export class Stage {
  readonly world = new World(1);
  readonly workers: ToldWorker[] = [];
  readonly seen: string[] = [];
  /** Requests to let go, as `node partition`. */
  readonly asked: string[] = [];
  readonly host: PartitionHost;
  /** What time of day it is may be set; how long something took is told by the world. */
  skew = 0;
  answers = true;
  private nodes: readonly NodeView[] = [];
  private owner = { name: '', epoch: 0 };
  private released: () => void = () => undefined;
  private opened = 0;
  private changed: () => void = () => undefined;
  private readonly woken: (() => void)[] = [];
  private isAsleep = false;

  constructor(options: Partial<HostParts> = {}) {
    const { world } = this;
    this.host = new PartitionHost({
      ...{ node: 'me', counts: COUNTS, times: { heartbeatMs: HEARTBEAT_MS, handoverMs: HANDOVER_MS } },
      neighbours: {
        live: () => this.nodes,
        onChange: (callback) => {
          this.changed = callback;
          return () => (this.changed = () => undefined);
        },
        letGo: (node, partition) => {
          this.asked.push(`${node} ${partition}`);
          return new Promise((resolve) => (this.released = resolve));
        },
      },
      store: { progress: async () => this.progress() },
      clock: {
        now: () => world.now + this.skew,
        elapsed: () => world.now,
        after: (ms, callback) => world.after(ms, () => (this.isAsleep ? this.woken.push(callback) : callback())),
      },
      worker: (opening) => {
        const worker = new ToldWorker(opening);
        this.workers.push(worker);
        return worker;
      },
      unique: () => String(this.opened++),
      observer: {
        opened: (partition) => this.seen.push(`opened ${partition}`),
        letGo: (partition) => this.seen.push(`let go ${partition}`),
        lost: (partition) => this.seen.push(`lost ${partition}`),
        failed: (partition, error) => this.seen.push(`failed ${partition} ${String(error)}`),
        slept: () => this.seen.push('slept'),
      },
      ...options,
    });
  }

  /** Those who live from now on. */
  async live(...names: readonly (string | NodeView)[]): Promise<void> {
    this.nodes = names.map((name) => (typeof name === 'string' ? node(name) : name));
    this.changed();
    await this.pass(0);
  }

  /** What the checkpoint names. */
  named(name: string, epoch: number): void {
    this.owner = { name, epoch };
  }

  /** The latest opening takes the partition over. */
  async takeOver(): Promise<void> {
    const { opening } = this.worker;
    this.named(opening.owner, this.owner.epoch + 1);
    opening.opened(this.owner.epoch);
    await this.pass(0);
  }

  /** The former owner answers that it has let go. */
  async letGo(): Promise<void> {
    this.released();
    await this.pass(0);
  }

  async pass(ms: number): Promise<void> {
    // Twice none: what a callback promises is there as well.
    await this.world.runFor(ms, Infinity);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** The process stands still, and its timers are late. */
  async sleep(ms: number): Promise<void> {
    this.isAsleep = true;
    await this.world.runFor(ms, Infinity);
    this.isAsleep = false;
    for (const callback of this.woken.splice(0)) callback();
    await this.pass(0);
  }

  get worker(): ToldWorker {
    const worker = this.workers.at(-1);
    if (worker === undefined) throw new Error('nothing was opened');
    return worker;
  }

  private progress(): Progress[] {
    if (!this.answers) throw new UnknownOutcome('progress');
    if (this.owner.epoch === 0) return [];
    return [progressOf({ ...unopened(PARTITION), epoch: this.owner.epoch, owner: this.owner.name })];
  }
}

export function node(name: string, told: Partial<NodeView> = {}): NodeView {
  return { name, kinds: ['order'], draining: false, holding: false, ...told };
}
