import { Worker } from 'node:worker_threads';
import type { Settings } from '../../schemas/settings.ts';
import type { EngineData, EngineMessage } from './run-engine.ts';

/** The engine's process: runs the engine in a thread, watches its pulse, and ends with it, or with whoever started it. */

/**
 * MiB for what lives only as long as its batch. With the default, a batch outlives two collections, is copied into the
 * old generation, and the collector takes more processor time than the actors.
 */
const YOUNG_MB = 48;

/** How long opening a data set may take, as long as the engine's event loop turns. */
const START_MS = 60_000;

/** How often the watchdog looks, in ms. */
const LOOK_MS = 100;

/** What the process is told by the one who started it; `entry` is the URL of the engine's thread. */
export type Order =
  { readonly type: 'start'; readonly settings: Settings; readonly entry: string } | { readonly type: 'stop' };

/** What it answers: what the engine says, and why it ended when it did so by itself. */
export type Report = EngineMessage | { readonly type: 'ended'; readonly why: string };

let thread: Worker | undefined;

process.on('message', (order: Order) => {
  if (order.type === 'stop') thread?.postMessage('stop');
  else thread = start(order.settings, new URL(order.entry));
});

// Nobody would ever stop an engine whose owner is gone; what it has not committed is read again.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

// A terminal signals the whole group; the owner decides when the engine stops.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

function start(settings: Settings, entry: URL): Worker {
  const pulse = new SharedArrayBuffer(4);
  const workerData: EngineData = { settings, pulse };
  const worker = new Worker(entry, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: settings.heapMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let why = 'ended';
  let ready = false;
  const started = Date.now();
  const end = (reason: string): void => {
    why = reason;
    void worker.terminate();
  };
  const isLate = (): boolean => !ready && Date.now() - started > START_MS;
  watchPulse(new Int32Array(pulse), settings.watchdogMs, end, isLate);
  worker.on('error', (error: unknown) => (why = error instanceof Error ? error.message : String(error)));
  worker.on('message', (message: EngineMessage) => {
    ready ||= message.type === 'ready';
    report(message);
    // What it had opened by then would keep its thread alive.
    if (message.type === 'failed') void worker.terminate();
  });
  worker.once('exit', () => {
    report({ type: 'ended', why }, () => process.exit());
  });
  return worker;
}

function watchPulse(beats: Int32Array, most: number, end: (why: string) => void, isLate: () => boolean): void {
  let [seen, since] = [-1, Date.now()];
  setInterval(() => {
    const beat = Atomics.load(beats, 0);
    if (beat !== seen) [seen, since] = [beat, Date.now()];
    // Loading its modules turns no event loop, so the first beat may take as long as a start.
    else if (Date.now() - since > most && beat > 0) end(`gave no sign of life for ${most} ms`);
    if (isLate()) end(`was not ready after ${START_MS} ms`);
  }, LOOK_MS);
}

function report(message: Report, done: () => void = () => undefined): void {
  process.send?.(message, done);
}
