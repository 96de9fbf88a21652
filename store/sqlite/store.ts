import { EMPTY_OUTBOX, type Checkpoint } from '../../schemas/checkpoint.ts';
import type { DocumentRef } from '../../schemas/document.ts';
import type { Adoption } from '../adoption.ts';
import type { Store } from '../store.ts';
import { adoptStep, checkpointOf, CHECKPOINT_TABLE, commitStep, takeOverStep } from './checkpoints.ts';
import { applySteps } from './documents.ts';
import type { SqlFile, SqlStep } from './program.ts';
import { storeReads } from './reads.ts';
import { DOCUMENT_TABLES } from './tables.ts';

export const STORE_TABLES: readonly string[] = [CHECKPOINT_TABLE, ...DOCUMENT_TABLES];

/** How a commit publishes within its own transaction; given by whoever also has the log. */
export interface Publisher {
  /** What appends the outbox to inboxes and events. */
  steps(next: Checkpoint): readonly SqlStep[];
  /** Called when they are durable. */
  published(next: Checkpoint): void;
}

export interface SqliteStoreOptions {
  /** Without one, a commit only commits: its caller applies and publishes. */
  readonly publisher?: Publisher;
  /** Told of documents that another hand had written and a commit has written over. */
  readonly onForeign?: (documents: readonly DocumentRef[]) => void;
}

/** The store in one SQLite file; whoever opened the file closes it. */
export function sqliteStore(file: SqlFile, options: SqliteStoreOptions = {}): Store {
  const { publisher, onForeign } = options;
  return {
    ...storeReads(file),
    async takeOver(partition, owner) {
      const answer = await file.run([takeOverStep(partition, owner)], true);
      return checkpointOf(answer?.[0] ?? []);
    },
    async commit(next, hurried = false) {
      if (publisher === undefined) return (await file.run([commitStep(next)], hurried)) ? 'committed' : 'refused';
      const settled: Checkpoint = { ...next, changes: [], outbox: EMPTY_OUTBOX };
      const apply = applySteps(next.changes);
      const answer = await file.run([commitStep(settled), ...apply.steps, ...publisher.steps(next)], hurried);
      if (answer === undefined) return 'refused';
      const foreign = apply.foreign(answer.slice(1));
      if (foreign.length > 0) onForeign?.(foreign);
      publisher.published(next);
      return 'settled';
    },
    async apply(changes) {
      const { steps, foreign } = applySteps(changes);
      const answer = steps.length === 0 ? [] : await file.run(steps);
      return { foreign: foreign(answer ?? []) };
    },
    close: async () => undefined,
  };
}

export function sqliteAdoption(file: SqlFile): Adoption {
  return { adopt: async (checkpoint) => (await file.run([adoptStep(checkpoint)])) !== undefined };
}
