import { messageOf, sqliteCode, SQLITE_FULL, SQLITE_IOERR, type Connection } from './connection.ts';
import type { Cell, Outcome, Request, SqlStep } from './program.ts';

/**
 * Bounds on what shares one transaction: time, so that whoever comes next is not kept waiting; weight, so that the
 * pages that it changes fit into the cache.
 */
const GROUP_MS = 20;
const GROUP_WEIGHT = 8 * 1024 * 1024;

const SET_CLOCK = 'UPDATE file SET at = max(at, ?)';

/** A step that had to change something did not. One for all: it is an outcome, and nobody reads its stack. */
const REFUSED = new Error('refused');

export type Outcomes = [id: number, Outcome][];

/**
 * Runs what `next` gives, until it gives nothing or the group is full, as one transaction with one fsync. Once a hurried
 * program is in it, no others are asked for: whoever waits for it waits for no more than it needs.
 */
export function commitGroup(connection: Connection, next: (hurriedOnly: boolean) => Request | undefined): Outcomes {
  const { db } = connection;
  const outcomes: Outcomes = [];
  try {
    db.exec('BEGIN IMMEDIATE');
    connection.prepare(SET_CLOCK).run(Date.now());
    const end = performance.now() + GROUP_MS;
    let weight = 0;
    let hurriedOnly = false;
    do {
      const request = next(hurriedOnly);
      if (request === undefined) break;
      hurriedOnly ||= request.hurried;
      weight += request.weight;
      outcomes.push([request.id, LOST]);
      outcomes[outcomes.length - 1] = [request.id, runProgram(connection, request.steps)];
    } while (weight < GROUP_WEIGHT && performance.now() < end);
    db.exec('COMMIT');
    return outcomes;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    const outcome = failureOf(error);
    return outcomes.map(([id]) => [id, outcome]);
  }
}

/** Stands for a program until its outcome is known; a group that fails gives it the failure of all. */
const LOST: Outcome = { kind: 'unknown', message: 'not run to its end' };

/**
 * A failed write of a page of the WAL leaves no commit there. A failed fsync leaves one that a crash may bring
 * back, so nobody can say.
 */
function failureOf(error: unknown): Outcome {
  const message = messageOf(error);
  const code = sqliteCode(error);
  if (code === SQLITE_FULL) return { kind: 'full', message };
  return { kind: code === SQLITE_IOERR ? 'unknown' : 'failed', message };
}

function runProgram(connection: Connection, steps: readonly SqlStep[]): Outcome {
  const { db } = connection;
  connection.prepare('SAVEPOINT program').run();
  try {
    const answer = steps.map((step) => runStep(connection, step));
    connection.prepare('RELEASE program').run();
    return { kind: 'done', answer };
  } catch (error) {
    // SQLite gives up the whole transaction when it cannot make room: then the group is lost, not this program.
    if (!db.isTransaction) throw error;
    db.exec('ROLLBACK TO program; RELEASE program');
    return error === REFUSED ? { kind: 'refused' } : failureOf(error);
  }
}

function runStep(connection: Connection, step: SqlStep): readonly Cell[] {
  if (step.returning === true) return runReturning(connection, step);
  const statement = connection.prepare(step.sql);
  const otherwise = step.otherwise === undefined ? undefined : connection.prepare(step.otherwise);
  const mended: number[] = [];
  let last: readonly Cell[] = [];
  const rows = rowCount(step);
  for (let row = 0; row < rows; row++) {
    const cells = rowOf(step, row);
    const { changes, lastInsertRowid } = statement.run(...cells);
    if (changes !== 0) {
      if (step.must === true) last = [Number(lastInsertRowid)];
    } else if (step.must === true) throw REFUSED;
    else if (otherwise !== undefined && otherwise.run(...cells).changes !== 0) mended.push(row);
  }
  return otherwise === undefined ? last : mended;
}

function runReturning(connection: Connection, step: SqlStep): readonly Cell[] {
  const statement = connection.prepare(step.sql);
  let last: readonly Cell[] = [];
  const rows = rowCount(step);
  for (let row = 0; row < rows; row++) last = (statement.get(...rowOf(step, row)) as Cell[] | undefined) ?? [];
  return last;
}

function rowCount({ width, cells }: SqlStep): number {
  return width === 0 ? 1 : cells.length / width;
}

function rowOf({ width, cells }: SqlStep, row: number): Cell[] {
  return cells.slice(row * width, (row + 1) * width);
}
