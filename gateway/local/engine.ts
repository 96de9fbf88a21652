import { fork, type ChildProcess } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isErrorCode, MasterflagError } from '../../schemas/errors.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { Order, Report } from './process.ts';

/** Ends after so many restarts without a minute of health in between: something outside is wrong. */
const MOST_RESTARTS = 20;
const HEALTHY_MS = 60_000;

/** glibc gives every thread heaps of its own, and gives little of them back: tens of MiB, for no speed (mallopt(3)). */
const FEW_HEAPS = { MALLOC_ARENA_MAX: '2' };

export interface EngineOptions {
  /** Told whenever the engine ended by itself and is started again. */
  readonly onRestart: (why: string) => void;
  /** The entry of the engine's thread; tests bring actors of their own. */
  readonly entry?: URL;
}

/**
 * Runs the engine in a process of its own (process.ts), since memory that runs out ends a whole process, and starts it
 * again when it ended, so that a message that kills its reader is met often enough to be found and parked.
 */
export class Engine {
  private readonly settings: Settings;
  private readonly options: EngineOptions;
  private child: ChildProcess | undefined;
  private stopping = false;
  private restarts = 0;
  private failed: Error | undefined;

  constructor(settings: Settings, options: EngineOptions) {
    this.settings = settings;
    this.options = options;
  }

  /** Why the engine will not be started again, if so. */
  get failure(): Error | undefined {
    return this.failed;
  }

  /** Resolves when the engine is ready. @throws MF_DATA_OWNED, MF_OWNER_FAILED, MF_SETTINGS_INVALID ... */
  start(): Promise<void> {
    const extension = extname(import.meta.url);
    const program = fileURLToPath(new URL(`./process${extension}`, import.meta.url));
    const entry = (this.options.entry ?? new URL(`./thread${extension}`, import.meta.url)).href;
    const child = fork(program, {
      serialization: 'advanced',
      // A limit of V8's for all threads would go before those that each of them is given.
      execArgv: [],
      env: { ...FEW_HEAPS, ...compileCache(), ...process.env },
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.child = child;
    return new Promise((resolve, reject) => {
      this.watch(child, { resolve, reject });
      // One that ended before it listened has ended, which is all there is to know.
      child.send({ type: 'start', settings: this.settings, entry } satisfies Order, () => undefined);
    });
  }

  /** Every partition finishes its commit; resolves when all is closed. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (child === undefined || hasEnded(child)) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
    child.send({ type: 'stop' } satisfies Order, () => undefined);
    await ended;
  }

  private watch(child: ChildProcess, { resolve, reject }: Starting): void {
    let why: string | undefined;
    let [started, ready, refused] = [Date.now(), false, false];
    child.on('error', (error) => {
      why = error.message;
      if (child.pid === undefined) reject(new MasterflagError('MF_OWNER_FAILED', `no process for the engine: ${why}`));
    });
    child.on('message', (report: Report) => {
      if (report.type === 'ready') {
        [ready, started] = [true, Date.now()];
        resolve();
      } else if (report.type === 'ended') why = report.why;
      else if (report.type === 'failed') {
        refused = true;
        reject(errorOf(report));
      }
    });
    child.once('exit', (code, signal) => {
      if (this.stopping || refused) return;
      this.restarts = ready && Date.now() - started > HEALTHY_MS ? 1 : this.restarts + 1;
      this.restart(why ?? howItEnded(code, signal)).then(resolve, (error: unknown) => {
        this.failed = error instanceof Error ? error : new Error(String(error));
        reject(this.failed);
      });
    });
  }

  private restart(why: string): Promise<void> {
    if (this.restarts > MOST_RESTARTS) {
      const message = `the engine ended ${this.restarts} times in a row: ${why}`;
      return Promise.reject(new MasterflagError('MF_OWNER_FAILED', message));
    }
    this.options.onRestart(why);
    return this.start();
  }
}

/** A start that is not over: it may take several engines, when the first ones are killed by what they read. */
interface Starting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The engine uses the cache of whoever starts it (bin/compile-cache.js); Node names the folder of its own version there. */
function compileCache(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** V8 aborts the process when there is no memory left: a signal, or 134, which is what a shell makes of it. */
function howItEnded(code: number | null, signal: string | null): string {
  if (signal === 'SIGABRT' || code === 134) return 'ran out of memory';
  return signal === null ? `exited with code ${String(code)}` : `was ended by ${signal}`;
}

function errorOf({ code, message }: Extract<Report, { type: 'failed' }>): MasterflagError {
  return new MasterflagError(code !== undefined && isErrorCode(code) ? code : 'MF_OWNER_FAILED', message);
}
