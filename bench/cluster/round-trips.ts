import { CHECKPOINTS } from '../../store/mongo/checkpoints.ts';
import { connectMongo, type MongoConnection } from '../../store/mongo/connection.ts';
import { ensureIndexes } from '../../store/mongo/indexes.ts';
import { mongoStore } from '../../store/mongo/store.ts';
import { simulatedLog } from '../../test/simulation/adapters.ts';
import { LogServer, SERVER_RULES } from '../../test/simulation/servers.ts';
import { CommandCounts, type CommitTraffic, type Traffic } from './command-counts.ts';
import { PortsEngine } from './engine.ts';
import { AT_ONCE } from './memory-store.ts';

export interface RoundTrips {
  /** Of the records when they are new. */
  readonly first: Pass;
  /** Of the same records once more, when all are duplicates. */
  readonly again: Pass;
  readonly commits: readonly CommitTraffic[];
}

export interface Pass {
  readonly records: number;
  /** By `<command> <collection>`, most commands first. */
  readonly byCommand: ReadonlyMap<string, Traffic>;
}

/**
 * What the engine asks of MongoDB while it takes these records in, and then in once more, when all are duplicates of
 * what has to be read. The log is in memory: it has no part in this.
 */
export async function roundTrips(url: string, database: string, file: string, records: number): Promise<RoundTrips> {
  const connections: MongoConnection[] = [];
  const counts: CommandCounts[] = [];
  const connection = await connectMongo({ url, database });
  connections.push(connection);
  await ensureIndexes(connection.db);
  try {
    const log = simulatedLog(new LogServer(SERVER_RULES, Date.now), AT_ONCE, new Map());
    const engine = await PortsEngine.open({
      log,
      store: mongoStore(connection),
      storeOf: async () => {
        const own = await connectMongo({ url, database, connections: 4, monitorCommands: true });
        connections.push(own);
        counts.push(new CommandCounts(own.client, CHECKPOINTS));
        return mongoStore(own);
      },
    });
    const pass = async (): Promise<Pass> => {
      for (const { byCommand } of counts) byCommand.clear();
      await engine.feed(file);
      return { records, byCommand: together(counts) };
    };
    const [first, again] = [await pass(), await pass()];
    await engine.close();
    return { first, again, commits: counts.flatMap(({ commits }) => commits) };
  } finally {
    await connection.db.dropDatabase();
    await Promise.all(connections.map((each) => each.close()));
  }
}

/** The largest count of each kind of command, of any commit, on any one collection. */
export function mostPerCommit(commits: readonly CommitTraffic[]): {
  readonly checkpointWrites: number;
  readonly bulkWrites: number;
  readonly reads: number;
} {
  const most = { checkpointWrites: 0, bulkWrites: 0, reads: 0 };
  for (const { writes, reads } of commits) {
    most.checkpointWrites = Math.max(most.checkpointWrites, writes.get(CHECKPOINTS) ?? 0);
    for (const [collection, count] of writes) {
      if (collection !== CHECKPOINTS) most.bulkWrites = Math.max(most.bulkWrites, count);
    }
    most.reads = Math.max(most.reads, ...reads.values());
  }
  return most;
}

/** Of one record. */
export function perRecord({ records, byCommand }: Pass): Traffic {
  const sum = { commands: 0, sent: 0, received: 0 };
  for (const traffic of byCommand.values()) {
    for (const what of ['commands', 'sent', 'received'] as const) sum[what] += traffic[what] / records;
  }
  return sum;
}

function together(counts: readonly CommandCounts[]): ReadonlyMap<string, Traffic> {
  const all = new Map<string, Traffic>();
  for (const { byCommand } of counts) {
    for (const [name, traffic] of byCommand) {
      const sum = all.get(name) ?? { commands: 0, sent: 0, received: 0 };
      all.set(name, sum);
      for (const what of ['commands', 'sent', 'received'] as const) sum[what] += traffic[what];
    }
  }
  return new Map([...all].sort(([, a], [, b]) => b.commands - a.commands));
}
