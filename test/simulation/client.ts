import type { CommandBody } from '../../schemas/inbox.ts';
import { kindOfKey, partitionOf } from '../../schemas/key.ts';
import type { Lane, PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import { UnknownOutcome } from '../../schemas/errors.ts';
import type { Log } from '../../streams/log.ts';
import { simulatedLog, type Followers } from './adapters.ts';
import type { FaultPlan } from './faults.ts';
import type { LogServer } from './servers.ts';
import type { Append } from './scenario.ts';
import { Wire } from './wire.ts';
import type { World } from './world.ts';

/** Longest pause between two appends of a queue, in virtual ms: a feed lasts about as long as the faults do. */
const PAUSE_MS = 200;

/** Whoever feeds the log: appends in order per partition and lane, again and again until it is told that it happened. */
export class Client {
  private readonly log: Log;
  private readonly wire: Wire;
  private readonly world: World;
  private readonly queues = new Map<string, Append[]>();
  private left = 0;

  constructor(world: World, plan: FaultPlan, server: LogServer, followers: Followers, appends: readonly Append[]) {
    this.world = world;
    this.wire = new Wire({
      world,
      chance: () => plan.wireChance,
      onFault: (fault, operation) => {
        plan.count(fault, `client ${operation}`);
      },
      onCall: () => undefined,
      onStraggler: () => undefined,
    });
    this.log = simulatedLog(server, this.wire, followers);
    for (const append of appends) this.enqueue(append);
  }

  get isDone(): boolean {
    return this.left === 0;
  }

  start(): void {
    for (const name of this.queues.keys()) this.pump(name);
  }

  send(appends: readonly Append[]): void {
    for (const append of appends) this.enqueue(append);
    this.start();
  }

  redrive(keys: readonly string[], counts: PartitionCounts, round: number): void {
    for (const key of keys) {
      const body: CommandBody = {
        v: 1,
        type: 'command',
        key,
        name: 'redrive',
        data: { by: 'simulator' },
        idempotencyKey: `redrive-${round}`,
      };
      this.enqueue({
        partition: partitionOf(kindOfKey(key) ?? '', key, counts),
        lane: 'fast',
        body: JSON.stringify(body),
      });
    }
    this.start();
  }

  private enqueue(append: Append): void {
    const name = `${append.partition}/${append.lane}`;
    this.queues.set(name, [...(this.queues.get(name) ?? []), append]);
    this.left += 1;
  }

  private pump(name: string): void {
    const queue = this.queues.get(name) ?? [];
    this.queues.delete(name);
    void this.appendAll(queue);
  }

  private async appendAll(queue: readonly Append[]): Promise<void> {
    for (const { partition, lane, body } of queue) {
      await this.append(partition, lane, body);
      this.left -= 1;
      await new Promise<void>((resolve) => this.world.after(this.world.random.below(PAUSE_MS), resolve));
    }
  }

  private async append(partition: PartitionId, lane: Lane, body: string): Promise<void> {
    for (;;) {
      try {
        await this.log.append(partition, lane, [body]);
        return;
      } catch (error) {
        if (!(error instanceof UnknownOutcome)) throw error;
      }
    }
  }
}
