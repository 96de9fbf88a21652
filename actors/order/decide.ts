import type { OrderBody } from '../../schemas/canonical/order.ts';
import type { OrderLineBody } from '../../schemas/canonical/order-line.ts';
import type { Part } from '../../schemas/canonical/part.ts';
import { PART_NAMES, type OrderEvent, type PartName } from '../../schemas/events/order.ts';
import type { ActorMessage, Decision, Effect, RecordRef, Records } from '../actor.ts';
import { hear, ordered, STATEMENTS_LIMIT, stampOf, statementId } from '../facts.ts';
import { decideNote } from '../notes.ts';
import { notUnderstood, refused, tooManyStatements, unheardOf, type Refusal } from '../refusals.ts';
import { effectsOf } from './effects.ts';
import { evolve } from './evolve.ts';
import { HEADER_FIELDS, LINE_FIELDS } from './fields.ts';
import { LINES_LIMIT, LINES_WEIGHT_LIMIT, weightOf } from './limits.ts';
import { ownEvent } from './own.ts';
import { hasOwnRecord, ownRef, recordId, waitingRef } from './records.ts';
import { isHeardOf, type OrderState } from './state.ts';
import { await_, integrateWaiting } from './waiting.ts';

type Verdict = Decision<OrderEvent>;

const NOTHING: readonly RecordRef[] = [];

export function needs(state: OrderState, message: ActorMessage): readonly RecordRef[] {
  if (message.type !== 'part') return NOTHING;
  if (message.name === 'order') {
    return state.waiting.size === 0 ? NOTHING : Array.from(state.waiting.keys(), (id) => waitingRef(state.key, id));
  }
  if (!isPartName(message.name)) return NOTHING;
  const awaited = state.header === null;
  if (!awaited && !hasOwnRecord(message.name)) return NOTHING;
  const id = recordId(message.name, message.data as Part);
  if (awaited) return [waitingRef(state.key, id)];
  return hasOwnRecord(message.name) ? [ownRef(state.key, message.name, id)] : NOTHING;
}

export function decide(state: OrderState, message: ActorMessage, records: Records): Verdict {
  switch (message.type) {
    case 'part':
      return decidePart(state, message, records);
    case 'command':
      if (message.name !== 'note') return notUnderstood('order', message);
      return isHeardOf(state) ? decideNote('order.noted', message) : unheardOf('order', message);
    case 'effect':
    case 'timer':
      return notUnderstood('order', message);
  }
}

function decidePart(state: OrderState, message: ActorMessage, records: Records): Verdict {
  if (message.name === 'order') return decideHeader(state, arranged(message.data as Part<OrderBody>), records);
  if (!isPartName(message.name)) return notUnderstood('order', message);
  if (state.header === null) return await_(state, message.name, message.data as Part, records);
  if (message.name === 'orderLine') return decideLine(state, message.data as Part<OrderLineBody>);
  return decideOwn(state, message.name, message.data as Part, records);
}

/** Lists of lines are compared as JSON, so their fields are put in order before anything is. */
function arranged(part: Part<OrderBody>): Part<OrderBody> {
  const { lines } = part.body;
  if (lines === undefined) return part;
  return { ...part, body: { ...part.body, lines: lines.map((line) => ordered(line, LINE_FIELDS)) } };
}

function decideHeader(state: OrderState, part: Part<OrderBody>, records: Records): Verdict {
  const id = statementId(part);
  const heard = hear(state.headers.get(id), part, HEADER_FIELDS);
  if (typeof heard === 'string') return { verdict: heard };
  if (!state.headers.has(id) && state.headers.size >= STATEMENTS_LIMIT) {
    return tooManyStatements(STATEMENTS_LIMIT, `the order ${state.key}`);
  }
  const event: OrderEvent = { type: 'order.headerRecorded', data: { v: 2, ...stampOf(heard), body: heard.body } };
  const refusal = tooManyLines(evolve(state, event));
  return refusal ?? accepted(state, [event, ...integrateWaiting(state, records)]);
}

function decideLine(state: OrderState, part: Part<OrderLineBody>): Verdict {
  const known = state.lines.get(statementId(part));
  const heard = hear(known, part, LINE_FIELDS);
  if (typeof heard === 'string') return { verdict: heard };
  const replaced = known === undefined ? {} : { replaced: ordered(known.body, ['enterprise']) };
  const data = { v: 2, ...stampOf(heard), body: heard.body, ...replaced } as const;
  const event: OrderEvent = { type: 'order.lineRecorded', data };
  const refusal = tooManyLines(evolve(state, event));
  return refusal ?? accepted(state, [event]);
}

function decideOwn(state: OrderState, name: Exclude<PartName, 'orderLine'>, part: Part, records: Records): Verdict {
  const id = recordId(name, part);
  const event = ownEvent(name, id, part, records.get(ownRef(state.key, name, id)));
  return typeof event === 'string' ? { verdict: event } : accepted(state, [event]);
}

/** Every event has the effects of its own: what others hear may not depend on how batches were cut. */
function accepted(state: OrderState, events: readonly OrderEvent[]): Verdict {
  const effects: Effect[] = [];
  let before = state;
  for (const event of events) {
    const after = evolve(before, event);
    effects.push(...effectsOf(before, after, event));
    before = after;
  }
  return effects.length === 0 ? { verdict: 'accepted', events } : { verdict: 'accepted', events, effects };
}

/** Lists of lines that another header outranks count too: they are kept beside it. */
function tooManyLines({ key, headers, lines, weight }: OrderState): Refusal | undefined {
  let [count, characters] = [lines.size, weight];
  for (const { body } of headers.values()) {
    for (const line of body.lines ?? []) {
      count++;
      characters += weightOf(line);
    }
  }
  if (count <= LINES_LIMIT && characters <= LINES_WEIGHT_LIMIT) return undefined;
  return refused('MF_LINES_LIMIT', `the order ${key} would have ${count} lines of about ${characters} characters`);
}

function isPartName(name: string): name is PartName {
  return (PART_NAMES as readonly string[]).includes(name);
}
