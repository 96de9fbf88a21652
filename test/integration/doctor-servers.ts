import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
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

  /** A real nats-server with these lines of nats.conf. */
  async nats(lines: string, { jetstream = 'store_dir: "$DIR/js"' }: { jetstream?: string } = {}): Promise<NatsServer> {
    const folder = mkdtempSync(join(this.folder, 'nats-'));
    const own = jetstream === '' ? '' : `jetstream { ${jetstream} }`;
    const conf = `listen: "127.0.0.1:-1"\nports_file_dir: "$DIR"\n${own}\n${lines}\n`.replaceAll('$DIR', folder);
    writeFileSync(join(folder, 'nats.conf'), conf);
    const child = this.start(process.env['NATS_SERVER_BIN'] ?? 'nats-server', ['-c', join(folder, 'nats.conf')]);
    await says(child, 'Server is ready');
    const ports = readdirSync(folder).find((name) => name.endsWith('.ports')) ?? '';
    const { nats = [], monitoring = [] } = JSON.parse(readFileSync(join(folder, ports), 'utf8')) as {
      nats?: string[];
      monitoring?: string[];
    };
    return { port: Number(new URL(nats[0] ?? '').port), monitor: monitoring[0] ?? '', process: child };
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
      socket.on('error', () => undefined);
      if (text !== '') socket.write(text);
    });
    this.listeners.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** A port that nothing listens on. */
  async free(): Promise<number> {
    const port = await this.greeter('');
    const server = this.listeners.pop();
    server?.close();
    await once(server ?? new EventTarget(), 'close');
    return port;
  }

  async stop(): Promise<void> {
    for (const server of this.listeners) server.close();
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
