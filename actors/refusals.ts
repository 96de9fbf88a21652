import type { ErrorCode } from '../schemas/errors.ts';
import type { ActorMessage, Decision } from './actor.ts';

export type Refusal = Extract<Decision, { readonly verdict: 'refused' }>;

export function refused(code: ErrorCode, reason: string): Refusal {
  return { verdict: 'refused', code, reason };
}

/** The kind has no answer to this message: it was routed to the wrong actor, or is of a newer version. */
export function notUnderstood(kind: string, { type, name }: ActorMessage): Refusal {
  return refused('MF_MESSAGE_UNKNOWN', `an actor of kind ${kind} knows no ${type} ${name}`);
}

/** Commands need somebody to be commanded: a mistyped key must not bring an entity into the world. */
export function unheardOf(kind: string, { key }: ActorMessage): Refusal {
  return refused('MF_ENTITY_UNKNOWN', `nothing has been heard of the ${kind} ${key}`);
}

export function tooManyStatements(limit: number, what: string): Refusal {
  return refused('MF_STATEMENTS_LIMIT', `${what} already has ${limit} statements of different sources or slots`);
}
