import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface NatsServer {
  readonly port: number;
  /** Address of its monitoring port; '' without one. */
  readonly monitor: string;
  readonly process: ChildProcess;
}

/** Servers of one test file, each with a configuration of its own, and ended by `stop`. */
export class Servers {
  private readonly folder = mkdtempSync(join(tmpdir(), 'masterflag-servers-'));
  private readonly processes: ChildProcess[] = [];
  private readonly listeners: Server[] = [];
  private readonly sockets = new Set<Socket>();

  /** A real nats-server with these lines of nats.conf. */
  async nats(lines: string, { jetstream = 'store_dir: "$DIR/js"' }: { jetstream?: string } = {}): Promise<NatsServer> {
    const folder = mkdtempSync(join(this.folder, 'nats-'));
    const own = jetstream === '' ? '' : `jetstream { ${jetstream} }`;
    const conf = `listen: "127.0.0.1:-1"\n${own}\n${lines}\n`.replaceAll('$DIR', folder);
    writeFileSync(join(folder, 'nats.conf'), conf);
    const child = this.start(process.env['NATS_SERVER_BIN'] ?? 'nats-server', ['-c', join(folder, 'nats.conf')]);
    const text = await says(child, 'Server is ready');
    const [, port = ''] = /client connections on 127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    const [, monitor] = /http monitor on (\S+)/.exec(text) ?? [];
    return { port: Number(port), monitor: monitor === undefined ? '' : `http://${monitor}`, process: child };
  }

  /** What stands in for MongoDB. Resolves with its URL. */
  async mongoStandIn(): Promise<string> {
    const child = this.start(process.env['MONGO_STANDIN_BIN'] ?? '', []);
    const text = await says(child, 'mongodb://');
    return /mongodb:\/\/\S+/.exec(text)?.[0] ?? '';
  }

  /** A port that greets every connection with this text, and says nothing more. */
  async greeter(text: string): Promise<number> {
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined).resume();
      if (text !== '') socket.write(text);
    });
    this.listeners.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** A port that nothing listens on. */
  async free(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  async stop(): Promise<void> {
    for (const server of this.listeners) server.close();
    for (const socket of this.sockets) socket.destroy();
    const running = this.processes.filter((child) => child.exitCode === null && child.signalCode === null);
    const ended = running.map((child) => once(child, 'exit'));
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private start(program: string, words: readonly string[]): ChildProcess {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.processes.push(child);
    return child;
  }
}

function says(child: ChildProcess, wanted: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const hear = (chunk: Buffer): void => {
      text += chunk.toString();
      if (text.includes(wanted)) resolve(text);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`ended without saying ${wanted}: ${text}`)));
  });
}
