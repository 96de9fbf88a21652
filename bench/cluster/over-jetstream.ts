import { isDeepStrictEqual } from 'node:util';
import type { EventLatency } from '../event-latency.ts';
import { percentile } from '../percentiles.ts';
import type { Measured } from './process.ts';
import type { BenchServer } from './servers.ts';
import { runSide } from './sides.ts';

/** Engine over bare loop, records a second: what the project aims at. */
const TARGET = 0.5;

/** Whoever prints a line of the results. */
export type Say = (line: string) => void;

/** Records a second over JetStream, with the store in memory, against a bare loop over the same server. */
export async function overJetStream(say: Say, nats: BenchServer, file: string, orders: number, runs: number) {
  say(`## ${orders} records over JetStream, the store in memory\n`);
  say(
    'Each side is one process of one thread, all by itself beside the server, and takes in the same records: it appends them, reads them back and folds them, at the same time. The sums of all customers are the same at the end of each, or the run fails. Processor time is that of the process, without the server.\n',
  );
  say(
    '| run | bare loop, records/s | bare loop with results, records/s | engine, records/s | engine / bare | engine / bare with results | the same by processor time |\n|---|---|---|---|---|---|---|',
  );
  const all: Run[] = [];
  for (let n = 1; n <= runs; n++) {
    const run = await oneRun(nats.url, file, orders);
    all.push(run);
    say(`| ${n} | ${cells(run, orders).join(' | ')} |`);
  }
  const middle = (of: (run: Run) => number): number => percentile(all.map(of), 0.5);
  const [plain, results] = [middle(ratio('totals')), middle(ratio('results'))];
  say(
    `\nMedians: engine / bare loop ${plain.toFixed(2)}, target ${TARGET}: ${plain >= TARGET ? 'met' : 'missed'}; engine / bare loop with results ${results.toFixed(2)}.\n`,
  );
  say(EXPLAINED);
  return middle(({ engine }) => orders / engine.seconds);
}

const EXPLAINED = `The bare loop is what one would write by hand: batches of 100 records a message, 64 messages on their way, reads of 256 messages; it parses each order and adds it to the totals of its customer. That is all it does: nothing is found again, nothing is safe, nothing can be tapped. The bare loop with results also does what the engine's results consist of: it checks each order against its schema, makes the order, its revenue, its customer and their flags under their matching keys, and appends an event for each order and customer. The engine does the same through its protocol: its mapping of raw records, four stages, effects between partitions through the log, a commit for each batch, and every record told apart from what came before.\n`;

interface Run {
  readonly totals: Measured;
  readonly results: Measured;
  readonly engine: Measured;
}

async function oneRun(url: string, file: string, orders: number): Promise<Run> {
  const side = (name: keyof Run): Promise<Measured> => runSide<Measured>(name, url, file, orders);
  const run = { totals: await side('totals'), results: await side('results'), engine: await side('engine') };
  for (const { sums } of [run.results, run.engine]) {
    if (!isDeepStrictEqual(sums, run.totals.sums)) throw new Error(`totals differ: ${JSON.stringify(run)}`);
  }
  return run;
}

function cells(run: Run, orders: number): string[] {
  const rate = ({ seconds }: Measured): string => String(Math.round(orders / seconds));
  return [
    rate(run.totals),
    rate(run.results),
    rate(run.engine),
    ratio('totals')(run).toFixed(2),
    ratio('results')(run).toFixed(2),
    `${processorRatio('totals')(run).toFixed(2)}, ${processorRatio('results')(run).toFixed(2)}`,
  ];
}

function ratio(side: 'totals' | 'results'): (run: Run) => number {
  return (run) => run[side].seconds / run.engine.seconds;
}

function processorRatio(side: 'totals' | 'results'): (run: Run) => number {
  return (run) => run[side].processor / run.engine.processor;
}

/** From append to event, at half of what the engine was seen to take. */
export async function jetStreamLatency(say: Say, nats: BenchServer, file: string, orders: number, rate: number) {
  const seen = await runSide<EventLatency>('latency', nats.url, file, orders, rate / 2);
  say(`## From append to event, at half load, over JetStream with the store in memory\n`);
  say(
    `${Math.round(rate / 2)} records/s for 10 s, ${seen.orders} records: p50 ${seen.p50.toFixed(1)} ms, p99 ${seen.p99.toFixed(1)} ms. Who appends and who taps share the thread with the engine. A MongoDB adds the time of its reads, of the commit and of its apply.\n`,
  );
}
