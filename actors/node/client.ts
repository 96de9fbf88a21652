import { randomUUID } from 'node:crypto';
import { Errors, ServiceBroker } from 'moleculer';
import { setTimeout as pause } from 'node:timers/promises';
import { brokerOptions } from '../../moleculer.config.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { Settings } from '../../schemas/settings.ts';
import { Editions, type Edition } from './editions.ts';
import type { DrainReport, NodeStatus } from './membership.ts';
import { MoleculerNeighbours } from './neighbours.ts';
import { openPorts, type Ports } from './ports.ts';
import { openSources, refuseOtherSettings } from './reading.ts';

/** How long a call waits for a node that offers its service, in ms: as long as one takes to start. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 250;

/** Longest drain, in ms: its node says itself what became of it before. */
const DRAIN_MS = 60_000;

/** A process of a cluster that owns nothing: it appends to the log, reads the store, and asks nodes. */
export class Client {
  readonly ports: Ports;
  private readonly settings: Settings;
  private readonly broker: ServiceBroker;
  private readonly neighbours: MoleculerNeighbours;

  private constructor(settings: Settings, ports: Ports) {
    this.settings = settings;
    this.ports = ports;
    this.broker = new ServiceBroker(brokerOptions(`client-${randomUUID()}`, settings));
    this.neighbours = new MoleculerNeighbours(this.broker, Object.keys(settings.partitions));
  }

  /** @throws MF_PARTITIONS_CHANGED, MF_CLUSTER_SETTINGS, and what opening the ports throws */
  static async open(settings: Settings): Promise<Client> {
    const ports = await openPorts(settings, () => undefined);
    const client = new Client(settings, ports);
    try {
      await refuseOtherSettings(ports.store, settings);
      await client.broker.start();
      await client.neighbours.discover();
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /**
   * Asked again when its node went away meanwhile: questions change nothing, and a command has an idempotency key.
   * @throws MF_NO_NODE when no node offers the service, and what the action throws
   */
  async call(action: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    for (const started = performance.now(); ;) {
      try {
        return await this.broker.call<unknown, Readonly<Record<string, unknown>>>(action, params);
      } catch (error) {
        if (!isForAnother(error)) throw error;
        if (performance.now() - started > PATIENCE_MS) throw noNode(this.settings, action);
      }
      await pause(LOOK_MS);
    }
  }

  /** @throws MF_SOURCE_EDITED, MF_SOURCE_UNKNOWN also where a node has not read the version, or another text */
  async admit(edition: Edition): Promise<void> {
    const { source, version } = edition;
    for (const node of this.neighbours.owners()) {
      const found = await this.broker.call<'read' | 'other' | 'unread', Edition>('node.reads', edition, {
        nodeID: node,
      });
      if (found === 'read') continue;
      const what = `version ${version} of ${source}`;
      if (found === 'unread') {
        throw new MasterflagError(
          'MF_SOURCE_UNKNOWN',
          `node ${node} has not read ${what}: start it again with the file`,
        );
      }
      throw new MasterflagError('MF_SOURCE_EDITED', `${what} says something else here than on node ${node}`);
    }
    await new Editions(this.ports.store, openSources(this.settings)).admit(edition);
  }

  nodes(): Promise<NodeStatus[]> {
    return this.neighbours.statuses();
  }

  /** @throws MF_NODE_UNKNOWN */
  async drain(node: string): Promise<DrainReport> {
    const names = this.neighbours.owners();
    if (!names.includes(node)) {
      const hint = names.length === 0 ? 'none is alive' : `there are ${names.join(', ')}`;
      throw new MasterflagError('MF_NODE_UNKNOWN', `no node is named ${node}: ${hint}`);
    }
    return this.broker.call<DrainReport, object>('node.drain', {}, { nodeID: node, timeout: DRAIN_MS });
  }

  async close(): Promise<void> {
    this.neighbours.close();
    await this.broker.stop();
    await this.ports.close();
  }
}

function isForAnother(error: unknown): boolean {
  return (
    error instanceof Errors.ServiceNotFoundError ||
    error instanceof Errors.ServiceNotAvailableError ||
    error instanceof Errors.RequestRejectedError
  );
}

function noNode({ cluster }: Settings, action: string): MasterflagError {
  return new MasterflagError('MF_NO_NODE', `no node of cluster ${cluster} that is alive offers ${action}`);
}
