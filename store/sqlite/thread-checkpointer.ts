import { workerData } from 'node:worker_threads';
import { connect } from './connection.ts';
import type { CheckpointerOptions } from './program.ts';
import { walOf } from './wal.ts';

const { path, writer } = workerData as CheckpointerOptions;

/** Copies the WAL into the file when the writer asks for it, beside the commits; ends when the writer hangs up. */
const connection = connect(path, { readOnly: false, cacheKib: 1024 });

writer.on('message', () => {
  walOf(connection, 'PASSIVE');
  writer.postMessage(null);
});
writer.on('close', () => {
  connection.db.close();
});
