import { readSettings } from '../../config/settings.ts';
import { openJetStreamLog } from '../../streams/jetstream/log.ts';
import { latencyOf } from '../event-latency.ts';
import { bareLoop } from './bare-loop.ts';
import { PortsEngine } from './engine.ts';
import { memoryStore } from './memory-store.ts';
import { engineSums, type Sums } from './totals.ts';

/**
 * One side of the comparison, in a process of its own: `process.ts SIDE URL FILE ORDERS [RATE]`. Prints what it
 * measured as JSON. SIDE is `totals` or `results` for the bare loop, `engine`, or `latency` for the engine at a rate.
 */
export interface Measured {
  readonly seconds: number;
  /** Processor time of this process, in seconds. */
  readonly processor: number;
  readonly sums: Sums;
}

const [side = '', url = '', file = '', count = '', rate = ''] = process.argv.slice(2);
const orders = Number(count);

switch (side) {
  case 'engine':
    print(await withEngine((engine) => engine.feed(file)));
    break;
  case 'latency': {
    const { log, engine } = await startEngine();
    await engine.feed(file);
    print(await latencyOf(engine, Number(rate), 10, orders * 2));
    await engine.close();
    await log.close();
    break;
  }
  default: {
    const before = process.cpuUsage();
    const measured = await bareLoop(url, file, orders, side === 'results' ? 'results' : 'totals');
    print({ ...measured, processor: processorSince(before) });
  }
}

async function withEngine(use: (engine: PortsEngine) => Promise<number>): Promise<Measured> {
  const { log, store, engine } = await startEngine();
  const before = process.cpuUsage();
  const seconds = await use(engine);
  const processor = processorSince(before);
  await engine.close();
  await log.close();
  return { seconds, processor, sums: await engineSums(store) };
}

async function startEngine() {
  const { partitions: counts } = readSettings({});
  const cluster = `bench-${process.pid}-${Date.now().toString(36)}`;
  const log = await openJetStreamLog({ servers: url, cluster, counts, replicas: 1 });
  const store = memoryStore();
  return { log, store, engine: await PortsEngine.open({ log, store }) };
}

function processorSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function print(result: unknown): void {
  console.log(JSON.stringify(result));
}
