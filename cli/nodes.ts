import type { NodeStatus } from '../actors/node/membership.ts';
import { openReadPorts, type ReadPorts } from '../actors/node/ports.ts';
import { parkedKeys } from '../actors/node/parked.ts';
import { openConnection, type Connection } from '../gateway/connection.ts';
import { allPartitions, LANES, type PartitionId } from '../schemas/partition.ts';
import type { Settings } from '../schemas/settings.ts';

/** A cluster, or an embedded data set, at one moment. */
export interface NodesState {
  readonly nodes: readonly NodeState[];
  readonly partitions: readonly PartitionState[];
}

export type NodeState = Omit<NodeStatus, 'partitions'>;

export interface PartitionState {
  readonly id: PartitionId;
  /** The node that runs it; null when none does. */
  readonly owner: string | null;
  /** Commits. */
  readonly seq: number;
  readonly epoch: number;
  readonly positions: { readonly fast: number; readonly bulk: number };
  /** Messages of the log that are not applied, of both lanes, counted up to the most that are. */
  readonly behind: number;
  /** Age of the oldest of them, in seconds. */
  readonly lagSeconds: number;
  /** At the rate of the last ten seconds; null when nothing moves. */
  readonly catchUpSeconds: number | null;
  readonly recordsPerSecond: number;
  /** Entities that a poisoned message holds up. */
  readonly parked: number;
}

/** More messages that wait are not counted. */
const MOST_COUNTED = 10_000;

export class NodesView {
  private readonly settings: Settings;
  private readonly connection: Connection;
  private readonly ports: ReadPorts;

  private constructor(settings: Settings, connection: Connection, ports: ReadPorts) {
    this.settings = settings;
    this.connection = connection;
    this.ports = ports;
  }

  static async open(settings: Settings): Promise<NodesView> {
    const connection = await openConnection(settings);
    try {
      return new NodesView(settings, connection, await openReadPorts(settings));
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async read(): Promise<NodesState> {
    const statuses = await this.connection.nodes();
    const [progress, parked] = await Promise.all([this.ports.store.progress(), parkedKeys(this.ports.store)]);
    const partitions = allPartitions(this.settings.partitions).map(async (id): Promise<PartitionState> => {
      const owner = statuses.find((status) => status.partitions.some((owned) => owned.id === id));
      const rates = owner?.partitions.find((owned) => owned.id === id);
      const found = progress.find((one) => one.id === id);
      const positions = { fast: found?.positions.fast.after ?? 0, bulk: found?.positions.bulk.after ?? 0 };
      const { behind, lagSeconds } = await this.lag(id, positions);
      const { recordsPerSecond = 0, messagesPerSecond = 0 } = rates ?? {};
      const catchUp = messagesPerSecond === 0 ? null : behind / messagesPerSecond;
      return {
        ...{
          id,
          owner: owner?.name ?? null,
          seq: found?.seq ?? 0,
          epoch: found?.epoch ?? 0,
          positions,
          behind,
          lagSeconds,
        },
        ...{ catchUpSeconds: behind === 0 ? 0 : catchUp, recordsPerSecond, parked: parked.get(id) ?? 0 },
      };
    });
    const nodes = statuses.map(({ partitions: _, ...node }) => node);
    return { nodes, partitions: await Promise.all(partitions) };
  }

  private async lag(
    id: PartitionId,
    positions: PartitionState['positions'],
  ): Promise<{ behind: number; lagSeconds: number }> {
    const { log } = this.ports;
    let [behind, oldest] = [0, Infinity];
    for (const lane of LANES) {
      const pending = await log.pending(id, lane, positions[lane], MOST_COUNTED);
      behind += pending;
      if (pending === 0) continue;
      const [first] = await log.read(id, lane, positions[lane], { messages: 1, bytes: 1 });
      oldest = Math.min(oldest, first?.at ?? Infinity);
    }
    return { behind, lagSeconds: oldest === Infinity ? 0 : Math.max(0, (Date.now() - oldest) / 1000) };
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.ports.close();
  }
}
