import { setTimeout as pause } from 'node:timers/promises';
import { openReadPorts } from '../actors/node/ports.ts';
import type { PartitionId } from '../schemas/partition.ts';
import type { LogReads } from '../streams/log.ts';
import type { BenchEngine } from './engine.ts';
import { orderOf } from './orders.ts';
import { percentile } from './percentiles.ts';

export interface EventLatency {
  readonly rate: number;
  readonly orders: number;
  /** Ms from before the append to a reader seeing the order's event. */
  readonly p50: number;
  readonly p99: number;
}

/** How often orders are appended and the tap looks, in ms. */
const TICK_MS = 5;

/** What is measured: something that orders are appended to, and the log that their events come out of. */
export interface Measurable {
  readonly log: Pick<LogReads, 'eventsTail' | 'readEvents'>;
  readonly orderPartitions: readonly PartitionId[];
  /** Orders as NDJSON; resolves when they are durable. */
  append(text: string): Promise<void>;
}

/** Appends at a steady rate to the embedded engine or to a cluster, and watches the events as a tap does. */
export async function eventLatency(
  engine: BenchEngine,
  rate: number,
  seconds: number,
  firstOrder: number,
): Promise<EventLatency> {
  const ports = await openReadPorts(engine.settings);
  const { orderPartitions } = engine;
  const append = (text: string): Promise<void> => engine.append(text);
  try {
    return await latencyOf({ log: ports.log, orderPartitions, append }, rate, seconds, firstOrder);
  } finally {
    await ports.close();
  }
}

export async function latencyOf(
  measured: Measurable,
  rate: number,
  seconds: number,
  firstOrder: number,
): Promise<EventLatency> {
  const appended = new Map<string, number>();
  const latencies: number[] = [];
  const look = await tapOf(measured, (number) => {
    const at = appended.get(number);
    if (at !== undefined) latencies.push(performance.now() - at);
    appended.delete(number);
  });
  const sending: Promise<void>[] = [];
  const started = performance.now();
  for (let sent = 0; performance.now() - started < seconds * 1000;) {
    const due = Math.floor(((performance.now() - started) / 1000) * rate);
    const orders = Array.from({ length: due - sent }, (_, n) => orderOf(firstOrder + sent + n));
    sent = due;
    for (const { id } of orders) appended.set(id, performance.now());
    if (orders.length > 0) sending.push(measured.append(orders.map((order) => `${JSON.stringify(order)}\n`).join('')));
    await pause(TICK_MS);
    await look();
  }
  await Promise.all(sending);
  while (appended.size > 0) {
    await pause(TICK_MS);
    await look();
  }
  return { rate, orders: latencies.length, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

async function tapOf(
  { log, orderPartitions }: Measurable,
  seen: (number: string) => void,
): Promise<() => Promise<void>> {
  const after = new Map<PartitionId, number>();
  for (const partition of orderPartitions) after.set(partition, (await log.eventsTail(partition)).position);
  const look = async (partition: PartitionId): Promise<void> => {
    const limit = { messages: 100, bytes: 8 << 20 };
    for (const { position, body } of await log.readEvents(partition, after.get(partition) ?? 0, limit)) {
      after.set(partition, position);
      for (const [, number] of body.matchAll(/"number":"(B\d+)"/g)) if (number !== undefined) seen(number);
    }
  };
  return async () => {
    await Promise.all(orderPartitions.map(look));
  };
}
