import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import {
  weigh,
  type Outcome,
  type ProgramAnswer,
  type SqlFile,
  type WriterInput,
  type WriterOptions,
  type WriterOutput,
} from './program.ts';

/** MiB for what lives as long as its transaction; more is memory that nobody gets anything for. */
const YOUNG_MB = 16;

/** The threads that write a data file, as the calling thread sees them. */
export interface Writer {
  readonly run: SqlFile['run'];
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: ProgramAnswer | undefined) => void;
  readonly reject: (error: Error) => void;
}

export function startWriter(path: string, maxPages: number | null): Writer {
  const waiting = new Map<number, Waiting>();
  let sent = 0;
  let stopped: string | undefined;
  const program = new URL(`./thread-writer${extname(import.meta.url)}`, import.meta.url);
  const thread = new Worker(program, {
    workerData: { path, maxPages } satisfies WriterOptions,
    name: 'writer',
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const stop = (why: string): void => {
    stopped ??= why;
    for (const { reject } of waiting.values()) reject(new UnknownOutcome(`a write, because ${why}`));
    waiting.clear();
  };
  thread.on('error', (error) => {
    setImmediate(() => stop(`the writer thread failed: ${String(error)}`));
  });
  const ended = new Promise<void>((resolve) => {
    thread.on('exit', () => {
      setImmediate(() => {
        stop('the writer thread has ended');
        resolve();
      });
    });
  });
  // Node takes up to a thousand messages of a port before its event loop turns. What follows from an answer runs
  // between two of them, long enough for the next answer to come: without setImmediate, no timer, socket or watchdog's
  // pulse had its turn for 36 seconds.
  thread.on('message', (output: WriterOutput) => {
    setImmediate(() => {
      for (const [id, outcome] of output) {
        const caller = waiting.get(id);
        waiting.delete(id);
        if (caller !== undefined) settle(caller, outcome);
      }
    });
  });
  const send = (input: WriterInput): void => {
    thread.postMessage(input);
  };
  return {
    run(steps, hurried = false) {
      if (stopped !== undefined) return Promise.reject(unwritable(stopped));
      return new Promise((resolve, reject) => {
        const id = ++sent;
        waiting.set(id, { resolve, reject });
        send({ id, weight: weigh(steps), hurried, steps });
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
