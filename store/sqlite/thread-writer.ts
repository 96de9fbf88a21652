import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  connect,
  makeDurable,
  messageOf,
  sqliteCode,
  SQLITE_FULL,
  SQLITE_IOERR,
  type Connection,
} from './connection.ts';
import type { Cell, Outcome, Request, SqlStep, WriterInput, WriterOptions, WriterOutput } from './program.ts';

/** Ends a group early, so that the first program in it does not wait for seconds of work behind it. */
const GROUP_WEIGHT = 4 * 1024 * 1024;
const GROUP_PROGRAMS = 4096;

const CACHE_KIB = 64 * 1024;

const SET_CLOCK = 'UPDATE file SET at = max(at, ?)';

/** A step that had to change something did not. One for all: it is an outcome, and nobody reads its stack. */
const REFUSED = new Error('refused');

/** The one thread that writes the data file: whatever waits is one transaction, one fsync, and then the answers. */
function serve(port: NonNullable<typeof parentPort>, options: WriterOptions): void {
  const connection = connect(options.path, { readOnly: false, cacheKib: CACHE_KIB });
  makeDurable(connection.db);
  if (options.maxPages !== null) connection.db.exec(`PRAGMA max_page_count = ${options.maxPages}`);
  port.on('message', (first: WriterInput) => {
    let next: WriterInput | undefined = first;
    const group: Request[] = [];
    let weight = 0;
    while (next !== null && next !== undefined) {
      group.push(next);
      weight += next.weight;
      if (weight >= GROUP_WEIGHT || group.length >= GROUP_PROGRAMS) break;
      next = (receiveMessageOnPort(port) as { message: WriterInput } | undefined)?.message;
    }
    if (group.length > 0) answer(port, { type: 'outcomes', outcomes: commitGroup(connection, group) });
    if (next !== null) return;
    connection.db.close();
    answer(port, { type: 'closed' });
    port.close();
  });
}

function answer(port: NonNullable<typeof parentPort>, output: WriterOutput): void {
  port.postMessage(output);
}

type Outcomes = [id: number, Outcome][];

function commitGroup(connection: Connection, group: readonly Request[]): Outcomes {
  const { db } = connection;
  try {
    db.exec('BEGIN IMMEDIATE');
    connection.prepare(SET_CLOCK).run(Date.now());
    const outcomes = group.map((request): Outcomes[number] => [request.id, runProgram(connection, request.steps)]);
    db.exec('COMMIT');
    return outcomes;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    const outcome = failureOf(error);
    return group.map(({ id }) => [id, outcome]);
  }
}

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
    const done = steps.map((step) => runStep(connection, step));
    connection.prepare('RELEASE program').run();
    return { kind: 'done', answer: done };
  } catch (error) {
    // SQLite gives up the whole transaction when it cannot make room: then the group is lost, not this program.
    if (!db.isTransaction) throw error;
    db.exec('ROLLBACK TO program; RELEASE program');
    return error === REFUSED ? { kind: 'refused' } : failureOf(error);
  }
}

function runStep(connection: Connection, step: SqlStep): readonly Cell[] {
  const statement = connection.prepare(step.sql);
  const rows = step.width === 0 ? 1 : step.cells.length / step.width;
  const otherwise = step.otherwise === undefined ? undefined : connection.prepare(step.otherwise);
  const mended: number[] = [];
  let last: readonly Cell[] = [];
  for (let row = 0; row < rows; row++) {
    const cells = step.cells.slice(row * step.width, (row + 1) * step.width);
    if (step.returning === true) {
      last = (statement.get(...cells) as Cell[] | undefined) ?? [];
      continue;
    }
    const { changes, lastInsertRowid } = statement.run(...cells);
    if (changes !== 0) {
      if (step.must === true) last = [Number(lastInsertRowid)];
    } else if (step.must === true) throw REFUSED;
    else if (otherwise !== undefined && otherwise.run(...cells).changes !== 0) mended.push(row);
  }
  return otherwise === undefined ? last : mended;
}

if (parentPort !== null) serve(parentPort, workerData as WriterOptions);
