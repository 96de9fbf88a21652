import { setTimeout as pause } from 'node:timers/promises';
import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { Settings } from '../../schemas/settings.ts';
import { socketPath } from './address.ts';
import { LocalClient } from './client.ts';
import { Engine } from './engine.ts';

/** How long a command waits for an owner that is starting, or starting again. */
const PATIENCE_MS = 90_000;
const POLL_MS = 50;

/**
 * The way of every command to the data set: to the process that owns the folder if there is one, else to an engine of
 * our own, which ends with us. Goes on by itself when the engine is started again.
 */
export class Connection {
  private readonly settings: Settings;
  private readonly engine: Engine | undefined;
  private client: LocalClient;
  private closed = false;

  private constructor(settings: Settings, client: LocalClient, engine: Engine | undefined) {
    this.settings = settings;
    this.client = client;
    this.engine = engine;
  }

  /** @throws MF_OWNER_FAILED and what starting an engine throws */
  static async open(settings: Settings, onRestart: (why: string) => void = () => undefined): Promise<Connection> {
    const path = socketPath(settings.data);
    for (const started = Date.now(); ;) {
      const client = await LocalClient.open(path).catch(() => undefined);
      if (client !== undefined) return new Connection(settings, client, undefined);
      const engine = new Engine(settings, onRestart);
      try {
        await engine.start();
        return new Connection(settings, await LocalClient.open(path), engine);
      } catch (error) {
        // Somebody else owns the folder, and does not listen yet, or not any more.
        const owned = error instanceof MasterflagError && error.code === 'MF_DATA_OWNED';
        if (!owned || Date.now() - started > PATIENCE_MS) throw error;
        await pause(POLL_MS);
      }
    }
  }

  /** Whether the engine is our own. */
  get isOwner(): boolean {
    return this.engine !== undefined;
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

  applied(partition: PartitionId, position: number): Promise<void> {
    return this.again((client) => client.applied(partition, position));
  }

  /** Resolves when all that was appended, and what follows from it, is applied. */
  idle(): Promise<void> {
    return this.again((client) => client.idle());
  }

  async close(): Promise<void> {
    this.closed = true;
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
    for (const started = Date.now(); this.client.isClosed;) {
      if (this.closed) throw new MasterflagError('MF_OWNER_GONE', 'the connection to the data folder was closed');
      const client = await LocalClient.open(socketPath(this.settings.data)).catch(() => undefined);
      if (client !== undefined) this.client = client;
      else if (Date.now() - started > PATIENCE_MS) {
        throw new MasterflagError('MF_OWNER_GONE', `nobody owns ${this.settings.data} any more`);
      } else await pause(POLL_MS);
    }
    return this.client;
  }
}
