import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openPorts, type Ports } from '../../actors/node/ports.ts';
import { nodeOfOpening } from '../../actors/placement/placement.ts';
import type { CommandBody } from '../../schemas/inbox.ts';
import { kindOfKey, partitionOf, type MatchingKey } from '../../schemas/key.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';

const PAGE = { messages: 1000, bytes: 16 << 20 } as const;

/**
 * A steady load: to one entity of every partition that has one, a note now and then. Each is one event, so how
 * long a partition stood still is the longest time between two of its events, by the clock of the log.
 */
export class Ticks {
  private readonly ports: Ports;
  private readonly keys: ReadonlyMap<PartitionId, MatchingKey>;
  private readonly everyMs: number;
  private readonly running: Promise<unknown>;
  private isOver = false;

  private constructor(ports: Ports, keys: Ticks['keys'], everyMs: number) {
    [this.ports, this.keys, this.everyMs] = [ports, keys, everyMs];
    this.running = Promise.all([...keys].map(([partition, key]) => this.tick(partition, key)));
  }

  static async start(settings: Settings, everyMs: number): Promise<Ticks> {
    const ports = await openPorts(settings, () => undefined);
    const keys = new Map<PartitionId, MatchingKey>();
    for (let after = ''; ;) {
      const flags = await ports.store.page('master.flags', { after, limit: 1000 });
      for (const { id } of flags) {
        const kind = kindOfKey(id) ?? '';
        if (kind !== 'match') keys.set(partitionOf(kind, id, settings.partitions), id);
      }
      const last = flags.at(-1);
      if (last === undefined) return new Ticks(ports, keys, everyMs);
      after = last.id;
    }
  }

  get partitions(): PartitionId[] {
    return [...this.keys.keys()];
  }

  /** Which node runs which partition, as their checkpoints say. */
  async owners(): Promise<ReadonlyMap<PartitionId, string>> {
    const progress = await this.ports.store.progress(this.partitions);
    return new Map(progress.map(({ id, owner }) => [id, nodeOfOpening(owner) ?? '']));
  }

  /** Resolves when every partition has an event that was appended from now on. */
  async heard(): Promise<void> {
    const since = Date.now();
    for (const partition of this.partitions) {
      while (((await this.times(partition)).at(-1) ?? 0) < since) await pause(this.everyMs);
    }
  }

  /** Times between events of a partition of which at least one is between these moments, in ms. */
  async gaps(partition: PartitionId, from: number, to: number): Promise<number[]> {
    const times = await this.times(partition);
    return times.flatMap((at, n) => {
      const before = times[n - 1];
      return before === undefined || at < from || before > to ? [] : [at - before];
    });
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
    await this.ports.close();
  }

  private async times(partition: PartitionId): Promise<number[]> {
    const times: number[] = [];
    for (let after = 0; ;) {
      const events = await this.ports.log.readEvents(partition, after, PAGE);
      times.push(...events.map(({ at }) => at));
      const last = events.at(-1);
      if (last === undefined) return times;
      after = last.position;
    }
  }

  private async tick(partition: PartitionId, key: MatchingKey): Promise<void> {
    for (let n = 0; !this.isOver; n++) {
      const body: CommandBody = {
        ...{ v: 1, type: 'command', key, name: 'note', data: { text: `tick ${n}` } },
        idempotencyKey: randomUUID(),
      };
      await this.ports.log.append(partition, 'fast', [JSON.stringify(body)]).catch(() => undefined);
      await pause(this.everyMs);
    }
  }
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
