import { EXIT_BY_SIGNAL } from './exit-codes.ts';

export type StopSignal = keyof typeof EXIT_BY_SIGNAL;

/** Somebody stopped the command: it closes what it has open, and ends. */
export class Interrupted extends Error {
  readonly signal: StopSignal;

  constructor(signal: StopSignal, message = 'stopped') {
    super(message);
    this.signal = signal;
  }
}

/**
 * Aborted, with an Interrupted, by the first SIGINT or SIGTERM; the second one ends the process where it stands.
 * `done` gives the signals back.
 */
export function interruption(message?: string): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  const stop = (name: StopSignal): void => {
    if (controller.signal.aborted) process.exit(EXIT_BY_SIGNAL[name]);
    controller.abort(new Interrupted(name, message));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, done: () => process.off('SIGINT', stop).off('SIGTERM', stop) };
}

/** The result of the work, or the reason of the abort, whichever is first. */
export async function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
