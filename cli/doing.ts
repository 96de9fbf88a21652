import { randomUUID } from 'node:crypto';
import { openConnection, type Connection } from '../gateway/connection.ts';
import { isErrorCode, MasterflagError } from '../schemas/errors.ts';
import { kindOfKey } from '../schemas/key.ts';
import type { Settings } from '../schemas/settings.ts';

export interface CommandLine {
  readonly name: string;
  readonly id: string;
  readonly data: unknown;
  readonly ifVersion: number | undefined;
  readonly kind: string | undefined;
}

/** How a command ended, as the engine keeps it. */
export interface CommandOutcome {
  readonly entity: string;
  readonly command: string;
  readonly status: 'done' | 'refused';
  readonly code?: string;
  readonly reason?: string;
  readonly version: number;
}

/** Sends a command under a key of its own, so that its effect comes once however often it is sent. @throws its refusal */
export async function doing(settings: Settings, line: CommandLine): Promise<CommandOutcome> {
  const connection = await openConnection(settings);
  try {
    const key = await keyOf(connection, line);
    const outcome = (await connection.call(`${kindOfKey(key) ?? ''}.command`, {
      ...{ key, name: line.name, data: line.data, idempotencyKey: randomUUID() },
      ...(line.ifVersion === undefined ? {} : { expectedVersion: line.ifVersion }),
    })) as CommandOutcome;
    if (outcome.status === 'refused') throw refusal(outcome);
    return outcome;
  } finally {
    await connection.close();
  }
}

async function keyOf(connection: Connection, { id, kind }: CommandLine): Promise<string> {
  if (kindOfKey(id) !== undefined) return id;
  const found = (await connection.call('node.find', { id })) as string[];
  const keys = found.filter((key) => kind === undefined || kindOfKey(key) === kind);
  const [key] = keys;
  if (key === undefined) throw new MasterflagError('MF_NOT_FOUND', `nothing is known as ${JSON.stringify(id)}`);
  if (keys.length > 1) {
    throw new MasterflagError('MF_USAGE', `${JSON.stringify(id)} means several: ${keys.join(', ')}; name one of them`);
  }
  return key;
}

export function refusal({ code = '', reason = 'refused', command, version }: CommandOutcome): MasterflagError {
  const message = `${command} was refused at version ${version}: ${reason}`;
  return new MasterflagError(isErrorCode(code) ? code : 'MF_COMMAND_REFUSED', message);
}

export function outcomeText({ command, entity, version }: CommandOutcome): string {
  return `${command}: done. ${entity} is at version ${version}.`;
}
