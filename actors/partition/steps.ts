import type { RecordWork } from '../../streams/pipeline/batch.ts';
import type { Delivery } from '../../streams/pipeline/delivery.ts';
import { integrate } from '../../streams/pipeline/integrate.ts';
import type { Intake } from './intake.ts';
import type { LaneItem } from './lane-reader.ts';
import type { Marks } from './marks.ts';

/** What one item of the inbox asks for. */
export type Step =
  | { readonly type: 'deliver'; readonly item: LaneItem; readonly delivery: Delivery }
  /** A stage rejected the record, or it stood earlier in the batch. */
  | { readonly type: 'turned'; readonly item: LaneItem; readonly work: RecordWork }
  /** The marks cover it: it was applied before. */
  | { readonly type: 'covered'; readonly item: LaneItem };

export type DeliverStep = Extract<Step, { type: 'deliver' }>;

/** Items in order, as steps; the marks move along, within the batch too. */
export function* stepsOf(
  { items, records }: Intake,
  kind: string,
  marks: Marks,
  now: (at: number) => number,
): Generator<Step> {
  let nextRecord = 0;
  for (const item of items) {
    const { body } = item;
    if (body.type === 'effects' && marks.covers(body)) {
      yield { type: 'covered', item };
      continue;
    }
    if (body.type === 'effects' && item.lastOfMessage) marks.advance(body);
    const work = body.type === 'records' ? records[nextRecord++] : undefined;
    yield stepOf(item, work, kind, now(item.at));
  }
}

/** What an item asks for, whatever the marks say. */
export function stepOf(item: LaneItem, work: RecordWork | undefined, kind: string, now: number): Step {
  const { body } = item;
  switch (body.type) {
    case 'records':
      if (work === undefined) throw new RangeError(`no work for item ${item.item} of message ${item.position}`);
      if (work.problem !== null || work.duplicate) return { type: 'turned', item, work };
      return { type: 'deliver', item, delivery: integrate(work, kind, now) };
    case 'effects': {
      const effect = body.items[item.item];
      if (effect === undefined) throw new RangeError(`no effect ${item.item} in message ${item.position}`);
      const { key, type, name, data } = effect;
      return {
        type: 'deliver',
        item,
        delivery: { key, kind, messages: [{ type, name, key, data, now }], forward: [], origin: { type } },
      };
    }
    case 'command': {
      const { key, name, data } = body;
      const messages = [{ type: 'command', name, key, data, now } as const];
      return {
        type: 'deliver',
        item,
        delivery: { key, kind, messages, forward: [], origin: { type: 'command', command: body } },
      };
    }
    case 'timer': {
      const { key, timer, generation } = body;
      const messages = [{ type: 'timer', name: timer, key, data: { generation }, now } as const];
      return {
        type: 'deliver',
        item,
        delivery: { key, kind, messages, forward: [], origin: { type: 'timer', timer: body } },
      };
    }
  }
}
