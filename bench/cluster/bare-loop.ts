import { readFileSync } from 'node:fs';
import { connect, AckPolicy, DeliverPolicy, type JetStreamClient, type NatsConnection } from 'nats';
import type { BenchOrder } from '../orders.ts';
import { BareResults } from './bare-results.ts';
import { Totals, type Sums } from './totals.ts';

/** Records of one log message. */
const RECORDS = 100;

/** Messages sent and not acknowledged yet. */
const WINDOW = 64;

/** Messages asked for at a time. */
const READ = 256;

const STREAM = 'bare';
const RECORDS_SUBJECT = 'bare.records';
const RESULTS_SUBJECT = 'bare.results';

/** How much of the engine's work the loop does. */
export type BareWork = 'totals' | 'results';

/**
 * What the engine over JetStream is measured against: one thread that appends the records to a stream and reads, parses
 * and folds them at the same time, as fast as this server lets it. With `totals` that is all. With `results` it leaves
 * what the engine leaves: it checks each order, makes the five documents, keeps them under their matching keys, and
 * appends an event for each order and customer. No partitions, no protocol, no duplicates found, nobody to trust.
 */
export async function bareLoop(
  url: string,
  file: string,
  orders: number,
  work: BareWork,
): Promise<{ seconds: number; sums: Sums }> {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const nats = await connect({ servers: url, noAsyncTraces: true });
  const manager = await nats.jetstreamManager();
  await manager.streams.add({ name: STREAM, subjects: [`${STREAM}.>`] });
  try {
    const started = performance.now();
    const [, sums] = await Promise.all([append(nats.jetstream(), lines), readAll(nats, orders, work)]);
    return { seconds: (performance.now() - started) / 1000, sums };
  } finally {
    await manager.streams.delete(STREAM);
    await nats.close();
  }
}

async function append(jetstream: JetStreamClient, lines: readonly string[]): Promise<void> {
  const sent = new Set<Promise<unknown>>();
  for (let from = 0; from < lines.length; from += RECORDS) {
    const publish = jetstream.publish(RECORDS_SUBJECT, `[${lines.slice(from, from + RECORDS).join(',')}]`);
    const done = publish.finally(() => sent.delete(done));
    sent.add(done);
    if (sent.size >= WINDOW) await Promise.race(sent);
  }
  await Promise.all(sent);
}

async function readAll(nats: NatsConnection, orders: number, work: BareWork): Promise<Sums> {
  const manager = await nats.jetstreamManager();
  const { name } = await manager.consumers.add(STREAM, {
    filter_subject: RECORDS_SUBJECT,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
    mem_storage: true,
  });
  const consumer = await nats.jetstream().consumers.get(STREAM, name);
  const messages = await consumer.consume({ max_messages: READ });
  const totals = new Totals();
  const results = new BareResults();
  const events: Promise<unknown>[] = [];
  let read = 0;
  for await (const message of messages) {
    const batch = message.json<BenchOrder[]>();
    for (const order of batch) totals.add(order);
    if (work === 'results') events.push(nats.jetstream().publish(RESULTS_SUBJECT, results.of(batch)));
    read += batch.length;
    if (read >= orders) break;
  }
  await Promise.all(events);
  return totals.sums;
}
