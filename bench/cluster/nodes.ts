import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { allPartitions } from '../../schemas/partition.ts';
import { BenchEngine, SOURCES, type ClusterPlace } from '../engine.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/masterflag.js', import.meta.url));

/** How long nodes may take until each partition has an owner, in ms. */
const READY_MS = 60_000;
const LOOK_MS = 100;

/** What one node did of a feed. */
export interface NodeShare {
  readonly node: string;
  readonly partitions: number;
  /** Of the feed, counted in the partitions that they are routed to. */
  readonly records: number;
}

/** Nodes of one cluster, each a process as `masterflag serve` starts it, and a connection that feeds them. */
export class BenchCluster {
  readonly engine: BenchEngine;
  private readonly folder: string;
  private readonly nodes: readonly ChildProcess[];

  private constructor(folder: string, nodes: readonly ChildProcess[], engine: BenchEngine) {
    [this.folder, this.nodes, this.engine] = [folder, nodes, engine];
  }

  /** Resolves when every partition has an owner, and all nodes own some. */
  static async start(place: ClusterPlace, count: number): Promise<BenchCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'masterflag-bench-nodes-'));
    const secret = join(folder, 'match.key');
    writeFileSync(secret, 'the secret of a benchmark');
    const nodes = Array.from({ length: count }, (_, n) => serve(place, secret, `n${n + 1}`));
    const cluster = new BenchCluster(folder, nodes, await BenchEngine.open(place));
    try {
      await cluster.ready();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async shares(): Promise<NodeShare[]> {
    const nodes = await this.engine.connection.nodes();
    return nodes.map(({ name, partitions }) => ({
      node: name,
      partitions: partitions.length,
      records: partitions.reduce((sum, { records }) => sum + records, 0),
    }));
  }

  async stop(): Promise<void> {
    await this.engine.close();
    await Promise.all(this.nodes.map(ended));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    const wanted = allPartitions(this.engine.settings.partitions).length;
    for (const until = Date.now() + READY_MS; ;) {
      const shares = await this.shares();
      const owned = shares.reduce((sum, { partitions }) => sum + partitions, 0);
      if (owned === wanted && shares.filter(({ partitions }) => partitions > 0).length === this.nodes.length) return;
      if (Date.now() > until) throw new Error(`${owned} of ${wanted} partitions have an owner after ${READY_MS} ms`);
      await pause(LOOK_MS);
    }
  }
}

function serve({ natsUrl, mongodbUrl, cluster }: ClusterPlace, secret: string, name: string): ChildProcess {
  return spawn(process.execPath, [LAUNCHER, 'serve', '--name', name], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // A group of its own: its engine is a process that ends with it.
    detached: true,
    env: {
      ...process.env,
      NATS_URL: natsUrl,
      MONGODB_URL: mongodbUrl,
      MASTERFLAG_CLUSTER: cluster,
      MASTERFLAG_MATCH_KEY_FILE: secret,
      MASTERFLAG_SOURCES: SOURCES,
    },
  });
}

async function ended(node: ChildProcess): Promise<void> {
  if (node.exitCode !== null || node.signalCode !== null || node.pid === undefined) return;
  const exit = once(node, 'exit');
  process.kill(-node.pid, 'SIGKILL');
  await exit;
}
