import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { isErrorCode, MasterflagError } from '../../schemas/errors.ts';
import type { Settings } from '../../schemas/settings.ts';
import type { EngineData, EngineMessage } from './thread.ts';

/** Ends after so many restarts without a minute of health in between: something outside is wrong. */
const MOST_RESTARTS = 20;
const HEALTHY_MS = 60_000;

/**
 * MiB for what lives only as long as its batch. With the default, a batch outlives two collections, is copied into the
 * old generation, and the collector takes more processor time than the actors.
 */
const YOUNG_MB = 192;

/** How much later than the watchdog's time a start may be: opening a large data set turns no event loop. */
const START_MS = 60_000;

/**
 * Runs the engine in a thread of its own and watches it: one that hangs or runs out of memory is ended and started
 * again, so that a message that kills its reader is met often enough to be found and parked.
 */
export class Engine {
  private readonly settings: Settings;
  private readonly onRestart: (why: string) => void;
  private worker: Worker | undefined;
  private stopping = false;
  private restarts = 0;

  constructor(settings: Settings, onRestart: (why: string) => void) {
    this.settings = settings;
    this.onRestart = onRestart;
  }

  /** Resolves when the engine is ready. @throws MF_DATA_OWNED, MF_OWNER_FAILED, MF_SETTINGS_INVALID ... */
  async start(): Promise<void> {
    const { settings } = this;
    const pulse = new SharedArrayBuffer(4);
    const workerData: EngineData = { settings, pulse };
    const entry = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(entry, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: settings.heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.worker = worker;
    await ready(worker);
    this.watch(worker, new Int32Array(pulse));
  }

  /** Every partition finishes its commit; resolves when all is closed. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { worker } = this;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage('stop');
    await ended;
  }

  private watch(worker: Worker, beats: Int32Array): void {
    const started = Date.now();
    let [seen, since] = [-1, Date.now()];
    const watchdog = setInterval(() => {
      const beat = Atomics.load(beats, 0);
      if (beat !== seen) [seen, since] = [beat, Date.now()];
      else if (Date.now() - since > this.settings.watchdogMs) {
        why = `gave no sign of life for ${this.settings.watchdogMs} ms`;
        void worker.terminate();
      }
    }, 100);
    let why = 'ended';
    worker.on('error', (error: unknown) => (why = error instanceof Error ? error.message : String(error)));
    worker.once('exit', () => {
      clearInterval(watchdog);
      if (this.stopping) return;
      this.restarts = Date.now() - started > HEALTHY_MS ? 1 : this.restarts + 1;
      this.onRestart(why);
      void this.restart(why);
    });
  }

  private async restart(why: string): Promise<void> {
    if (this.restarts > MOST_RESTARTS) {
      throw new MasterflagError('MF_OWNER_FAILED', `the engine ended ${this.restarts} times in a row: ${why}`);
    }
    await this.start();
  }
}

function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new MasterflagError('MF_OWNER_FAILED', `the engine was not ready after ${START_MS} ms`));
      void worker.terminate();
    }, START_MS);
    const failed = (error: Error): void => {
      clearTimeout(late);
      reject(error);
    };
    worker.once('error', failed);
    worker.once('message', (message: EngineMessage) => {
      clearTimeout(late);
      worker.off('error', failed);
      if (message.type === 'failed') {
        const known = message.code !== undefined && isErrorCode(message.code) ? message.code : 'MF_OWNER_FAILED';
        reject(new MasterflagError(known, message.message));
      } else resolve();
    });
  });
}
