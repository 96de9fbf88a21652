import type { InboxBody, RecordBatch } from '../../schemas/inbox.ts';
import { sentRecord } from '../partition/intake.ts';
import { presentBody } from '../partition/lane-reader.ts';

/** The records of a fast lane's message that were sent again out of quarantine, each a batch of its own. */
export function sentBatches(body: string): RecordBatch[] {
  // Few messages have any: most need not be parsed.
  if (!body.includes('"type":"record"')) return [];
  const message = presentBody(JSON.parse(body) as InboxBody);
  if (message.type !== 'effects') return [];
  return message.items.filter(({ type }) => type === 'record').map((effect) => sentRecord(effect).batch);
}
