import { extname } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { PAGE_BYTES, type Connection } from './connection.ts';
import type { Cell, CheckpointerOptions } from './program.ts';

/**
 * How long the WAL is when a checkpoint begins. Shorter, pages that change often are copied more often, and feeds pause
 * more often; longer, it takes more of the disk, and longer to read after a crash.
 */
const PAGES_A_CHECKPOINT = (192 << 20) / PAGE_BYTES;

/** Here the helper is gone, or slower than the feeds: the WAL is bounded at the price of a pause. */
const MOST_PAGES = 4 * PAGES_A_CHECKPOINT;

/** How often what was added meanwhile is copied, before all goes on and the WAL is left to grow until the next try. */
const MOST_TRIES = 4;

/**
 * Keeps the WAL short: it starts over when all its pages are copied into the file and nobody reads it. Another thread
 * copies them while commits go on, which add new ones meanwhile. Once few are left, the writer takes only what somebody
 * waits for, until these are copied as well: nobody who waits for an answer waits for the disk to sync the file.
 */
export interface WalKeeper {
  readonly afterCommit: () => void;
  /** Whether only programs are to be taken that somebody waits for. */
  readonly isQuiet: () => boolean;
  readonly close: () => void;
}

/** What the writer asks of its helper: to copy until few pages are left, and to copy these. */
export type CopyRequest = 'most' | 'rest';

/** `resume` is called when all programs may go on. */
export function walKeeper(connection: Connection, path: string, resume: () => void): WalKeeper {
  let helper: MessagePort | undefined;
  let asked: CopyRequest | undefined;
  let tries = 0;
  const ask = (request: CopyRequest): void => {
    tries = asked === request ? tries + 1 : 1;
    asked = request;
    helper ??= startCheckpointer(path, heard, ended);
    helper.postMessage(request satisfies CopyRequest);
  };
  const heard = (): void => {
    const isDone = asked === 'rest' && (walOf(connection, 'NOOP').rest === 0 || tries >= MOST_TRIES);
    if (isDone) ended();
    else ask('rest');
  };
  const ended = (): void => {
    asked = undefined;
    resume();
  };
  return {
    afterCommit() {
      // Not by the event alone: a writer with a full queue never gets back to its event loop.
      if (helper !== undefined && receiveMessageOnPort(helper) !== undefined) heard();
      const { pages, rest } = walOf(connection, 'NOOP');
      if (pages >= MOST_PAGES && rest > 0) walOf(connection, 'PASSIVE');
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
    // Its file stays open (thread-checkpointer.ts).
    trackUnmanagedFds: false,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  })
    .on('error', () => undefined)
    .on('exit', ended);
  port1.on('message', heard);
  return port1;
}

/** In pages: all of the WAL, and those that are not copied into the file. */
interface WalLength {
  readonly pages: number;
  readonly rest: number;
}

/** https://sqlite.org/pragma.html#pragma_wal_checkpoint. A failed checkpoint (a full disk) only leaves the WAL long. */
export function walOf(connection: Connection, mode: 'NOOP' | 'PASSIVE' | 'TRUNCATE'): WalLength {
  try {
    const [, pages, copied] = connection.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as unknown as Cell[];
    return { pages: Number(pages), rest: Number(pages) - Number(copied) };
  } catch {
    return { pages: 0, rest: 0 };
  }
}
