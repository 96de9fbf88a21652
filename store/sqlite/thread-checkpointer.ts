import { workerData } from 'node:worker_threads';
import { connect } from './connection.ts';
import type { CheckpointerOptions } from './program.ts';
import { walOf } from './wal.ts';

/**
 * Pages of 4 KiB that may be left to the writer, which commits nothing until they are in the file and synced: some
 * ten ms, where a thousand pages took forty.
 */
const PAGES_LEFT = 256;

/** Each round copies what was added during the one before it; a disk that does not catch up in so many never will. */
const MOST_ROUNDS = 8;

const { path, writer } = workerData as CheckpointerOptions;

/** Copies the WAL into the file when the writer asks for it, beside the commits; ends when the writer hangs up. */
const connection = connect(path, { readOnly: false, cacheKib: 1024 });

writer.on('message', () => {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    walOf(connection, 'PASSIVE');
    if (walOf(connection, 'NOOP').rest <= PAGES_LEFT) break;
  }
  writer.postMessage(null);
});
writer.on('close', () => {
  connection.db.close();
});
