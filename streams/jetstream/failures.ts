import { ErrorCode as NatsCode, NatsError } from 'nats';
import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import { LogFull } from '../log.ts';

/** What JetStream answers when it refuses. */
export interface ApiError {
  readonly code: number;
  readonly err_code?: number;
  readonly description?: string;
}

/** JetStream's numbers that are acted upon; https://docs.nats.io/reference/jetstream/errors */
export const REFUSED = {
  accountFull: 10002,
  insufficientResources: 10023,
  memoryFull: 10028,
  noMessage: 10037,
  notEnabledForAccount: 10039,
  storageFull: 10047,
  messageTooLarge: 10054,
  nameInUse: 10058,
  noStream: 10059,
  wrongLastSequence: 10071,
  notEnabled: 10076,
  storeFailed: 10077,
  sealed: 10109,
  wrongLastSequenceUnnamed: 10164,
  atomicDisabled: 10174,
  batchIncomplete: 10176,
  batchTooLarge: 10199,
  tooManyBatches: 10210,
} as const;

const FULL: readonly number[] = [
  REFUSED.accountFull,
  REFUSED.insufficientResources,
  REFUSED.memoryFull,
  REFUSED.storageFull,
];

/** What a store that failed says where it has reached a limit, its own or the disk's. */
const FULL_STORE = /maximum (bytes|messages)|no space|quota|not enough/i;

export function isWrongLast({ err_code }: ApiError): boolean {
  return err_code === REFUSED.wrongLastSequence || err_code === REFUSED.wrongLastSequenceUnnamed;
}

/**
 * The error of the log for what JetStream refused. Whatever may pass by itself (a leader that is being elected, a
 * server that restarts) is an UnknownOutcome, so that it is tried again.
 */
export function refusal(operation: string, error: ApiError): MasterflagError {
  const { err_code: number = 0, description = `error ${error.code}` } = error;
  if (FULL.includes(number)) return new LogFull(operation, description);
  switch (number) {
    case REFUSED.storeFailed:
      return FULL_STORE.test(description) ? new LogFull(operation, description) : unanswered(operation, description);
    case REFUSED.noStream:
      return new MasterflagError('MF_STREAM_ABSENT', `${operation}: ${description}`);
    case REFUSED.messageTooLarge:
      return new MasterflagError('MF_MESSAGE_TOO_LARGE', `${operation}: ${description}`);
    case REFUSED.sealed:
    case REFUSED.atomicDisabled:
      return new MasterflagError('MF_STREAM_SETTINGS', `${operation}: ${description}`);
    case REFUSED.notEnabled:
    case REFUSED.notEnabledForAccount:
      return new MasterflagError('MF_JETSTREAM_ABSENT', `${operation}: ${description}`);
    default:
      return unanswered(operation, description);
  }
}

export function unanswered(operation: string, why: string): UnknownOutcome {
  return new UnknownOutcome(`${operation} (${why})`);
}

export function denied(what: string): MasterflagError {
  return new MasterflagError('MF_LOG_DENIED', what);
}

const DENIED: readonly string[] = [
  NatsCode.AuthorizationViolation,
  NatsCode.AuthenticationExpired,
  NatsCode.AuthenticationTimeout,
  NatsCode.AccountExpired,
  NatsCode.BadAuthentication,
  NatsCode.BadCreds,
];

/** Why there is no connection: at start, or because it was given up. Nothing that waiting would mend. */
export function noConnection(servers: readonly string[], cause: unknown): MasterflagError {
  const at = servers.join(', ');
  const why = cause instanceof Error ? cause.message : 'closed';
  if (cause instanceof NatsError && DENIED.includes(cause.code)) {
    return new MasterflagError('MF_LOG_DENIED', `NATS at ${at}: ${why}`, { cause });
  }
  return new MasterflagError('MF_LOG_UNREACHABLE', `NATS at ${at}: ${why}`, { cause });
}
