import type { EffectItem } from '../../schemas/inbox.ts';
import type { ActorMessage } from '../../schemas/message.ts';
import { SHAPES } from '../../schemas/shapes.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordWork } from '../../streams/pipeline/batch.ts';
import type { Delivery, Origin } from '../../streams/pipeline/delivery.ts';
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
    const work = isRecord(item) ? records[nextRecord++] : undefined;
    if (body.type === 'effects' && marks.covers(body)) {
      yield { type: 'covered', item };
      continue;
    }
    if (body.type === 'effects' && item.lastOfMessage) marks.advance(body);
    yield stepOf(item, work, kind, now(item.at));
  }
}

function isRecord({ body, item }: LaneItem): boolean {
  return body.type === 'records' || (body.type === 'effects' && body.items[item]?.type === 'record');
}

/** What an item asks for, whatever the marks say; `work` is what the stages made of it if it is a record. */
export function stepOf(item: LaneItem, work: RecordWork | undefined, kind: string, now: number): Step {
  if (work !== undefined) return recordStep(item, work, kind, now);
  const { body } = item;
  const deliver = (message: Omit<ActorMessage, 'now'>, origin: Origin): Step => {
    const messages = [{ ...message, now }];
    return { type: 'deliver', item, delivery: { key: message.key, kind, messages, forward: [], origin } };
  };
  switch (body.type) {
    case 'records':
      throw new RangeError(`no work for item ${item.item} of message ${item.position}`);
    case 'effects': {
      const effect = body.items[item.item];
      if (effect === undefined || effect.type === 'record') {
        throw new RangeError(`no effect ${item.item} in message ${item.position}`);
      }
      const { key, type, name } = effect;
      return deliver({ type, name, key, data: presentData(effect) }, { type });
    }
    case 'command': {
      const { key, name, data } = body;
      return deliver({ type: 'command', name, key, data }, { type: 'command', command: body });
    }
    case 'timer': {
      const { key, timer, generation } = body;
      return deliver({ type: 'timer', name: timer, key, data: { generation } }, { type: 'timer', timer: body });
    }
  }
}

function recordStep(item: LaneItem, work: RecordWork, kind: string, now: number): Step {
  if (work.problem !== null || work.duplicate) return { type: 'turned', item, work };
  return { type: 'deliver', item, delivery: integrate(work, kind, now) };
}

/**
 * A part or an effect as its actor knows it, whichever version wrote it. What has no shape is for its actor to refuse.
 * @throws MF_NEWER_VERSION
 */
function presentData({ type, name, data }: EffectItem): unknown {
  const shape = `${type}/${name}`;
  return Object.hasOwn(SHAPES, shape) ? upcast(shape, data) : data;
}
