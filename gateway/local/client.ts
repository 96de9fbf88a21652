import { connect, type Socket } from 'node:net';
import type { Edition } from '../../actors/node/editions.ts';
import { isErrorCode, MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import { encodeFrame, FrameReader, type Frame } from './frames.ts';

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A connection to the owner of a data folder. When it breaks, everything under way has an unknown outcome. */
export class LocalClient {
  private readonly socket: Socket;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    const reader = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) this.settle(frame);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
      for (const { method, reject } of this.pending.values())
        reject(new UnknownOutcome(`${method}: the owner of the data folder went away`));
      this.pending.clear();
    });
  }

  /** @throws the error of connecting, when nobody listens */
  static open(path: string): Promise<LocalClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new LocalClient(socket));
      });
    });
  }

  get isClosed(): boolean {
    return this.closed;
  }

  append(partition: PartitionId, lane: Lane, bodies: readonly string[]): Promise<number[]> {
    return this.request('append', { partition, lane }, bodies) as Promise<number[]>;
  }

  /** Calls an action through the owner's broker. */
  call(action: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return this.request('call', { action, params });
  }

  unapplied(partition: PartitionId, most: number): Promise<number> {
    return this.request('unapplied', { partition, most }) as Promise<number>;
  }

  async applied(partition: PartitionId, position: number): Promise<void> {
    await this.request('applied', { partition, position });
  }

  async admit(edition: Edition): Promise<void> {
    await this.request('admit', { edition });
  }

  async idle(): Promise<void> {
    await this.request('idle', {});
  }

  close(): void {
    this.socket.destroy();
  }

  private request(
    method: string,
    params: Readonly<Record<string, unknown>>,
    bodies: readonly string[] = [],
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.closed) {
        reject(new UnknownOutcome(`${method}: the owner of the data folder went away`));
        return;
      }
      const id = this.nextId++;
      this.pending.set(id, { method, resolve, reject });
      this.socket.write(encodeFrame({ id, method, ...params }, bodies));
    });
  }

  private settle({ header }: Frame): void {
    const id = Number(header['id']);
    const pending = this.pending.get(id);
    this.pending.delete(id);
    const error = header['error'] as { code?: string; message: string } | undefined;
    if (error === undefined) pending?.resolve(header['result']);
    else pending?.reject(revive(error));
  }
}

function revive({ code, message }: { code?: string; message: string }): Error {
  if (code === 'MF_UNKNOWN_OUTCOME') return new UnknownOutcome(message);
  return code !== undefined && isErrorCode(code) ? new MasterflagError(code, message) : new Error(message);
}
