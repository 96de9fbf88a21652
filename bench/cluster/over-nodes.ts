import { cpus } from 'node:os';
import { eventLatency } from '../event-latency.ts';
import { BenchCluster, type NodeShare } from './nodes.ts';
import type { Say } from './over-jetstream.ts';
import { isStandIn, type BenchServer } from './servers.ts';

/** One, two and three nodes on both servers: how records spread, and how soon an event is there on one. */
export async function overNodes(
  say: Say,
  servers: { readonly nats: BenchServer; readonly mongo: BenchServer },
  file: string,
  orders: number,
): Promise<void> {
  say(`## One, two and three nodes: ${orders} records\n`);
  say(
    `Each node is a process of \`masterflag serve\`; another process feeds them. ${isStandIn(servers.mongo) ? STAND_IN : ''}${coresNote()}\n`,
  );
  say('| nodes | records/s | records by node (partitions) |\n|---|---|---|');
  let latency = '';
  for (const count of [1, 2, 3]) {
    const cluster = await BenchCluster.start(placeOf(servers), count);
    try {
      // Caches, compilers and connections of everybody are warm before anything counts.
      await cluster.engine.feed(file, { end: WARM_BYTES });
      const before = await cluster.shares();
      const rate = orders / (await cluster.engine.feed(file));
      say(`| ${count} | ${Math.round(rate)} | ${spread(await cluster.shares(), before)} |`);
      if (count === 1) latency = await halfLoad(cluster, rate, orders);
    } finally {
      await cluster.stop();
    }
  }
  say(`\n${latency}\n`);
}

const WARM_BYTES = 200_000;

const STAND_IN =
  '**The store was the stand-in, which is not MongoDB: no speed in this section says anything about MongoDB.** What it shows is that nodes share the work, and how. ';

function coresNote(): string {
  const cores = cpus().length;
  return `On ${cores} cores nodes, both servers and the feeder share the processors: ${cores < 6 ? 'a second and third node add no processor, so records/s can not rise with them here, and do not tell how they would on machines of their own. ' : ''}What can be seen is how records spread over the nodes, and what a cluster of more nodes costs.`;
}

let places = 0;

function placeOf({ nats, mongo }: { readonly nats: BenchServer; readonly mongo: BenchServer }) {
  const cluster = `bench-${process.pid}-${Date.now().toString(36)}-${places++}`;
  return { natsUrl: nats.url, mongodbUrl: mongo.url, cluster };
}

function spread(shares: readonly NodeShare[], before: readonly NodeShare[]): string {
  const sorted = [...shares].sort((a, b) => (a.node < b.node ? -1 : 1));
  return sorted
    .map(({ node, partitions, records }) => {
      const earlier = before.find((share) => share.node === node)?.records ?? 0;
      return `${node}: ${records - earlier} (${partitions})`;
    })
    .join(', ');
}

async function halfLoad({ engine }: BenchCluster, rate: number, orders: number): Promise<string> {
  const { orders: seen, p50, p99 } = await eventLatency(engine, rate / 2, 10, orders * 2);
  return `From append to event on one node, at half load: ${Math.round(rate / 2)} records/s for 10 s, ${seen} records: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms.`;
}
