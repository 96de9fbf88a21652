import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSource } from '../config/sources.ts';
import { readSettings } from '../config/settings.ts';
import { openConnection, type Connection } from '../gateway/connection.ts';
import { partitionId } from '../schemas/partition.ts';
import type { Settings } from '../schemas/settings.ts';
import { Ingress } from '../streams/ingress/ingress.ts';
import { SourceRegistry } from '../streams/mapping/registry.ts';

export const SOURCES = join(dirname(fileURLToPath(import.meta.url)), 'sources');

export type ClusterPlace = Pick<Settings, 'natsUrl' | 'mongodbUrl' | 'cluster'>;

/** Whatever servers the environment names for the cluster. */
const EMBEDDED = { natsUrl: '', mongodbUrl: '' };

/** The engine as a user runs it: its own process, reached through its socket, fed through ingress. */
export class BenchEngine {
  readonly settings: Settings;
  readonly connection: Connection;
  private readonly ingress: Ingress;

  private constructor(settings: Settings, connection: Connection) {
    this.settings = settings;
    this.connection = connection;
    const sources = new SourceRegistry([readSource(join(SOURCES, 'bench.yaml'))]);
    this.ingress = new Ingress({ ...connection.ingress, sources });
  }

  /** Of a data folder, or of a cluster. */
  static async open(where: Pick<Settings, 'data'> | ClusterPlace): Promise<BenchEngine> {
    const settings = readSettings(process.env, { ...EMBEDDED, ...where, sources: [SOURCES] });
    return new BenchEngine(settings, await openConnection(settings));
  }

  /** Feeds a file and waits until everything that follows from it is applied. */
  async feed(file: string, range: { start?: number; end?: number } = {}): Promise<number> {
    const started = performance.now();
    const report = await this.ingress.feed({
      source: 'bench',
      feed: randomUUID(),
      file,
      chunks: createReadStream(file, range),
    });
    for (const [partition, position] of report.positions) await this.connection.applied(partition, position);
    await this.connection.idle();
    return (performance.now() - started) / 1000;
  }

  /** Feeds orders as text, without waiting for what follows. */
  async append(text: string): Promise<void> {
    await this.ingress.feed({ source: 'bench', feed: 'latency', file: 'latency.ndjson', chunks: [Buffer.from(text)] });
  }

  get orderPartitions() {
    return Array.from({ length: this.settings.partitions.order }, (_, n) => partitionId('order', n));
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
