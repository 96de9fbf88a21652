import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import { connect, makeDurable } from './connection.ts';
import { ownFolder } from './owner.ts';
import {
  weigh,
  type Outcome,
  type ProgramAnswer,
  type SqlFile,
  type SqlStep,
  type WriterInput,
  type WriterOptions,
  type WriterOutput,
} from './program.ts';
import { DATA_FILE, FILE_VERSION, fileVersion, openReader, refuseNewer } from './reader.ts';

export interface FileOptions {
  /** Statements that make the tables which are not there yet. */
  readonly tables: readonly string[];
  /** The most pages of 4 KiB that the file may have; unlimited by default. */
  readonly maxPages?: number;
}

export interface OwnedFile extends SqlFile {
  /** Resolves when all that was sent is written and the folder is free for another owner. */
  close(): Promise<void>;
}

/**
 * Opens a data folder as its owner, and makes the data set if there is none.
 * @throws MasterflagError MF_DATA_OWNED, MF_NEWER_VERSION.
 */
export function openFile(folder: string, options: FileOptions): OwnedFile {
  mkdirSync(folder, { recursive: true });
  const disown = ownFolder(folder);
  try {
    const path = join(folder, DATA_FILE);
    createTables(path, options.tables);
    const reader = openReader(folder);
    const writer = startWriter({ path, maxPages: options.maxPages ?? null });
    return {
      ...reader,
      run: writer.run,
      async close() {
        await writer.close();
        reader.close();
        disown();
      },
    };
  } catch (error) {
    disown();
    throw error;
  }
}

/** `at` is the clock of the file: the wall clock at each group of writes, except that it never goes back. */
const FILE_TABLE = 'CREATE TABLE IF NOT EXISTS file (identity TEXT NOT NULL, at INTEGER NOT NULL)';

function createTables(path: string, tables: readonly string[]): void {
  const connection = connect(path, { readOnly: false, cacheKib: 1024 });
  const { db } = connection;
  try {
    refuseNewer(path, fileVersion(connection));
    makeDurable(db);
    db.exec(`BEGIN IMMEDIATE; ${FILE_TABLE}`);
    connection.prepare('INSERT INTO file SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM file)').run(randomUUID());
    for (const table of tables) db.exec(table);
    db.exec(`PRAGMA user_version = ${FILE_VERSION}; COMMIT`);
  } finally {
    db.close();
  }
}

interface Writer {
  readonly run: (steps: readonly SqlStep[]) => Promise<ProgramAnswer | undefined>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: ProgramAnswer | undefined) => void;
  readonly reject: (error: Error) => void;
}

function startWriter(options: WriterOptions): Writer {
  const waiting = new Map<number, Waiting>();
  let sent = 0;
  let stopped: string | undefined;
  const program = new URL(`./thread-writer${extname(import.meta.url)}`, import.meta.url);
  const thread = new Worker(program, { workerData: options, name: 'writer' });
  const stop = (why: string): void => {
    stopped ??= why;
    for (const { reject } of waiting.values()) reject(new UnknownOutcome(`a write, because ${why}`));
    waiting.clear();
  };
  const ended = new Promise<void>((resolve) => {
    thread.on('error', (error) => {
      stop(`the writer thread failed: ${String(error)}`);
    });
    thread.on('exit', () => {
      stop('the writer thread has ended');
      resolve();
    });
  });
  thread.on('message', (output: WriterOutput) => {
    if (output.type === 'closed') return;
    for (const [id, outcome] of output.outcomes) {
      const caller = waiting.get(id);
      waiting.delete(id);
      if (caller !== undefined) settle(caller, outcome);
    }
  });
  const send = (input: WriterInput): void => {
    thread.postMessage(input);
  };
  return {
    run(steps) {
      if (stopped !== undefined) return Promise.reject(unwritable(stopped));
      return new Promise((resolve, reject) => {
        const id = ++sent;
        waiting.set(id, { resolve, reject });
        send({ id, weight: weigh(steps), steps });
      });
    },
    async close() {
      if (stopped === undefined) send(null);
      stopped ??= 'the data file was closed';
      await ended;
    },
  };
}

function settle(caller: Waiting, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'done':
      caller.resolve(outcome.answer);
      return;
    case 'refused':
      caller.resolve(undefined);
      return;
    case 'full':
      caller.reject(new MasterflagError('MF_DISK_FULL', `nothing was written: ${outcome.message}`));
      return;
    case 'failed':
      caller.reject(unwritable(outcome.message));
      return;
    case 'unknown':
      caller.reject(new UnknownOutcome(`a write: ${outcome.message}`));
  }
}

function unwritable(why: string): MasterflagError {
  return new MasterflagError('MF_DATA_UNWRITABLE', `nothing was written: ${why}`);
}
