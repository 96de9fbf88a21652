import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openPorts, type Ports } from '../../actors/node/ports.ts';
import { kindOf, allPartitions, type PartitionId } from '../../schemas/partition.ts';
import { matchingKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import type { CommandBody } from '../../schemas/inbox.ts';
import type { Settings } from '../../schemas/settings.ts';

/** How often progress is looked at while something is waited for, in ms. */
const LOOK_MS = 20;

/** A version that no entity of a test comes to. */
const NEVER = 1_000_000;

/** Asks the partitions of a cluster for a sign of life that changes nothing: a command that is refused as a conflict. */
export class Probe {
  private readonly ports: Ports;
  private readonly keys: ReadonlyMap<PartitionId, MatchingKey>;

  private constructor(ports: Ports, keys: Probe['keys']) {
    [this.ports, this.keys] = [ports, keys];
  }

  static async open(settings: Settings): Promise<Probe> {
    const keys = allPartitions(settings.partitions).map((id) => [id, keyIn(id, settings)] as const);
    return new Probe(await openPorts(settings, () => undefined), new Map(keys));
  }

  get partitions(): PartitionId[] {
    return [...this.keys.keys()];
  }

  /** Asks every partition, and resolves when each has decided what was asked. @throws those that did not within a time */
  async signs(withinMs: number): Promise<void> {
    const began = performance.now();
    const wanted = new Map<PartitionId, number>();
    await Promise.all(
      [...this.keys].map(async ([id, key]) => wanted.set(id, await this.ask(id, key, began + withinMs))),
    );
    await this.reached(wanted, began + withinMs);
  }

  /** Messages of both lanes that are not applied, of all partitions. */
  async waiting(): Promise<number> {
    const { log, store } = this.ports;
    const progress = await store.progress();
    const counts = this.partitions.flatMap((id) => {
      const positions = progress.find((found) => found.id === id)?.positions;
      return (['fast', 'bulk'] as const).map((lane) => log.pending(id, lane, positions?.[lane].after ?? 0, 10_000));
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  /** Waits for messages that are not applied, but not longer than that, and answers how many there are. */
  async work(withinMs: number): Promise<number> {
    for (const until = performance.now() + withinMs; ;) {
      const waiting = await this.waiting().catch(() => 0);
      if (waiting > 0 || performance.now() > until) return waiting;
      await pause(LOOK_MS);
    }
  }

  close(): Promise<void> {
    return this.ports.close();
  }

  private async ask(partition: PartitionId, key: MatchingKey, until: number): Promise<number> {
    const body: CommandBody = {
      ...{ v: 1, type: 'command', key, name: 'note', data: { text: 'a sign of life' } },
      ...{ idempotencyKey: randomUUID(), expectedVersion: NEVER },
    };
    for (;;) {
      try {
        const [position = 0] = await this.ports.log.append(partition, 'fast', [JSON.stringify(body)]);
        return position;
      } catch (error) {
        if (performance.now() > until) throw error;
        await pause(LOOK_MS);
      }
    }
  }

  private async reached(wanted: ReadonlyMap<PartitionId, number>, until: number): Promise<void> {
    for (;;) {
      const progress = await this.ports.store.progress().catch(() => []);
      const late = [...wanted].filter(([id, position]) => {
        return (progress.find((found) => found.id === id)?.positions.fast.after ?? 0) < position;
      });
      if (late.length === 0) return;
      if (performance.now() > until) {
        const owners = late.map(([id]) => JSON.stringify(progress.find((found) => found.id === id)));
        throw new Error(`no sign of life from ${late.map(([id]) => id).join(', ')}: ${owners.join(' ')}`);
      }
      await pause(LOOK_MS);
    }
  }
}

function keyIn(partition: PartitionId, { tenant, partitions }: Settings): MatchingKey {
  const kind = kindOf(partition);
  for (let n = 0; ; n++) {
    const key = matchingKey(tenant, kind, 'probe', String(n));
    if (partitionOf(kind, key, partitions) === partition) return key;
  }
}
