import { extname } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { Connection } from './connection.ts';
import type { Cell, CheckpointerOptions } from './program.ts';

/**
 * Pages of 4 KiB: how many new ones start a checkpoint. Fewer mean that a page which changes often is copied more
 * often, more mean a longer WAL.
 */
const PAGES_A_CHECKPOINT = 24_576;

/** Here the helper is gone, or slower than the feeds: the WAL is bounded at the price of a pause. */
const MOST_PAGES = 98_304;

/**
 * Keeps the WAL short: it starts over when all its pages are copied into the file and nobody reads it. Another thread
 * copies most of them while commits go on, round by round; they add new ones meanwhile, so the writer copies the last
 * ones itself, which costs it a fraction of the whole.
 */
export interface WalKeeper {
  readonly afterCommit: () => void;
  readonly close: () => void;
}

export function walKeeper(connection: Connection, path: string): WalKeeper {
  let helper: MessagePort | undefined;
  let helped = false;
  return {
    afterCommit() {
      // Not by an event: a writer with a full queue never gets back to its event loop.
      if (helper !== undefined && receiveMessageOnPort(helper) !== undefined) {
        helped = false;
        walOf(connection, 'PASSIVE');
        return;
      }
      const { rest } = walOf(connection, 'NOOP');
      if (rest >= MOST_PAGES) walOf(connection, 'PASSIVE');
      else if (rest >= PAGES_A_CHECKPOINT && !helped) {
        helped = true;
        helper ??= startCheckpointer(path);
        helper.postMessage(null);
      }
    },
    close: () => helper?.close(),
  };
}

/** A thread of the writer's, which ends when the port is closed. Its failure costs pauses, not data. */
function startCheckpointer(path: string): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const program = new URL(`./thread-checkpointer${extname(import.meta.url)}`, import.meta.url);
  const workerData: CheckpointerOptions = { path, writer: port2 };
  new Worker(program, {
    workerData,
    transferList: [port2],
    name: 'checkpointer',
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  }).on('error', () => undefined);
  return port1;
}

/** https://sqlite.org/pragma.html#pragma_wal_checkpoint. A failed checkpoint (a full disk) only leaves the WAL long. */
export function walOf(connection: Connection, mode: 'NOOP' | 'PASSIVE' | 'TRUNCATE'): { rest: number } {
  try {
    const [, pages, copied] = connection.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as unknown as Cell[];
    return { rest: Number(pages) - Number(copied) };
  } catch {
    return { rest: 0 };
  }
}
