/** What one look gave: what was seen, or why nothing was. */
export type Observation<T> = { readonly seen: T } | Unseen;

export interface Unseen {
  /** Why, in the words of whoever refused. */
  readonly unseen: string;
  /** As the system, the server or the driver names it (`ECONNREFUSED`, `AUTHORIZATION_VIOLATION`, `13`); `TIMEOUT` is ours. */
  readonly code: string;
}

/** Longer than a healthy server ever takes over a bad line; all looks together stay within half a minute. */
export const LOOK_MS = 4000;

/** Looks, for at most `ms`. Never throws and never hangs: whatever goes wrong is what was found. */
export async function observe<T>(look: () => Promise<T>, ms: number = LOOK_MS): Promise<Observation<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Unseen>((resolve) => {
    timer = setTimeout(() => resolve({ unseen: `no answer within ${ms / 1000} s`, code: 'TIMEOUT' }), ms);
  });
  try {
    return await Promise.race([look().then((seen) => ({ seen })), late]);
  } catch (error) {
    return unseen(error);
  } finally {
    clearTimeout(timer);
  }
}

export function seenOf<T>(observation: Observation<T>): T | undefined {
  return 'seen' in observation ? observation.seen : undefined;
}

/** What nobody looked at, since what it would be seen through is not there. */
export function notLooked(why: string): Unseen {
  return { unseen: why, code: 'NOT_LOOKED' };
}

/** The innermost cause that has a code: drivers wrap what the system said. */
function unseen(error: unknown): Unseen {
  for (let cause: unknown = error; typeof cause === 'object' && cause !== null; cause = inner(cause)) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    const deeper = inner(cause);
    const named = typeof code === 'string' || typeof code === 'number';
    if (named && (deeper as { code?: unknown } | undefined)?.code === undefined) {
      return { unseen: typeof message === 'string' && message !== '' ? message : String(code), code: String(code) };
    }
  }
  return { unseen: error instanceof Error ? error.message : String(error), code: 'UNKNOWN' };
}

function inner(error: object): unknown {
  const { cause, chainedError } = error as { cause?: unknown; chainedError?: unknown };
  return cause ?? chainedError;
}
