/**
 * The one catalogue of errors. Codes are stable: they may be matched on by programs, so a code is never reused.
 * docs/errors.md is generated from this table (test/unit/errors.test.ts keeps both, and every throw, equal).
 */
export const ERRORS = {
  MF_UNKNOWN_OUTCOME: {
    means: 'A log or a store did not say whether a write happened.',
    mend: 'Nothing to do: the engine finds out and repeats what is idempotent. If it persists, look at the log and store servers.',
  },
  MF_PARTITION_LOST: {
    means: 'Another opening took this partition over; this one may not change it any more.',
    mend: 'Nothing to do: the new owner goes on from the last commit.',
  },
  MF_LOG_REPLACED: {
    means: 'The log is not the one that the checkpoint counts its positions in, or it ends before them.',
    mend: 'Restore the log that belongs to this store, or the store that belongs to this log; both together, from one backup.',
  },
  MF_NEWER_VERSION: {
    means: 'A document was written by a newer version of Masterflag than this one can read.',
    mend: 'Start a version at least as new as the one that wrote it.',
  },
} as const satisfies Record<string, ErrorEntry>;

export interface ErrorEntry {
  readonly means: string;
  readonly mend: string;
}

export type ErrorCode = keyof typeof ERRORS;

/** An error of the catalogue: its message says what is wrong, where and with which value. */
export class MasterflagError extends Error {
  override readonly name: string = 'MasterflagError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get mend(): string {
    return ERRORS[this.code].mend;
  }
}

/** A write whose result is not known. The only error of a port on which its caller may try again. */
export class UnknownOutcome extends MasterflagError {
  override readonly name = 'UnknownOutcome';

  constructor(operation: string, options?: ErrorOptions) {
    super('MF_UNKNOWN_OUTCOME', `no answer to ${operation}: it may or may not have happened`, options);
  }
}
