import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';

/** A NATS server that tests may start, kill and start again on the same store and port. */
export interface NatsServer {
  readonly url: string;
  /** Ends it at once, as a crash of its process would. */
  kill(): Promise<void>;
  /** On the same port and store. */
  restart(): Promise<void>;
  /** Ends it, and removes what it stored. */
  stop(): Promise<void>;
}

export interface NatsServerOptions {
  /** More lines of its configuration file. */
  readonly config?: string;
  /** More of its block `jetstream`; null for a server without JetStream. */
  readonly jetstream?: string | null;
  /** Every write is on the disk when it is acknowledged. */
  readonly sync?: boolean;
}

/** The program, named by NATS_SERVER_BIN or found on the PATH. */
export const natsProgram = findProgram();

/** A server that runs already: only suites that do nothing to it may use it. */
export const natsUrl = process.env['NATS_URL'];

/** Starts a server on a free port of the loopback. */
export async function startNats(options: NatsServerOptions = {}): Promise<NatsServer> {
  const program = natsProgram;
  if (program === undefined) throw new Error('no nats-server: set NATS_SERVER_BIN');
  const folder = mkdtempSync(join(tmpdir(), 'masterflag-nats-'));
  const port = await freePort();
  writeFileSync(join(folder, 'nats.conf'), configuration(folder, port, options));
  let running = await start(folder, program);
  return {
    url: `nats://127.0.0.1:${port}`,
    kill: () => end(running),
    restart: async () => {
      await end(running);
      running = await start(folder, program);
    },
    stop: async () => {
      await end(running);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, port: number, { config = '', jetstream = '', sync }: NatsServerOptions): string {
  const store = `store_dir: ${JSON.stringify(join(folder, 'store'))}${sync === true ? ', sync_interval: always' : ''}`;
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    `ports_file_dir: ${JSON.stringify(folder)}`,
    ...(jetstream === null ? [] : [`jetstream { ${[store, jetstream].filter((part) => part !== '').join(', ')} }`]),
    config,
  ];
  return lines.join('\n');
}

/** Resolves when it listens: it writes its ports into a file then. */
async function start(folder: string, program: string): Promise<ChildProcess> {
  const child = spawn(program, ['-c', join(folder, 'nats.conf'), '-l', join(folder, 'log')], { stdio: 'ignore' });
  const file = (): string | undefined => readdirSync(folder).find((name) => name.endsWith(`_${child.pid ?? 0}.ports`));
  for (;;) {
    if (child.exitCode !== null) throw new Error(readFileSync(join(folder, 'log'), 'utf8'));
    const found = file();
    if (found !== undefined && readFileSync(join(folder, found)).length > 0) return child;
    await sleep(5);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function findProgram(): string | undefined {
  const named = process.env['NATS_SERVER_BIN'];
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  return spawnSync('nats-server', ['--version']).status === 0 ? 'nats-server' : undefined;
}

/** A port for a server of a test: chosen before it starts, so that it can be started again on it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
