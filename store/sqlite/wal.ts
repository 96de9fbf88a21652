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
 * copies them while commits go on, which add new ones meanwhile. Once few are left, the writer takes only what is
 * urgent until these are copied as well; then a handful is left, which it copies itself: nobody who waits for an answer
 * waits for the disk to sync the file.
 */
export interface WalKeeper {
  readonly afterCommit: () => void;
  /** Whether only urgent programs are to be taken. */
  readonly isQuiet: () => boolean;
  readonly close: () => void;
}

/** What the writer asks of its helper: to copy until few pages are left, and to copy these. */
export type CopyRequest = 'most' | 'rest';

/** `resume` is called when programs that are not urgent may go on. */
export function walKeeper(connection: Connection, path: string, resume: () => void): WalKeeper {
  let helper: MessagePort | undefined;
  let asked: CopyRequest | undefined;
  const ask = (request: CopyRequest): void => {
    asked = request;
    helper ??= startCheckpointer(path, heard, ended);
    helper.postMessage(request satisfies CopyRequest);
  };
  const heard = (): void => {
    if (asked === 'most') {
      ask('rest');
      return;
    }
    walOf(connection, 'PASSIVE');
    ended();
  };
  const ended = (): void => {
    asked = undefined;
    resume();
  };
  return {
    afterCommit() {
      // Not by the event alone: a writer with a full queue never gets back to its event loop.
      if (helper !== undefined && receiveMessageOnPort(helper) !== undefined) heard();
      const { rest } = walOf(connection, 'NOOP');
      if (rest >= MOST_PAGES) walOf(connection, 'PASSIVE');
      else if (rest >= PAGES_A_CHECKPOINT && asked === undefined) ask('most');
    },
    isQuiet: () => asked === 'rest',
    close: () => helper?.close(),
  };
}

/** A thread of the writer's, which ends when the port is closed. Its failure costs pauses, not data. */
function startCheckpointer(path: string, heard: () => void, ended: () => void): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const program = new URL(`./thread-checkpointer${extname(import.meta.url)}`, import.meta.url);
  const workerData: CheckpointerOptions = { path, writer: port2 };
  new Worker(program, {
    workerData,
    transferList: [port2],
    name: 'checkpointer',
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  })
    .on('error', () => undefined)
    .on('exit', ended);
  port1.on('message', heard);
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
