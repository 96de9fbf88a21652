import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSettings } from '../../config/settings.ts';
import type { Settings } from '../../schemas/settings.ts';
import { startServers, type ClusterServers } from './cluster-servers.ts';
import { ServedNode } from './served-node.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/masterflag.js', import.meta.url));

/** What identifiers are hashed with: an embedded data set with the same secret has the same keys. */
const SECRET = 'a secret of the tests of the cluster';

export interface ClusterOptions {
  /** Seconds after which a silent node counts as gone. */
  readonly heartbeatSeconds?: number;
  /** More settings of every process, as variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Servers of another cluster, to share them. */
  readonly servers?: ClusterServers;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A cluster for a test: servers of its own behind proxies, nodes as a user starts them, the command line on it. */
export class Cluster {
  readonly name: string;
  readonly folder: string;
  readonly servers: ClusterServers;
  readonly nodes = new Map<string, ServedNode>();
  readonly heartbeatMs: number;
  private readonly options: ClusterOptions;
  /** Every node and command that was ever started and may run still. */
  private readonly running = new Set<{ readonly kill: () => unknown }>();

  private constructor(name: string, folder: string, servers: ClusterServers, options: ClusterOptions) {
    [this.name, this.folder, this.servers, this.options] = [name, folder, servers, options];
    this.heartbeatMs = (options.heartbeatSeconds ?? 2) * 1000;
    writeFileSync(this.keyFile, SECRET);
  }

  /** Servers, and no node yet. */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const name = `test-${randomBytes(6).toString('hex')}`;
    const servers = options.servers ?? (await startServers(name));
    return new Cluster(name, mkdtempSync(join(tmpdir(), 'masterflag-cluster-')), servers, options);
  }

  get keyFile(): string {
    return join(this.folder, 'matching.key');
  }

  /** The environment of every process of this cluster. */
  get env(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    return { ...inherited, ...this.variables(this.servers.natsUrl, this.servers.mongodbUrl) };
  }

  /** For what the test itself reads and writes, past the proxies. */
  get settings(): Settings {
    return readSettings(this.variables(this.servers.nats.url, this.servers.mongo.url));
  }

  private variables(natsUrl: string, mongodbUrl: string): Record<string, string> {
    return {
      MASTERFLAG_DATA: this.folder,
      MASTERFLAG_CLUSTER: this.name,
      MASTERFLAG_MATCH_KEY_FILE: this.keyFile,
      MASTERFLAG_HEARTBEAT_SECONDS: String(this.heartbeatMs / 1000),
      NATS_URL: natsUrl,
      MONGODB_URL: mongodbUrl,
      ...this.options.env,
    };
  }

  /** Starts a node, or one that ended under the same name again. Resolves when it serves. */
  async node(name: string, more: { readonly words?: readonly string[]; readonly program?: string } = {}) {
    const node = new ServedNode({ name, env: this.env, ...more });
    this.nodes.set(name, node);
    this.running.add(node);
    void node.ended.then(() => this.running.delete(node));
    return node.ready();
  }

  /** Together, as a machine starts them. */
  async startNodes(...names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.node(name)));
  }

  /** Runs a command to its end. */
  run(...words: readonly string[]): Promise<Ended> {
    return this.runWith({}, ...words);
  }

  /** With settings of its own. */
  runWith(settings: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Ended> {
    const env = { ...this.env, ...settings };
    const child = spawn(process.execPath, [LAUNCHER, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.running.add(child);
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
    return new Promise((resolve) => {
      child.on('close', (code) => {
        this.running.delete(child);
        resolve({ code, stdout: text(stdout), stderr: text(stderr) });
      });
    });
  }

  /** Runs it and parses the one line that it prints. @throws what it said, and what the nodes logged, if it failed */
  async json<T = Record<string, unknown>>(...words: readonly string[]): Promise<T> {
    return JSON.parse(await this.output(...words, '--json')) as T;
  }

  async lines<T = Record<string, unknown>>(...words: readonly string[]): Promise<T[]> {
    const texts = (await this.output(...words)).split('\n').filter((line) => line !== '');
    return texts.map((line) => JSON.parse(line) as T);
  }

  private async output(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...words);
    if (code !== 0) throw new Error(`exit code ${String(code)}: ${stderr}\n${this.logs()}`);
    return stdout;
  }

  /** What every node logged last, for the message of a failure. */
  logs(): string {
    return [...this.nodes.values()].map(({ name, log }) => `--- ${name}\n${log.slice(-5000)}`).join('\n');
  }

  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Ends every process that it started, by its id, and removes what it wrote. */
  async stop(): Promise<void> {
    for (const one of this.running) one.kill();
    await Promise.all([...this.nodes.values()].map(({ ended }) => ended));
    if (this.options.servers === undefined) await this.servers.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
