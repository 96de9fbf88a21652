import type { Checkpoint, EffectChunks } from '../../schemas/checkpoint.ts';
import type { DocumentRef } from '../../schemas/document.ts';
import type { EventsTail, Log } from '../../streams/log.ts';
import type { Store } from '../../store/store.ts';
import type { Rules } from './rules.ts';
import { untilKnown, type Patience } from './retry.ts';

export interface Settling {
  readonly log: Log;
  readonly store: Store;
  readonly rules: Rules;
  readonly patience: Patience;
}

/**
 * Finishes a commit: applies its changes and publishes its outbox until both are acknowledged. Everything in it is
 * idempotent, so anyone may do it again, at any time, however late.
 */
export async function settle(ports: Settling, committed: Checkpoint): Promise<readonly DocumentRef[]> {
  const foreign = await apply(ports, committed);
  await publish(ports, committed);
  return foreign;
}

export async function apply({ store, patience }: Settling, committed: Checkpoint): Promise<readonly DocumentRef[]> {
  if (committed.changes.length === 0) return [];
  const report = await untilKnown(patience, () => store.apply(committed.changes));
  return report.foreign;
}

export async function publish(ports: Settling, committed: Checkpoint): Promise<void> {
  const sending = [
    ...committed.outbox.effects.map((effects) => publishEffects(ports, effects)),
    publishEvents(ports, committed),
  ];
  if (ports.rules.waitForAcknowledgement) await Promise.all(sending);
  else for (const sent of sending) sent.catch(() => undefined);
}

async function publishEffects({ log, rules, patience }: Settling, { to, chunks }: EffectChunks): Promise<void> {
  const send = (chunk: string): Promise<unknown> => untilKnown(patience, () => log.append(to, 'fast', [chunk]));
  if (!rules.chunksInOrder) {
    await Promise.all(chunks.map(send));
    return;
  }
  for (const chunk of chunks) await send(chunk);
}

async function publishEvents({ log, patience }: Settling, { id, seq, outbox }: Checkpoint): Promise<void> {
  if (outbox.events.length === 0) return;
  let tail = await untilKnown(patience, () => log.eventsTail(id));
  for (const [chunk, body] of outbox.events.entries()) {
    while (!holds(tail, seq, chunk)) {
      const expected = tail.position;
      tail = await untilKnown(patience, async () => {
        const result = await log.appendEvents(id, { seq, chunk, body }, expected);
        return result === 'conflict' ? log.eventsTail(id) : { position: result.position, seq, chunk };
      });
    }
  }
}

function holds(tail: EventsTail, seq: number, chunk: number): boolean {
  return tail.seq > seq || (tail.seq === seq && tail.chunk >= chunk);
}
