import { fdatasyncSync, openSync, readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { connect } from './connection.ts';
import type { CheckpointerOptions } from './program.ts';
import { walOf, type CopyRequest } from './wal.ts';

/** Pages that are few: syncing the file takes longer than copying them. */
const FEW_PAGES = 512;

/** Each round copies what was added during the one before it; a disk that does not catch up in so many never will. */
const MOST_ROUNDS = 6;

const { path, writer } = workerData as CheckpointerOptions;

/** Never closed: that would drop the locks that SQLite has on the file for this process. */
const file = openSync(path, 'r');

/** Copies the WAL into the file when the writer asks for it, beside the commits; ends when the writer hangs up. */
const connection = connect(path, { readOnly: false, cacheKib: 1024 });

stepBack();

writer.on('message', (request: CopyRequest) => {
  if (request === 'most') copyMost();
  else walOf(connection, 'PASSIVE');
  writer.postMessage(null);
});
writer.on('close', () => {
  connection.db.close();
});

/** SQLite syncs the file once all is copied, and never while others go on: then all of it would be left to the end. */
function copyMost(): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    walOf(connection, 'PASSIVE');
    fdatasyncSync(file);
    if (walOf(connection, 'NOOP').rest <= FEW_PAGES) return;
  }
}

/**
 * Copying is in no hurry, and takes up to a third of a processor when a data set is large: whoever decides or commits
 * goes first. Linux gives every thread a priority of its own (setpriority(2)), and tells its number in /proc; elsewhere
 * the priority would be the whole process's.
 */
function stepBack(): void {
  try {
    const thread = /\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1];
    if (thread !== undefined) setPriority(Number(thread), constants.priority.PRIORITY_LOW);
  } catch {
    // Events come later while it copies.
  }
}
