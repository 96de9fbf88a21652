import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { connect, makeDurable } from './connection.ts';
import { commitGroup } from './group.ts';
import type { Request, WriterInput, WriterOptions, WriterOutput } from './program.ts';
import { walKeeper, walOf } from './wal.ts';

/** More than the pages that one group changes: a page that does not fit is written twice. */
const CACHE_KIB = 32 * 1024;

/** The one thread that writes the data file: whatever waits is one transaction, one fsync, and then the answers. */
function serve(port: MessagePort, options: WriterOptions): void {
  const connection = connect(options.path, { readOnly: false, cacheKib: CACHE_KIB });
  makeDurable(connection.db);
  connection.db.exec('PRAGMA wal_autocheckpoint = 0');
  if (options.maxPages !== null) connection.db.exec(`PRAGMA max_page_count = ${options.maxPages}`);
  const queue = queueOf(port);
  const wal = walKeeper(connection, options.path, () => setImmediate(work));
  port.on('message', (input: WriterInput) => {
    queue.add(input);
    work();
  });

  function work(): void {
    if (!connection.db.isOpen) return;
    while (commitNext());
    if (queue.closed()) close();
  }

  /** Whether there was anything. What closes the file closes it after all that was sent before. */
  function commitNext(): boolean {
    const quiet = wal.isQuiet() && !queue.closed();
    let first = queue.next(quiet);
    if (first === undefined) return false;
    const outcomes = commitGroup(connection, (hurriedOnly) => {
      const given = first ?? queue.next(quiet || hurriedOnly);
      first = undefined;
      return given;
    });
    port.postMessage(outcomes satisfies WriterOutput);
    wal.afterCommit();
    return true;
  }

  function close(): void {
    wal.close();
    // Leaves a file that is whole by itself, unless somebody is reading.
    connection.db.exec('PRAGMA busy_timeout = 100');
    walOf(connection, 'TRUNCATE');
    connection.db.close();
    port.close();
  }
}

interface Queue {
  readonly add: (input: WriterInput) => void;
  /** The first of the hurried ones; of the others only when there are none. */
  readonly next: (hurriedOnly: boolean) => Request | undefined;
  readonly closed: () => boolean;
}

/** What waits, hurried ones first: a command must not wait for all the rows of the feeds that came before it. */
function queueOf(port: MessagePort): Queue {
  const hurried: Request[] = [];
  const others: Request[] = [];
  let closed = false;
  const add = (input: WriterInput): void => {
    if (input === null) closed = true;
    else (input.hurried ? hurried : others).push(input);
  };
  return {
    add,
    next(hurriedOnly) {
      for (let more = receive(port); more !== undefined; more = receive(port)) add(more);
      return hurried.shift() ?? (hurriedOnly ? undefined : others.shift());
    },
    closed: () => closed,
  };
}

function receive(port: MessagePort): WriterInput | undefined {
  return (receiveMessageOnPort(port) as { message: WriterInput } | undefined)?.message;
}

if (parentPort !== null) serve(parentPort, workerData as WriterOptions);
