import { workerData } from 'node:worker_threads';
import { connect } from './connection.ts';
import type { CheckpointerOptions } from './program.ts';
import { walOf, type CopyRequest } from './wal.ts';

/** Pages of 4 KiB that are few: copied and synced in some ten ms. */
const FEW_PAGES = 512;

/** Each round copies what was added during the one before it; a disk that does not catch up in so many never will. */
const MOST_ROUNDS = 6;

const { path, writer } = workerData as CheckpointerOptions;

/** Copies the WAL into the file when the writer asks for it, beside the commits; ends when the writer hangs up. */
const connection = connect(path, { readOnly: false, cacheKib: 1024 });

writer.on('message', (request: CopyRequest) => {
  copy(request === 'most' ? MOST_ROUNDS : 1);
  writer.postMessage(null);
});
writer.on('close', () => {
  connection.db.close();
});

function copy(rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    walOf(connection, 'PASSIVE');
    if (walOf(connection, 'NOOP').rest <= FEW_PAGES) return;
  }
}
