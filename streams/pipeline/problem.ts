import type { Problem, Stage } from './batch.ts';

/** A value in a problem, in characters of JSON: enough to find it in the record, which is kept as a whole. */
const VALUE_LIMIT = 200;

export interface ProblemParts {
  readonly code: string;
  readonly stage: Stage;
  readonly rule: string;
  readonly field?: string;
  readonly value?: unknown;
  readonly message: string;
  readonly fix: string;
  readonly from?: readonly string[];
}

export function problem({ field = '', value, from = [], ...rest }: ProblemParts): Problem {
  return { ...rest, field, value: shortJson(value), from, identity: '' };
}

export function shortJson(value: unknown): string {
  if (value === undefined) return '';
  const json = JSON.stringify(typeof value === 'string' ? value.slice(0, VALUE_LIMIT) : value);
  return json.length <= VALUE_LIMIT ? json : `${json.slice(0, VALUE_LIMIT - 1).toWellFormed()}…`;
}
