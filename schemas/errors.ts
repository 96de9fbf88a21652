import { ERRORS } from './error-catalogue.ts';

export { ERRORS };

export type ErrorCode = keyof typeof ERRORS;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}

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
  override readonly name: string = 'UnknownOutcome';

  constructor(
    operation: string,
    options?: ErrorOptions,
    code: ErrorCode = 'MF_UNKNOWN_OUTCOME',
    message = `no answer to ${operation}: it may or may not have happened`,
  ) {
    super(code, message, options);
  }
}
