import type { ServiceBroker } from 'moleculer';
import { setTimeout as pause } from 'node:timers/promises';
import type { Neighbours } from '../placement/neighbours.ts';
import type { NodeView } from '../placement/placement.ts';
import type { NodeStatus } from './membership.ts';

/** What a node tells of itself beside its services. */
interface Told {
  draining?: boolean;
  holding?: boolean;
}

/** As the broker lists nodes. */
interface Listed {
  readonly id: string;
  readonly available: boolean;
  readonly services: readonly { readonly name: string }[] | undefined;
  readonly metadata: Told | undefined;
}

/** How often heartbeats are looked at, in ms: Moleculer looks once a time-out only, and so may take two to notice. */
const LOOK_MS = 500;

/**
 * A view is taken for whole after so long, in ms, if it did not change lately: nodes that start together hear of one
 * another's services after 0.7 s.
 */
const LEAST_MS = 1000;
const QUIET_MS = 500;

/** Longest answer to a request to let go, in ms: what is not let go by then is taken. */
const LET_GO_MS = 10_000;

const CHANGES = ['$node.connected', '$node.disconnected', '$node.updated', '$services.changed'];

/** The other nodes of a cluster, as Moleculer's registry knows them. */
export class MoleculerNeighbours implements Neighbours {
  private readonly broker: ServiceBroker;
  private readonly kinds: readonly string[];
  private looking: NodeJS.Timeout | undefined;

  constructor(broker: ServiceBroker, kinds: readonly string[]) {
    this.broker = broker;
    this.kinds = kinds;
  }

  live(): readonly NodeView[] {
    const listed = this.broker.registry.getNodeList({ onlyAvailable: true, withServices: true }) as unknown as Listed[];
    return listed.map(({ id, services, metadata }) => ({
      name: id,
      kinds: (services ?? []).map(({ name }) => name).filter((name) => this.kinds.includes(name)),
      draining: metadata?.draining ?? false,
      holding: metadata?.holding ?? false,
    }));
  }

  onChange(callback: () => void): () => void {
    const { localBus } = this.broker;
    for (const change of CHANGES) localBus.on(change, callback);
    return () => {
      for (const change of CHANGES) localBus.off(change, callback);
    };
  }

  async letGo(node: string, partition: string): Promise<void> {
    await this.broker.call('node.letGo', { partition }, { nodeID: node, timeout: LET_GO_MS });
  }

  /** Names of nodes that own, or could own, partitions, sorted. */
  owners(): string[] {
    return this.live()
      .filter(({ kinds }) => kinds.length > 0)
      .map(({ name }) => name)
      .sort();
  }

  /** How those nodes are. One that went away while it was asked is not there. */
  async statuses(): Promise<NodeStatus[]> {
    const asked = this.owners().map((name) =>
      this.broker.call<NodeStatus, object>('node.status', {}, { nodeID: name }),
    );
    const answers = await Promise.allSettled(asked);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  /** Tells the others something of this node. */
  tell(told: Told): void {
    const { registry } = this.broker;
    const self = registry.nodes.localNode;
    if (self === undefined) return;
    self.metadata = { ...self.metadata, ...told };
    registry.regenerateLocalRawInfo(true);
    void registry.discoverer.sendLocalNodeInfo();
    void this.broker.broadcastLocal('$node.updated', { node: self });
  }

  /** Resolves when those who are there have most probably been heard of: before, everything would seem to be this node's. */
  async discover(): Promise<void> {
    this.looking = setInterval(() => this.broker.registry.discoverer.checkRemoteNodes(), LOOK_MS);
    this.looking.unref();
    let changed = performance.now();
    const ignore = this.onChange(() => (changed = performance.now()));
    await pause(LEAST_MS);
    while (performance.now() - changed < QUIET_MS) await pause(QUIET_MS - (performance.now() - changed));
    ignore();
  }

  close(): void {
    clearInterval(this.looking);
  }
}
