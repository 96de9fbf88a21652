import { expect, test } from '@jest/globals';
import { realTime } from '../../../actors/partition/clock.ts';
import { LaneReader } from '../../../actors/partition/lane-reader.ts';
import { LIMITS } from '../../../actors/partition/limits.ts';
import type { InboxMessage } from '../../../streams/log.ts';

const patience = { clock: realTime, limits: LIMITS, check: () => undefined };

function laneOf(messages: InboxMessage[]) {
  const appended = { fast: 0, bulk: 0 };
  const state = { reads: 0 };
  const log = {
    read: async (_partition: string, _lane: string, after: number) => {
      state.reads += 1;
      return messages.filter(({ position }) => position > after);
    },
  };
  const parts = { log, partition: 'order.0', lane: 'fast', readBytes: 1000, patience, appended } as const;
  return { reader: new LaneReader(parts, { after: 0, skip: 0 }), appended, state };
}

function timer(position: number): InboxMessage {
  const body = { v: 1, type: 'timer', key: 'main.order.a', timer: 't', generation: 1 };
  return { position, at: 0, body: JSON.stringify(body) };
}

test('a lane that was read to its end is not asked again before something is appended to it', async () => {
  const { reader, appended, state } = laneOf([timer(1)]);
  expect(await reader.take(10)).toHaveLength(1);
  const { reads } = state;
  appended.bulk += 1;
  expect(await reader.take(10)).toEqual([]);
  expect(state.reads).toBe(reads);
  appended.fast += 1;
  await reader.take(10);
  expect(state.reads).toBe(reads + 1);
});

test('what is appended while a lane is read to its end is found by the next look', async () => {
  const messages: InboxMessage[] = [];
  const { reader, appended } = laneOf(messages);
  const reading = reader.take(10);
  messages.push(timer(1));
  appended.fast += 1;
  expect(await reading).toEqual([]);
  expect(await reader.take(10)).toHaveLength(1);
});
