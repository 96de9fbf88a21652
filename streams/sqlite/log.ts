import type { Checkpoint } from '../../schemas/checkpoint.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Log } from '../log.ts';
import { logReads } from './reads.ts';
import type { SqlFile, SqlStep } from './sql.ts';
import { appendEventsStep, appendStep, outboxSteps } from './statements.ts';
import { trimEvents, trimInbox } from './trim.ts';

export interface SqliteLog extends Log {
  /** Lets a commit publish within its own transaction, for a store in the same file. */
  readonly publisher: {
    steps(next: Checkpoint): readonly SqlStep[];
    published(next: Checkpoint): void;
  };
}

/** The log in one SQLite file; whoever opened the file closes it. */
export function sqliteLog(file: SqlFile): SqliteLog {
  const followers = followersOf();
  return {
    ...logReads(file),
    async append(partition, lane, bodies) {
      if (bodies.length === 0) return [];
      const answer = await file.run([appendStep(partition, lane, bodies)], lane === 'fast');
      followers.wake(partition);
      const last = Number(answer?.[0]?.[0]);
      return bodies.map((_, n) => last - bodies.length + 1 + n);
    },
    follow: followers.follow,
    async appendEvents(partition, events, expected) {
      const answer = await file.run([appendEventsStep(partition, events, expected)]);
      return answer === undefined ? 'conflict' : { position: Number(answer[0]?.[0]) };
    },
    trimInbox: (applied, before) => trimInbox(file, applied, before),
    trimEvents: (before) => trimEvents(file, before),
    publisher: {
      steps: outboxSteps,
      published({ outbox }) {
        for (const { to } of outbox.effects) followers.wake(to);
      },
    },
    async close() {
      followers.clear();
    },
  };
}

interface Followers {
  readonly follow: Log['follow'];
  wake(partition: PartitionId): void;
  clear(): void;
}

function followersOf(): Followers {
  const followers = new Map<PartitionId, Set<() => void>>();
  return {
    follow(partition, wake) {
      const own = (): void => {
        wake();
      };
      const set = followers.get(partition) ?? new Set();
      followers.set(partition, set.add(own));
      return () => {
        set.delete(own);
      };
    },
    wake(partition) {
      for (const wake of followers.get(partition) ?? []) wake();
    },
    clear() {
      followers.clear();
    },
  };
}
