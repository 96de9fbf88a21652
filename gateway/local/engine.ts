import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { isErrorCode, MasterflagError } from '../../schemas/errors.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { EngineData, EngineMessage } from './run-engine.ts';

/** Ends after so many restarts without a minute of health in between: something outside is wrong. */
const MOST_RESTARTS = 20;
const HEALTHY_MS = 60_000;

/**
 * MiB for what lives only as long as its batch. With the default, a batch outlives two collections, is copied into the
 * old generation, and the collector takes more processor time than the actors.
 */
const YOUNG_MB = 64;

/** How long opening a data set may take, as long as the engine's event loop turns. */
const START_MS = 60_000;

/** How often the watchdog looks, in ms. */
const LOOK_MS = 100;

export interface EngineOptions {
  /** Told whenever the engine ended by itself and is started again. */
  readonly onRestart: (why: string) => void;
  /** The thread's entry; tests bring actors of their own. */
  readonly entry?: URL;
}

/**
 * Runs the engine in a thread of its own and watches it: one that hangs or runs out of memory is ended and started
 * again, so that a message that kills its reader is met often enough to be found and parked.
 */
export class Engine {
  private readonly settings: Settings;
  private readonly options: EngineOptions;
  private worker: Worker | undefined;
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
    const { settings } = this;
    const pulse = new SharedArrayBuffer(4);
    const workerData: EngineData = { settings, pulse };
    const entry = this.options.entry ?? new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(entry, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: settings.heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.worker = worker;
    return new Promise((resolve, reject) => {
      this.watch(worker, new Int32Array(pulse), { resolve, reject });
    });
  }

  /** Every partition finishes its commit; resolves when all is closed. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { worker } = this;
    if (worker === undefined || worker.threadId === -1) return;
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        resolve();
      });
    });
    worker.postMessage('stop');
    await ended;
  }

  private watch(worker: Worker, beats: Int32Array, { resolve, reject }: Starting): void {
    let why = 'ended';
    let [started, ready, refused] = [Date.now(), false, false];
    const end = (reason: string): void => {
      why = reason;
      void worker.terminate();
    };
    const watchdog = watchPulse(beats, this.settings.watchdogMs, end, () => !ready && Date.now() - started > START_MS);
    worker.on('error', (error: unknown) => (why = error instanceof Error ? error.message : String(error)));
    worker.on('message', (message: EngineMessage) => {
      if (message.type === 'ready') {
        [ready, started] = [true, Date.now()];
        resolve();
      } else if (message.type === 'failed') {
        refused = true;
        void worker.terminate();
        reject(errorOf(message));
      }
    });
    worker.once('exit', () => {
      clearInterval(watchdog);
      if (this.stopping || refused) return;
      this.restarts = ready && Date.now() - started > HEALTHY_MS ? 1 : this.restarts + 1;
      this.restart(why).then(resolve, (error: unknown) => {
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

function watchPulse(
  beats: Int32Array,
  most: number,
  end: (why: string) => void,
  isLate: () => boolean,
): NodeJS.Timeout {
  let [seen, since] = [-1, Date.now()];
  return setInterval(() => {
    const beat = Atomics.load(beats, 0);
    if (beat !== seen) [seen, since] = [beat, Date.now()];
    // Loading its modules turns no event loop, so the first beat may take as long as a start.
    else if (Date.now() - since > most && beat > 0) end(`gave no sign of life for ${most} ms`);
    if (isLate()) end(`was not ready after ${START_MS} ms`);
  }, LOOK_MS);
}

function errorOf({ code, message }: Extract<EngineMessage, { type: 'failed' }>): MasterflagError {
  return new MasterflagError(code !== undefined && isErrorCode(code) ? code : 'MF_OWNER_FAILED', message);
}
