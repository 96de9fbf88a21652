import { randomUUID } from 'node:crypto';
import { ServiceBroker } from 'moleculer';
import { setTimeout as pause } from 'node:timers/promises';
import { brokerOptions } from '../../moleculer.config.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { Settings } from '../../schemas/settings.ts';
import { MoleculerNeighbours } from './neighbours.ts';

/** What holds the partitions, as the others see its name. */
export type Holder = 'backup' | 'restore';

/** How often nodes are asked whether they have let go, in ms. */
const LOOK_MS = 50;

/** What it takes beyond a heartbeat to forget who died, in ms. */
const FORGET_MS = 2000;

/** What nodes have not let go of by then is taken from them, in ms: the longest that a commit of theirs is waited for. */
const LET_GO_MS = 10_000;

/**
 * Keeps every partition of a cluster at rest: while this process is there, nobody owns any. It ends with the process,
 * as soon as its heartbeat is missed. Appends, taps and questions go on; commands wait.
 *
 * It only asks: what makes it certain that nobody commits is to take the partitions over, and to look afterwards
 * whether they still are one's own.
 */
export class Holding {
  private readonly broker: ServiceBroker;
  private readonly neighbours: MoleculerNeighbours;

  private constructor(settings: Settings, name: string) {
    // Told with the first word that others hear of it.
    this.broker = new ServiceBroker({ ...brokerOptions(name, settings), metadata: { holding: true } });
    this.neighbours = new MoleculerNeighbours(this.broker, Object.keys(settings.partitions));
  }

  get name(): string {
    return this.broker.nodeID;
  }

  /** @throws MF_DATA_HELD */
  static async begin(settings: Settings, holder: Holder): Promise<Holding> {
    const holding = new Holding(settings, `${holder}-${randomUUID()}`);
    try {
      await holding.broker.start();
      await holding.neighbours.discover();
      await holding.refuseOthers(settings.heartbeatSeconds * 1000 + FORGET_MS);
      return holding;
    } catch (error) {
      await holding.end();
      throw error;
    }
  }

  /** Resolves when every node has let go of what it owned, or has had the time to. */
  async atRest(): Promise<void> {
    for (const started = performance.now(); performance.now() - started < LET_GO_MS;) {
      const statuses = await this.neighbours.statuses();
      if (statuses.every(({ partitions }) => partitions.length === 0)) return;
      await pause(LOOK_MS);
    }
  }

  /** Partitions are owned again from now on. */
  async end(): Promise<void> {
    this.neighbours.tell({ holding: false });
    this.neighbours.close();
    await this.broker.stop();
  }

  /** One that was killed is seen until its heartbeat is missed. */
  private async refuseOthers(patienceMs: number): Promise<void> {
    for (const started = performance.now(); ;) {
      const other = this.neighbours.live().find(({ name, holding }) => holding && name !== this.name);
      if (other === undefined) return;
      if (performance.now() - started > patienceMs) {
        throw new MasterflagError('MF_DATA_HELD', `${other.name} holds the partitions of this cluster`);
      }
      await pause(LOOK_MS);
    }
  }
}
