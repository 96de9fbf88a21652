import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect } from 'nats';
import { MongoClient } from 'mongodb';
import { writeOrders } from '../orders.ts';
import { jetStreamLatency, overJetStream } from './over-jetstream.ts';
import { overMongo } from './over-mongodb.ts';
import { overNodes } from './over-nodes.ts';
import { benchMongo, benchNats, isStandIn, missingServers, type BenchServer } from './servers.ts';

/**
 * What does the engine cost over JetStream and MongoDB: records a second against a bare loop, round trips and bytes of
 * a record, time from append to event, and how nodes share the work? Writes bench/RESULTS-CLUSTER.md.
 */
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '50000' },
    'node-orders': { type: 'string', default: '5000' },
    runs: { type: 'string', default: '3' },
  },
});

const missing = missingServers();
if (missing.length > 0) {
  console.error(['npm run bench -- cluster needs', ...missing.map((line) => `  ${line}`)].join('\n'));
  process.exit(1);
}

const RESULTS = fileURLToPath(new URL('../RESULTS-CLUSTER.md', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'masterflag-bench-'));
const lines: string[] = [];

function say(line: string): void {
  console.log(line);
  lines.push(line);
}

try {
  await measure(Number(values.orders), Number(values['node-orders']), Number(values.runs));
  writeFileSync(RESULTS, `${lines.join('\n').trimEnd()}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(orders: number, fewer: number, runs: number): Promise<void> {
  const [file, small] = [join(folder, 'orders.ndjson'), join(folder, 'fewer.ndjson')];
  await writeOrders(file, orders);
  await writeOrders(small, fewer);
  const nats = await benchNats();
  const mongo = await benchMongo();
  try {
    say('# Results of `npm run bench -- cluster`\n');
    say(`${await machine(nats, mongo)}\n`);
    const rate = await overJetStream(say, nats, file, orders, runs);
    await jetStreamLatency(say, nats, small, fewer, rate);
    await overMongo(say, mongo, small, fewer);
    await overNodes(say, { nats, mongo }, small, fewer);
  } finally {
    await Promise.all([nats.stop(), mongo.stop()]);
  }
}

async function machine(nats: BenchServer, mongo: BenchServer): Promise<string> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const what = [
    `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.version}`,
    `NATS ${await natsVersion(nats.url)} (${nats.is})`,
    isStandIn(mongo) ? `instead of MongoDB ${mongo.is}` : `MongoDB ${await mongoVersion(mongo.url)} (${mongo.is})`,
    `Masterflag ${version}`,
  ];
  return `Generated on ${new Date().toISOString().slice(0, 10)}: ${what.join(', ')}. Load of the machine before the first run: ${load}; where others use it, only what is compared within one run means something.`;
}

async function natsVersion(url: string): Promise<string> {
  const nats = await connect({ servers: url });
  const { version = 'unknown' } = nats.info ?? {};
  await nats.close();
  return version;
}

async function mongoVersion(url: string): Promise<string> {
  const client = new MongoClient(url);
  try {
    const { version } = await client.db('admin').command({ buildInfo: 1 });
    return String(version);
  } finally {
    await client.close();
  }
}
