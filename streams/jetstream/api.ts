import { MasterflagError } from '../../schemas/errors.ts';
import type { Connection } from './connection.ts';
import { REFUSED, refusal, unanswered, type ApiError } from './failures.ts';

export interface StreamInfo {
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: StreamState;
}

export interface StreamState {
  readonly messages: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly last_ts: string;
}

/** A message as the leader of a stream gives it: headers and body in base64. */
interface StoredMessage {
  readonly seq: number;
  readonly time: string;
  readonly hdrs?: string;
  readonly data?: string;
}

type Answer<T> = Partial<T> & { readonly error?: ApiError };

const NO_RESPONDERS = 503;

/**
 * Asks the API of JetStream, which the leader answers.
 * @throws UnknownOutcome when nobody answers; MF_STREAM_ABSENT and the like when it refuses
 */
export async function ask<T>(connection: Connection, subject: string, request: unknown): Promise<T> {
  const answer = await tryAsk<T>(connection, subject, request);
  if (answer.error !== undefined) throw refusal(subject, answer.error);
  return answer as T;
}

/** As `ask`, but a refusal is an answer. */
export async function tryAsk<T>(connection: Connection, subject: string, request: unknown): Promise<Answer<T>> {
  const message = await connection.request(`$JS.API.${subject}`, JSON.stringify(request), subject);
  if (message.data.length === 0 && message.headers?.code === NO_RESPONDERS) {
    throw unanswered(subject, 'JetStream does not answer');
  }
  return message.json<Answer<T>>();
}

export function streamInfo(connection: Connection, stream: string): Promise<StreamInfo> {
  return ask(connection, `STREAM.INFO.${stream}`, {});
}

/** Undefined when there is no such stream. */
export async function findStream(connection: Connection, stream: string): Promise<StreamInfo | undefined> {
  try {
    return await streamInfo(connection, stream);
  } catch (error) {
    if (error instanceof MasterflagError && error.code === 'MF_STREAM_ABSENT') return undefined;
    throw error;
  }
}

export type MessageQuery =
  | { readonly last_by_subj: string }
  | { readonly seq: number; readonly next_by_subj: string }
  | { readonly start_time: string; readonly next_by_subj: string };

/** One message of a stream as its leader has it, unlike a direct get; undefined when there is none. */
export async function leaderMessage(
  connection: Connection,
  stream: string,
  query: MessageQuery,
): Promise<StoredMessage | undefined> {
  const subject = `STREAM.MSG.GET.${stream}`;
  const { error, message } = await tryAsk<{ message: StoredMessage }>(connection, subject, query);
  if (error?.err_code === REFUSED.noMessage) return undefined;
  if (error !== undefined) throw refusal(subject, error);
  return message;
}
