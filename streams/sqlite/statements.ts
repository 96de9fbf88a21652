import type { Checkpoint } from '../../schemas/checkpoint.ts';
import type { Lane, PartitionId } from '../../schemas/partition.ts';
import type { EventsAppend } from '../log.ts';
import type { SqlStep } from './sql.ts';

/**
 * AUTOINCREMENT: a position is never given twice, not even after everything was trimmed. `tails` holds the last
 * positions of lanes whose last message was trimmed.
 */
export const LOG_TABLES: readonly string[] = [
  'CREATE TABLE IF NOT EXISTS inbox (position INTEGER PRIMARY KEY AUTOINCREMENT, partition TEXT NOT NULL, lane TEXT NOT NULL, ' +
    'at INTEGER NOT NULL, body TEXT NOT NULL)',
  'CREATE INDEX IF NOT EXISTS "inbox.lanes" ON inbox (partition, lane, position)',
  'CREATE TABLE IF NOT EXISTS tails (partition TEXT NOT NULL, lane TEXT NOT NULL, position INTEGER NOT NULL, ' +
    'PRIMARY KEY (partition, lane)) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY AUTOINCREMENT, partition TEXT NOT NULL, seq INTEGER NOT NULL, ' +
    'chunk INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL)',
  'CREATE INDEX IF NOT EXISTS "events.subjects" ON events (partition, position)',
];

const NOW = '(SELECT at FROM file)';

const APPEND = `INSERT INTO inbox (partition, lane, at, body) VALUES (?, ?, ${NOW}, ?)`;

const APPEND_EVENTS = `INSERT INTO events (partition, seq, chunk, at, body) VALUES (?, ?, ?, ${NOW}, ?)`;

const APPEND_EVENTS_AFTER =
  `INSERT INTO events (partition, seq, chunk, at, body) SELECT ?1, ?2, ?3, ${NOW}, ?4 ` +
  'WHERE coalesce((SELECT max(position) FROM events WHERE partition = ?1), 0) = ?5';

/** Positions of one append follow each other without a gap: one thread writes, and a program is undone as a whole. */
export function appendStep(partition: PartitionId, lane: Lane, bodies: readonly string[]): SqlStep {
  return { sql: APPEND, width: 3, cells: bodies.flatMap((body) => [partition, lane, body]), must: true };
}

export function appendEventsStep(
  partition: PartitionId,
  { seq, chunk, body }: EventsAppend,
  expected: number,
): SqlStep {
  return { sql: APPEND_EVENTS_AFTER, width: 5, cells: [partition, seq, chunk, body, expected], must: true };
}

/** Publishes what a commit says, for a transaction that holds the commit too: its guard is theirs. */
export function outboxSteps({ id, seq, outbox }: Checkpoint): SqlStep[] {
  const effects = outbox.effects.map(({ to, chunks }) => appendStep(to, 'fast', chunks));
  const events = outbox.events.flatMap((body, chunk) => [id, seq, chunk, body]);
  return events.length === 0 ? effects : [...effects, { sql: APPEND_EVENTS, width: 4, cells: events, must: true }];
}
