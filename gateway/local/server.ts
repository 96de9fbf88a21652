import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { MasterflagError } from '../../schemas/errors.ts';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { Edition } from '../../actors/node/editions.ts';
import type { MasterflagNode } from '../../actors/node/node.ts';
import { encodeFrame, FrameReader, type Frame } from './frames.ts';

/** The owner's door for other processes of the same user: appends, questions through the broker, waiting. */
export class LocalServer {
  private readonly node: MasterflagNode;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(node: MasterflagNode) {
    this.node = node;
    this.server = createServer((socket) => {
      this.serve(socket);
    });
  }

  /** The folder is ours, so whatever stands at the path is a dead owner's. */
  listen(path: string): Promise<void> {
    if (process.platform !== 'win32') rmSync(path, { force: true });
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(path, () => {
        // Whoever may write to the socket may write orders: only the user who runs the owner.
        if (process.platform !== 'win32') chmodSync(path, 0o600);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private serve(socket: Socket): void {
    const reader = new FrameReader();
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    // A client that went away mid-sentence is its own affair.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) void this.answer(socket, frame);
      } catch {
        socket.destroy();
      }
    });
  }

  private async answer(socket: Socket, frame: Frame): Promise<void> {
    const { id } = frame.header;
    try {
      const result = await this.handle(frame);
      if (!socket.destroyed) socket.write(encodeFrame({ id, result }));
    } catch (error) {
      const code = error instanceof MasterflagError ? error.code : undefined;
      const message = error instanceof Error ? error.message : String(error);
      if (!socket.destroyed) socket.write(encodeFrame({ id, error: { code, message } }));
    }
  }

  private async handle({ header, bodies }: Frame): Promise<unknown> {
    switch (header['method']) {
      case 'append':
        return this.node.append(header['partition'] as PartitionId, header['lane'] as Lane, bodies);
      case 'call':
        return this.node.broker.call(String(header['action']), header['params'] as Record<string, unknown>);
      case 'unapplied':
        return this.node.unapplied(header['partition'] as PartitionId, Number(header['most']));
      case 'applied':
        return this.node.applied(header['partition'] as PartitionId, Number(header['position']));
      case 'admit':
        return this.node.admit(header['edition'] as Edition);
      case 'idle':
        return this.node.idle();
      default:
        throw new MasterflagError('MF_BAD_REQUEST', `the local socket knows no method ${String(header['method'])}`);
    }
  }
}
