import { CEILINGS } from './ceilings.ts';
import type { Traffic } from './command-counts.ts';
import type { Say } from './over-jetstream.ts';
import { mostPerCommit, perRecord, roundTrips, type Pass } from './round-trips.ts';
import { isStandIn, type BenchServer } from './servers.ts';

/** Round trips and bytes to MongoDB of each record. */
export async function overMongo(say: Say, mongo: BenchServer, file: string, orders: number): Promise<void> {
  const database = `masterflag_bench_${process.pid}_${Date.now().toString(36)}`;
  const { first, again, commits } = await roundTrips(mongo.url, database, file, orders);
  const most = mostPerCommit(commits);
  say(`## Round trips to MongoDB: ${orders} new records, and the same once more\n`);
  say(
    `Counted through the driver's monitoring of commands, over ${commits.length} commits of all partitions; bytes are those of the commands and of their answers, without message headers, and before any compression of the connection. ${isStandIn(mongo) ? 'Counts are the engine’s and hold for MongoDB as well; how many commits share the work depends on how fast the server answers, and this one was the stand-in. ' : ''}The ceilings are in bench/cluster/ceilings.ts with their reasons, and test/integration/mongo-round-trips.test.ts fails above them.\n`,
  );
  say('| | seen | ceiling |\n|---|---|---|');
  for (const [what, seen, ceiling] of rows(most, perRecord(first), perRecord(again))) {
    say(`| ${what} | ${seen} | ${ceiling} |`);
  }
  say(`\nOf a new record, by command and collection:\n\n${table(first)}\n`);
}

function rows(
  most: ReturnType<typeof mostPerCommit>,
  fresh: Traffic,
  duplicate: Traffic,
): readonly (readonly [string, string | number, number])[] {
  return [
    ['writes of the checkpoint in a commit, at most', most.checkpointWrites, CEILINGS.checkpointWritesPerCommit],
    ['bulk writes to one collection in a commit, at most', most.bulkWrites, CEILINGS.bulkWritesPerCommit],
    ['reads of one collection for a commit, at most', most.reads, CEILINGS.readsPerCommit],
    ['round trips a new record', fresh.commands.toFixed(3), CEILINGS.roundTripsPerRecord],
    ['bytes sent a new record', Math.round(fresh.sent), CEILINGS.bytesPerRecord],
    ['round trips a duplicate', duplicate.commands.toFixed(3), CEILINGS.roundTripsPerDuplicate],
    ['bytes sent a duplicate', Math.round(duplicate.sent), CEILINGS.bytesPerDuplicate],
    ['bytes received a duplicate', Math.round(duplicate.received), CEILINGS.bytesReceivedPerDuplicate],
  ];
}

function table({ records, byCommand }: Pass): string {
  const lines = [...byCommand].map(
    ([name, { commands, sent, received }]) =>
      `| ${name} | ${(commands / records).toFixed(4)} | ${(sent / records).toFixed(0)} | ${(received / records).toFixed(0)} |`,
  );
  return ['| command | round trips | bytes sent | bytes received |', '|---|---|---|---|', ...lines].join('\n');
}
