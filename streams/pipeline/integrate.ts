import type { EffectItem } from '../../schemas/inbox.ts';
import type { ActorMessage } from '../../schemas/message.ts';
import type { ExtractedPart, RecordWork } from './batch.ts';
import type { Delivery } from './delivery.ts';

/** Turns a record that passed all stages into what its entity hears, and what goes on to others. */
export function integrate(work: RecordWork, kind: string, now: number): Delivery {
  const { record, batch } = work;
  const own: ActorMessage[] = [];
  const forward: EffectItem[] = [];
  for (const part of work.parts) {
    if (part.key === record.key) own.push(hear(part, now));
    else forward.push({ key: part.key, type: 'part', name: part.name, data: part.part });
  }
  return {
    key: record.key,
    kind,
    messages: own,
    forward,
    origin: {
      type: 'record',
      feed: batch.feed,
      source: batch.source,
      sourceVersion: batch.sourceVersion,
      record: record.record,
      raw: batch.columns === undefined ? record.raw : { columns: batch.columns, row: record.raw },
      ...(record.where === undefined ? {} : { where: record.where }),
      ...(record.corrects === undefined ? {} : { corrects: record.corrects }),
    },
  };
}

function hear({ name, key, part }: ExtractedPart, now: number): ActorMessage {
  return { type: 'part', name, key, data: part, now };
}
