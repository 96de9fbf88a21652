import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../servers/cluster.ts';
import { MAY_RESTART_MONGO } from '../servers/cluster-servers.ts';
import type { ServedNode } from '../servers/served-node.ts';
import type { Random } from '../simulation/world.ts';

/** What is done to a cluster, in the words of the page that tells of it. */
export const FAULTS = {
  kill: 'a node killed with SIGKILL, and started again',
  freeze: 'a node stopped with SIGSTOP for longer than the heartbeat, and woken with SIGCONT',
  add: 'a node added',
  drain: 'a node drained and stopped with SIGTERM',
  nats: 'nats-server killed with SIGKILL, and started again on its store',
  mongo: 'MongoDB stopped in order, and started again',
  cutNats: 'all connections to NATS cut',
  cutMongo: 'all connections to MongoDB cut',
  client: 'the client that feeds killed with SIGKILL, and the same fed again',
} as const;

export type Fault = keyof typeof FAULTS;

/** How a fault goes: at once what happens, and what is done later so that the cluster is whole again. */
interface Course {
  /** Resolves when everything that the cluster cannot do by itself is done, so that it could go on. */
  readonly struck: Promise<void>;
  /** Resolves when all that was taken away is back. */
  readonly healed: Promise<void>;
}

/** Nodes that there are at least, when nothing is under way, and at most. */
const [FEWEST, MOST] = [3, 5];

/** Does to a cluster what happens to clusters. */
export class Chaos {
  private readonly cluster: Cluster;
  private readonly random: Random;
  private readonly killClient: () => void;
  private readonly busy = new Set<string>();
  private added = 0;
  /** Nodes that left with another code than 0. */
  readonly badExits: string[] = [];

  constructor(cluster: Cluster, random: Random, killClient: () => void) {
    [this.cluster, this.random, this.killClient] = [cluster, random, killClient];
    this.added = cluster.nodes.size;
  }

  /** One to three faults that can happen at the same time. */
  choose(): Fault[] {
    const count = 1 + (this.random.below(5) % 3);
    const names = (Object.keys(FAULTS) as Fault[]).filter((fault) => fault !== 'mongo' || MAY_RESTART_MONGO);
    const chosen: Fault[] = [];
    while (chosen.length < count) {
      const fault = names[this.random.below(names.length)] ?? 'kill';
      if (!chosen.includes(fault) && this.isPossible(fault, chosen)) chosen.push(fault);
    }
    return chosen;
  }

  private isPossible(fault: Fault, others: readonly Fault[]): boolean {
    const alive = this.idle.length;
    switch (fault) {
      case 'add':
        return alive < MOST;
      case 'drain':
        return alive > FEWEST && !others.includes('kill');
      // Fewer than there should be: first one is added.
      case 'kill':
      case 'freeze':
        return alive >= FEWEST;
      case 'nats':
      case 'mongo':
      case 'cutNats':
      case 'cutMongo':
      case 'client':
        return true;
    }
  }

  strike(fault: Fault): Course {
    switch (fault) {
      case 'kill':
        return this.kill(this.victim());
      case 'freeze':
        return this.freeze(this.victim());
      case 'add':
        return both(this.start(`n${(this.added += 1)}`));
      case 'drain':
        return both(this.drain(this.victim()));
      case 'nats':
        return both(this.restartNats());
      case 'mongo':
        return both(this.restartMongo());
      case 'cutNats':
        return now(() => this.cluster.servers.natsProxy.cut());
      case 'cutMongo':
        return now(() => this.cluster.servers.mongoProxy.cut());
      case 'client':
        return now(this.killClient);
    }
  }

  private get idle(): ServedNode[] {
    return [...this.cluster.nodes.values()].filter(({ name, hasEnded }) => !hasEnded && !this.busy.has(name));
  }

  private victim(): ServedNode {
    const { idle } = this;
    const node = idle[this.random.below(idle.length)];
    if (node === undefined) throw new Error('no node is left');
    this.busy.add(node.name);
    return node;
  }

  private kill(node: ServedNode): Course {
    const struck = node.kill();
    const wait = this.random.below(this.cluster.heartbeatMs * 2);
    return {
      struck,
      healed: struck.then(() => pause(wait)).then(() => this.start(node.name)),
    };
  }

  private freeze(node: ServedNode): Course {
    node.freeze();
    const wait = this.cluster.heartbeatMs + 1000 + this.random.below(2000);
    const healed = pause(wait).then(() => {
      node.thaw();
      this.busy.delete(node.name);
    });
    return { struck: Promise.resolve(), healed };
  }

  /** As a service manager does it: again, while the servers that it needs are away. */
  private async start(name: string): Promise<void> {
    this.busy.add(name);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.cluster.node(name);
        break;
      } catch (error) {
        if (attempt === 20) throw error;
        await pause(250);
      }
    }
    this.busy.delete(name);
  }

  private async drain(node: ServedNode): Promise<void> {
    const code = await node.terminate();
    if (code !== 0) this.badExits.push(`${node.name} ended with ${String(code)}:\n${node.log.slice(-2000)}`);
    this.cluster.nodes.delete(node.name);
    this.busy.delete(node.name);
  }

  private async restartNats(): Promise<void> {
    const { nats } = this.cluster.servers;
    await nats.kill();
    await pause(this.random.below(1500));
    await nats.restart();
  }

  private async restartMongo(): Promise<void> {
    const { mongo } = this.cluster.servers;
    await mongo.stop();
    await pause(this.random.below(1500));
    await mongo.restart();
  }
}

function both(done: Promise<void>): Course {
  return { struck: done, healed: done };
}

function now(strike: () => void): Course {
  strike();
  return both(Promise.resolve());
}
