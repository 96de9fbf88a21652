import { randomUUID } from 'node:crypto';
import { openReading } from '../actors/node/reading.ts';
import type { Lineage, PartyView } from '../actors/node/party-view.ts';
import { openConnection, type Connection } from '../gateway/connection.ts';
import { MasterflagError } from '../schemas/errors.ts';
import { kindOfKey, type MatchingKey } from '../schemas/key.ts';
import type { Settings } from '../schemas/settings.ts';
import { refusal, type CommandOutcome } from './doing.ts';

const PARTIES = ['customer', 'enterprise'];

/** The parties that an id may mean. @throws MF_NOT_FOUND */
export function readParties(settings: Settings, id: string, kind: string | undefined): Promise<PartyView[]> {
  return reading(settings, id, kind, ({ parties }, key) => parties.view(key));
}

export function readLineage(settings: Settings, id: string, kind: string | undefined): Promise<Lineage[]> {
  return reading(settings, id, kind, ({ parties }, key) => parties.lineage(key));
}

async function reading<T>(
  settings: Settings,
  id: string,
  kind: string | undefined,
  read: (reading: Awaited<ReturnType<typeof openReading>>, key: MatchingKey) => Promise<T>,
): Promise<T[]> {
  const opened = await openReading(settings);
  try {
    const keys = partiesAmong(await opened.queries.find(id), kind);
    if (keys.length === 0) throw notFound(id);
    const all: T[] = [];
    for (const key of keys) all.push(await read(opened, key));
    return all;
  } finally {
    await opened.close();
  }
}

export interface VerdictLine {
  readonly verb: 'join' | 'split';
  readonly id: string;
  readonly other?: string;
  readonly why: string;
  readonly kind: string | undefined;
}

/** Sends a verdict, and answers the party as it is once all have heard of it. @throws its refusal */
export async function decideParty(
  settings: Settings,
  { verb, id, other, why, kind }: VerdictLine,
): Promise<{ readonly outcome: CommandOutcome; readonly party: PartyView }> {
  const connection = await openConnection(settings);
  try {
    const key = await keyOf(connection, id, kind);
    const about = other === undefined ? {} : { with: await keyOf(connection, other, kindOfKey(key)) };
    const params = { id: key, ...about, why, idempotencyKey: randomUUID() };
    const outcome = (await connection.call(`${kindOfKey(key) ?? ''}.${verb}`, params)) as CommandOutcome;
    if (outcome.status === 'refused') throw refusal(outcome);
    await connection.idle();
    const party = (await connection.call(`${kindOfKey(key) ?? ''}.party`, { id: key })) as PartyView;
    return { outcome, party };
  } finally {
    await connection.close();
  }
}

async function keyOf(connection: Connection, id: string, kind: string | undefined): Promise<MatchingKey> {
  const keys = partiesAmong((await connection.call('node.find', { id })) as MatchingKey[], kind);
  const [key] = keys;
  if (key === undefined) throw notFound(id);
  if (keys.length > 1) {
    throw new MasterflagError('MF_USAGE', `${JSON.stringify(id)} means several: ${keys.join(', ')}; name one of them`);
  }
  return key;
}

function partiesAmong(keys: readonly MatchingKey[], kind: string | undefined): MatchingKey[] {
  return keys.filter((key) => {
    const own = kindOfKey(key) ?? '';
    return PARTIES.includes(own) && (kind === undefined || own === kind);
  });
}

function notFound(id: string): MasterflagError {
  return new MasterflagError('MF_NOT_FOUND', `no customer and no enterprise is known as ${JSON.stringify(id)}`);
}
