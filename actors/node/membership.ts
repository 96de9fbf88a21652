import type { PartitionId } from '../../schemas/partition.ts';
import type { StoreReads } from '../../store/store.ts';
import type { Decided } from '../partition/decider.ts';
import type { PartitionHost } from '../placement/host.ts';
import { nodeOfOpening } from '../placement/placement.ts';
import type { MoleculerNeighbours } from './neighbours.ts';

/** How a node is, as `masterflag nodes` shows it. */
export interface NodeStatus {
  readonly name: string;
  readonly kinds: readonly string[];
  readonly draining: boolean;
  /** Seconds since it started. */
  readonly uptime: number;
  readonly partitions: readonly OwnedPartition[];
  /** Partitions that it will not process any more, with the reason. */
  readonly failed: Readonly<Record<string, string>>;
  /** How often others took over what it ran, since it started. */
  readonly conflicts: number;
}

export interface OwnedPartition {
  readonly id: PartitionId;
  /** Records of feeds decided since this node opened it. */
  readonly records: number;
  /** Over the last ten seconds. */
  readonly recordsPerSecond: number;
  /** Of the log, in both lanes, over the last ten seconds. */
  readonly messagesPerSecond: number;
}

/** What became of the partitions of a node that was drained. */
export interface DrainReport {
  readonly node: string;
  readonly moved: readonly MovedPartition[];
  /** Partitions that no other node took. */
  readonly orphaned: readonly PartitionId[];
}

export interface MovedPartition {
  readonly partition: PartitionId;
  readonly to: string;
  /** From the last commit here to the opening there, in ms, as this node saw it. */
  readonly pauseMs: number;
}

/** How long a drain waits until others have opened what it let go of, in ms. */
const ADOPTION_MS = 15_000;
const LOOK_MS = 10;

/** Seconds over which the rate is taken. */
const RATE_SECONDS = 10;

export interface MembershipParts {
  readonly name: string;
  readonly kinds: readonly string[];
  readonly host: PartitionHost;
  readonly store: Pick<StoreReads, 'progress'>;
  /** Undefined embedded. */
  readonly neighbours: MoleculerNeighbours | undefined;
}

/** This node as a member of its cluster: how it is, and how it leaves. */
export class Membership {
  private readonly parts: MembershipParts;
  private readonly started = Date.now();
  private readonly done = new Map<PartitionId, Done>();
  private conflicts = 0;
  private draining = false;

  constructor(parts: MembershipParts) {
    this.parts = parts;
  }

  opened(partition: PartitionId): void {
    this.done.set(partition, { records: new Rate(), messages: new Rate() });
  }

  settled(partition: PartitionId, { records, messages }: Decided): void {
    const done = this.done.get(partition);
    done?.records.add(records);
    done?.messages.add(messages);
  }

  lost(): void {
    this.conflicts += 1;
  }

  status(): NodeStatus {
    const { name, kinds, host } = this.parts;
    const partitions = host.owned.map((id) => {
      const { records, messages } = this.done.get(id) ?? {};
      return {
        id,
        records: records?.total ?? 0,
        recordsPerSecond: records?.perSecond() ?? 0,
        messagesPerSecond: messages?.perSecond() ?? 0,
      };
    });
    return {
      name,
      kinds,
      draining: this.draining,
      uptime: Math.round((Date.now() - this.started) / 1000),
      partitions,
      failed: Object.fromEntries(host.failed),
      conflicts: this.conflicts,
    };
  }

  /** Lets go of every partition, and resolves when others have opened them, or it is clear that nobody does. */
  async drain(): Promise<DrainReport> {
    const { name, host, neighbours } = this.parts;
    const owned = host.owned;
    this.draining = true;
    const began = performance.now();
    neighbours?.tell({ draining: true });
    await host.idle();
    const moved = await Promise.all(owned.map((partition) => this.adopted(partition, began)));
    return {
      node: name,
      moved: moved.filter((one) => typeof one !== 'string'),
      orphaned: moved.filter((one) => typeof one === 'string'),
    };
  }

  private async adopted(partition: PartitionId, began: number): Promise<MovedPartition | PartitionId> {
    const { name, host, store } = this.parts;
    while (performance.now() - began < ADOPTION_MS) {
      if (host.ownerOf(partition) === undefined) return partition;
      const [found] = await store.progress([partition]).catch(() => []);
      const to = nodeOfOpening(found?.owner ?? '');
      if (to !== undefined && to !== name) return { partition, to, pauseMs: Math.round(performance.now() - began) };
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return partition;
  }
}

interface Done {
  readonly records: Rate;
  readonly messages: Rate;
}

/** A count, and how fast it has grown lately. */
class Rate {
  total = 0;
  private readonly seconds: number[] = Array.from({ length: RATE_SECONDS + 1 }, () => 0);
  private second = 0;

  add(count: number): void {
    this.advance();
    this.total += count;
    const at = this.second % this.seconds.length;
    this.seconds[at] = (this.seconds[at] ?? 0) + count;
  }

  /** Of the last whole seconds. */
  perSecond(): number {
    this.advance();
    const present = this.seconds[this.second % this.seconds.length] ?? 0;
    return (this.seconds.reduce((sum, count) => sum + count, 0) - present) / RATE_SECONDS;
  }

  private advance(): void {
    const now = Math.floor(performance.now() / 1000);
    for (let n = 0; this.second < now && n < this.seconds.length; n++)
      this.seconds[++this.second % this.seconds.length] = 0;
    this.second = now;
  }
}
