import {
  MongoBulkWriteError,
  MongoCompatibilityError,
  MongoDriverError,
  MongoError,
  MongoInvalidArgumentError,
  MongoMissingCredentialsError,
  MongoNetworkError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoSystemError,
  MongoWriteConcernError,
  type WriteError,
} from 'mongodb';
import { MasterflagError, UnknownOutcome, type ErrorCode } from '../../schemas/errors.ts';

/**
 * Codes after which an operation may or may not have happened, or did not, and may well the next time: all that the
 * protocol needs to know to ask again. (https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml)
 */
const PASSING: ReadonlySet<number> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  43, // CursorNotFound
  50, // MaxTimeMSExpired
  63, // StaleShardVersion
  64, // WriteConcernTimeout
  79, // UnknownReplWriteConcern
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  117, // ConflictingOperationInProgress
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  237, // CursorKilled
  262, // ExceededTimeLimit
  355, // InterruptedDueToStorageChange
  365, // TemporarilyUnavailable
  391, // ReauthenticationRequired
  462, // IngressRequestRateLimitExceeded
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11601, // Interrupted
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
]);

/** Codes that no repetition mends. All that is neither here nor above is MF_STORE_REFUSED. */
const FATAL: Readonly<Record<number, ErrorCode>> = {
  11: 'MF_STORE_DENIED', // UserNotFound
  13: 'MF_STORE_DENIED', // Unauthorized
  18: 'MF_STORE_DENIED', // AuthenticationFailed
  33: 'MF_STORE_DENIED', // MechanismUnavailable
  8000: 'MF_STORE_DENIED', // AtlasError: bad credentials, mostly
  85: 'MF_STORE_INDEXES', // IndexOptionsConflict
  86: 'MF_STORE_INDEXES', // IndexKeySpecsConflict
  10334: 'MF_DOCUMENT_TOO_LARGE', // BSONObjectTooLarge
  17280: 'MF_DOCUMENT_TOO_LARGE', // KeyTooLong
  17419: 'MF_DOCUMENT_TOO_LARGE',
  17420: 'MF_DOCUMENT_TOO_LARGE',
  14031: 'MF_STORE_FULL', // OutOfDiskSpace
  59: 'MF_STORE_VERSION', // CommandNotFound
};

const WRITE_CONCERN = 64;
export const DUPLICATE_KEY = 11000;
export const NAMESPACE_NOT_FOUND = 26;

/**
 * Runs an operation of the driver, and says what its errors mean: UnknownOutcome where it can be repeated, a code of
 * the catalogue where it cannot. None of them means that a partition is lost: only the checkpoint tells that.
 */
export async function mapped<T>(operation: string, run: () => Promise<T>, when: When = 'later'): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw meaningOf(operation, error, when);
  }
}

/** At the start a server that does not answer is an error of its own: to ask for ever would hide a wrong address. */
export type When = 'start' | 'later';

/** The error of ours that an error of the driver is; other errors stay what they are. */
export function meaningOf(operation: string, thrown: unknown, when: When = 'later'): unknown {
  const error = thrown instanceof MongoBulkWriteError ? reasonOf(thrown) : thrown;
  if (!(error instanceof MongoError || isOfSocket(error))) return error;
  const cause = { cause: thrown };
  const code = error instanceof MongoError ? fatalCode(error) : undefined;
  if (code !== undefined) return new MasterflagError(code, `${operation}: ${error.message}`, cause);
  if (error instanceof MongoError && !isPassing(error)) return error;
  if (when === 'later') return new UnknownOutcome(operation, cause);
  return new MasterflagError('MF_STORE_UNREACHABLE', `${operation}: ${error.message}`, cause);
}

/** The driver lets some errors of its sockets through as they are: a write to one that was just reset. */
function isOfSocket(error: unknown): error is Error {
  return Error.isError(error) && 'syscall' in error;
}

/** What a bulk write failed by: the driver hides the error of a connection in it, and a majority's behind others. */
function reasonOf(error: MongoBulkWriteError): Error {
  const { errorResponse, result, message } = error;
  if (Error.isError(errorResponse)) return errorResponse;
  const concern = result.getWriteConcernError();
  if (concern !== undefined) return new MongoServerError({ message: concern.errmsg ?? message, code: WRITE_CONCERN });
  const other = writeErrors(error).find(({ code }) => code !== DUPLICATE_KEY);
  return new MongoServerError({ message: other?.errmsg ?? message, code: other?.code ?? error.code });
}

function writeErrors(error: MongoBulkWriteError): readonly WriteError[] {
  return [error.writeErrors].flat();
}

/**
 * Which operations of a bulk write found a document with their id, if it failed by nothing else. A majority that has
 * not answered makes all of it unknown.
 */
export function duplicatesOf(error: unknown): readonly number[] | undefined {
  if (!(error instanceof MongoBulkWriteError) || Error.isError(error.errorResponse)) return undefined;
  const found = writeErrors(error);
  if (error.result.getWriteConcernError() !== undefined || found.length === 0) return undefined;
  return found.every(({ code }) => code === DUPLICATE_KEY) ? found.map(({ index }) => index) : undefined;
}

function fatalCode(error: MongoError): ErrorCode | undefined {
  if (error instanceof MongoCompatibilityError) return 'MF_STORE_VERSION';
  if (error instanceof MongoMissingCredentialsError) return 'MF_STORE_DENIED';
  if (error instanceof MongoSystemError) return rootOf(error) && fatalCode(rootOf(error) as MongoError);
  if (error instanceof MongoServerError) return isPassing(error) ? undefined : serverCode(error.code, error.message);
  if (error instanceof MongoNetworkError) {
    return error.cause instanceof MongoServerError ? fatalCode(error.cause) : undefined;
  }
  return tooLarge(error) ? 'MF_DOCUMENT_TOO_LARGE' : undefined;
}

function serverCode(code: unknown, message: string): ErrorCode {
  const known = FATAL[Number(code)];
  if (known !== undefined) return known;
  // WiredTiger's own word for a full disk comes with no code of its own.
  return /No space left on device|disk is full/i.test(message) ? 'MF_STORE_FULL' : 'MF_STORE_REFUSED';
}

function tooLarge(error: MongoError): boolean {
  return error instanceof MongoInvalidArgumentError && /larger than the maximum|too large/i.test(error.message);
}

function isPassing(error: MongoError): boolean {
  if (error instanceof MongoWriteConcernError || error instanceof MongoNetworkError) return true;
  if (error instanceof MongoServerSelectionError || error instanceof MongoOperationTimeoutError) return true;
  if (error instanceof MongoServerError) {
    return PASSING.has(Number(error.code)) || LABELS.some((label) => error.hasErrorLabel(label));
  }
  return error instanceof MongoDriverError && PASSING_NAMES.has(error.name);
}

const LABELS = ['RetryableWriteError', 'RetryableError', 'TransientTransactionError', 'SystemOverloadedError'];

/** Classes that the driver does not export, or that are told best by name. */
const PASSING_NAMES: ReadonlySet<string> = new Set([
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoServerClosedError',
  'MongoStalePrimaryError',
  'MongoUnexpectedServerResponseError',
]);

function rootOf({ reason }: MongoSystemError): MongoError | undefined {
  for (const { error } of reason?.servers.values() ?? []) {
    if (error !== null && !(error instanceof MongoNetworkError && error.cause === undefined)) return error;
  }
  return undefined;
}

/** A client of a URL. @throws MF_SETTINGS_INVALID for a URL that is none; the message does not repeat its password. */
export function opened<T>(url: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    // Several parsers have errors of their own; nothing but the URL is wrong before anything is asked.
    if (!(error instanceof Error)) throw error;
    const shown = url.replace(/\/\/[^@/]*@/, '//…@');
    throw new MasterflagError('MF_SETTINGS_INVALID', `MONGODB_URL ${shown}: ${error.message}`, { cause: error });
  }
}
