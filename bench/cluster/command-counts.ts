import { BSON, type MongoClient } from 'mongodb';

/** Commands to MongoDB: how many, and their documents' bytes on the way there and back (message headers aside). */
export interface Traffic {
  commands: number;
  sent: number;
  received: number;
}

/** What a partition asked of MongoDB from one write of its checkpoint to the next. */
export interface CommitTraffic {
  /** By collection. */
  readonly writes: ReadonlyMap<string, number>;
  readonly reads: ReadonlyMap<string, number>;
}

/** What is not about a partition's work: connecting, and asking how far somebody is. */
const ASIDE = ['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'buildInfo', 'listIndexes', 'createIndexes'];

const READS = ['find', 'getMore', 'aggregate', 'count', 'distinct'];

/** Hears the commands of one client, which is one partition's alone, so that it is known whose they are. */
export class CommandCounts {
  /** By `<command> <collection>`. */
  readonly byCommand = new Map<string, Traffic>();
  private readonly checkpoints: string;
  private readonly writes: Map<string, number>[] = [];
  private readonly reads: Map<string, number>[] = [];
  private readonly names = new Map<number, string>();

  constructor(client: MongoClient, checkpoints: string) {
    this.checkpoints = checkpoints;
    client.on('commandStarted', ({ requestId, commandName, command }) => {
      if (ASIDE.includes(commandName)) return;
      const collection = String(commandName === 'getMore' ? command['collection'] : command[commandName]);
      const name = `${commandName} ${collection}`;
      this.names.set(requestId, name);
      const traffic = this.of(name);
      traffic.commands += 1;
      traffic.sent += BSON.calculateObjectSize(command);
      this.attribute(commandName, collection);
    });
    client.on('commandSucceeded', ({ requestId, reply }) => {
      const name = this.names.get(requestId);
      this.names.delete(requestId);
      if (name !== undefined) this.of(name).received += BSON.calculateObjectSize(reply as BSON.Document);
    });
  }

  /** Of each commit: its own checkpoint and bulk writes, and the reads that were made since the commit before. */
  get commits(): readonly CommitTraffic[] {
    return this.writes.map((writes, n) => ({ writes, reads: this.reads[n] ?? new Map<string, number>() }));
  }

  private attribute(command: string, collection: string): void {
    if (READS.includes(command)) {
      // Those of the first commit come before it.
      count((this.reads[this.writes.length] ??= new Map()), collection);
      return;
    }
    // The take-over is a find-and-modify.
    if (command === 'update' && collection === this.checkpoints) this.writes.push(new Map());
    const writes = this.writes.at(-1);
    if (command === 'update' && writes !== undefined) count(writes, collection);
  }

  private of(name: string): Traffic {
    let traffic = this.byCommand.get(name);
    if (traffic === undefined) {
      traffic = { commands: 0, sent: 0, received: 0 };
      this.byCommand.set(name, traffic);
    }
    return traffic;
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
