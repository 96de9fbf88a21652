import { setTimeout as pause } from 'node:timers/promises';
import type { Edition } from '../../actors/node/editions.ts';
import type { NodeStatus } from '../../actors/node/membership.ts';
import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { IngressOptions } from '../../streams/ingress/ingress.ts';
import type { Connection } from '../connection.ts';
import { socketPath } from './address.ts';
import { LocalClient } from './client.ts';
import { Engine, type EngineOptions } from './engine.ts';

/** How long a command waits for an owner that is starting, or starting again. */
const PATIENCE_MS = 90_000;
const POLL_MS = 50;

/** A way to the data set: through somebody else's engine, or through one of our own. */
interface Way {
  readonly client: LocalClient;
  readonly engine: Engine | undefined;
}

/**
 * The way of every command to the data set: to the process that owns the folder if there is one, else to an engine of
 * our own, which ends with us. Goes on by itself when the engine is started again, and when its owner ended: then with
 * an engine of our own, or with the one of whoever was faster.
 */
export class LocalConnection implements Connection {
  private readonly settings: Settings;
  private readonly options: EngineOptions;
  private engine: Engine | undefined;
  private client: LocalClient;
  private reaching: Promise<LocalClient> | undefined;
  private closed = false;

  private constructor(settings: Settings, options: EngineOptions, { client, engine }: Way) {
    this.settings = settings;
    this.options = options;
    this.client = client;
    this.engine = engine;
  }

  /** @throws MF_OWNER_FAILED and what starting an engine throws */
  static async open(settings: Settings, options: Partial<EngineOptions> = {}): Promise<LocalConnection> {
    const all = { onRestart: () => undefined, ...options };
    return new LocalConnection(settings, all, await find(settings, all));
  }

  /** Whether the engine is our own. */
  get isOwner(): boolean {
    return this.engine !== undefined;
  }

  /** How feeds are taken in this way; what their sources are is for the caller to say. */
  get ingress(): Omit<IngressOptions, 'sources'> {
    const { partitions: counts, bulkBudget: budget } = this.settings;
    const unapplied = (partition: PartitionId): Promise<number> => this.unapplied(partition, budget + 1);
    return { log: { append: this.append.bind(this) }, counts, budget, unapplied };
  }

  async append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]> {
    return (await this.live()).append(partition, lane, bodies);
  }

  call(action: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return this.again((client) => client.call(action, params));
  }

  unapplied(partition: PartitionId, most: number): Promise<number> {
    return this.again((client) => client.unapplied(partition, most));
  }

  /** Lets a feed through a source begin. @throws MF_SOURCE_EDITED, MF_SOURCE_UNKNOWN */
  admit(edition: Edition): Promise<void> {
    return this.again((client) => client.admit(edition));
  }

  applied(partition: PartitionId, position: number): Promise<void> {
    return this.again((client) => client.applied(partition, position));
  }

  /** Resolves when all that was appended, and what follows from it, is applied. */
  idle(): Promise<void> {
    return this.again((client) => client.idle());
  }

  async nodes(): Promise<NodeStatus[]> {
    return [(await this.call('node.status')) as NodeStatus];
  }

  async close(): Promise<void> {
    this.closed = true;
    this.client.close();
    await this.reaching?.catch(() => undefined);
    this.client.close();
    await this.engine?.stop();
  }

  /** For what may be asked twice: asks again when the owner went away and came back. */
  private async again<T>(ask: (client: LocalClient) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask(await this.live());
      } catch (error) {
        if (this.closed || !(error instanceof UnknownOutcome)) throw error;
      }
    }
  }

  private async live(): Promise<LocalClient> {
    if (!this.client.isClosed) return this.client;
    this.reaching ??= this.reach().finally(() => (this.reaching = undefined));
    return this.reaching;
  }

  private async reach(): Promise<LocalClient> {
    if (this.closed) throw new MasterflagError('MF_OWNER_GONE', 'the connection to the data folder was closed');
    if (this.engine === undefined) {
      const { client, engine } = await find(this.settings, this.options);
      this.engine = engine;
      this.client = client;
    } else this.client = await this.restarted(this.engine);
    return this.client;
  }

  /** Our own engine is started again by its watchdog. */
  private async restarted(engine: Engine): Promise<LocalClient> {
    for (const started = Date.now(); ;) {
      const client = await LocalClient.open(socketPath(this.settings.data)).catch(() => undefined);
      if (client !== undefined) return client;
      if (engine.failure !== undefined) throw engine.failure;
      if (this.closed || Date.now() - started > PATIENCE_MS) {
        throw new MasterflagError('MF_OWNER_GONE', `nobody owns ${this.settings.data} any more`);
      }
      await pause(POLL_MS);
    }
  }
}

async function find(settings: Settings, options: EngineOptions): Promise<Way> {
  const path = socketPath(settings.data);
  for (const started = Date.now(); ;) {
    const client = await LocalClient.open(path).catch(() => undefined);
    if (client !== undefined) return { client, engine: undefined };
    const engine = new Engine(settings, options);
    try {
      await engine.start();
      return { client: await LocalClient.open(path), engine };
    } catch (error) {
      // Somebody else owns the folder, and does not listen yet, or not any more.
      const owned = error instanceof MasterflagError && error.code === 'MF_DATA_OWNED';
      if (!owned || Date.now() - started > PATIENCE_MS) throw error;
      await pause(POLL_MS);
    }
  }
}
