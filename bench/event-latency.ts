import { setTimeout as pause } from 'node:timers/promises';
import { openReadPorts } from '../actors/node/ports.ts';
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

/** Appends at a steady rate, and watches the events from outside, as a tap does. */
export async function eventLatency(
  engine: BenchEngine,
  rate: number,
  seconds: number,
  firstOrder: number,
): Promise<EventLatency> {
  const appended = new Map<string, number>();
  const latencies: number[] = [];
  const tap = await tapOf(engine, (number) => {
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
    if (orders.length > 0) sending.push(engine.append(orders.map((order) => `${JSON.stringify(order)}\n`).join('')));
    await pause(TICK_MS);
    await tap.look();
  }
  await Promise.all(sending);
  while (appended.size > 0) {
    await pause(TICK_MS);
    await tap.look();
  }
  await tap.close();
  return { rate, orders: latencies.length, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

async function tapOf(engine: BenchEngine, seen: (number: string) => void) {
  const ports = await openReadPorts(engine.settings);
  const after = new Map<string, number>();
  for (const partition of engine.orderPartitions)
    after.set(partition, (await ports.log.eventsTail(partition)).position);
  return {
    async look(): Promise<void> {
      for (const partition of engine.orderPartitions) {
        const batches = await ports.log.readEvents(partition, after.get(partition) ?? 0, {
          messages: 100,
          bytes: 8 << 20,
        });
        for (const { position, body } of batches) {
          after.set(partition, position);
          for (const [, number] of body.matchAll(/"number":"(B\d+)"/g)) if (number !== undefined) seen(number);
        }
      }
    },
    close: () => ports.close(),
  };
}
