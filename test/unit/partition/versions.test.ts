import { describe, expect, test } from '@jest/globals';
import { realTime } from '../../../actors/partition/clock.ts';
import { LaneReader, type LaneItem } from '../../../actors/partition/lane-reader.ts';
import { LIMITS } from '../../../actors/partition/limits.ts';
import { waitingItem } from '../../../actors/partition/parking.ts';
import { stepOf } from '../../../actors/partition/steps.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import type { EffectItem } from '../../../schemas/inbox.ts';
import { matchingKey } from '../../../schemas/key.ts';
import type { Log } from '../../../streams/log.ts';

const KEY = matchingKey('main', 'customer', 'shop', 'c1');
const PART = { v: 1, source: 'shop', slot: 's', merge: 'replace', order: [], hash: 'h', body: { id: 'c1' } };
const NEWER: unknown = expect.objectContaining({ code: 'MF_NEWER_VERSION' });

const effects = (v: number, ...items: EffectItem[]) => ({
  v,
  type: 'effects',
  from: 'order.0',
  seq: 1,
  chunk: 0,
  items,
});
const part = (data: unknown, name = 'customer'): EffectItem => ({ key: KEY, type: 'part', name, data });

async function read(body: object): Promise<LaneItem[]> {
  const log = { read: async () => [{ position: 1, at: 0, body: JSON.stringify(body) }] } as unknown as Log;
  const patience = { clock: realTime, limits: LIMITS, check: () => undefined };
  return new LaneReader(log, 'customer.0', 'fast', { after: 0, skip: 0 }, 1000, patience).take(1);
}

describe('what a log holds', () => {
  test('is read in the present version of its shape, whichever version wrote it', async () => {
    for (const v of [1, 2]) expect((await read(effects(v, part(PART))))[0]?.body).toEqual(effects(2, part(PART)));
  });

  test('is not guessed at when a newer version wrote it', async () => {
    await expect(read(effects(3, part(PART)))).rejects.toEqual(NEWER);
    await expect(
      read({ v: 2, type: 'command', key: KEY, name: 'note', data: {}, idempotencyKey: 'x' }),
    ).rejects.toEqual(NEWER);
  });
});

describe('a part or an effect', () => {
  const step = async (item: EffectItem) =>
    stepOf((await read(effects(2, item)))[0] as LaneItem, undefined, 'customer', 0);

  test('is heard in the present version of its shape', async () => {
    const present = { ...PART, v: 2 };
    for (const data of [PART, present])
      expect(await step(part(data))).toMatchObject({ delivery: { messages: [{ name: 'customer', data: present }] } });
  });

  test('of a newer version is refused with its partition, not heard', async () => {
    await expect(step(part({ ...PART, v: 3 }))).rejects.toEqual(NEWER);
    const effect = { key: KEY, type: 'effect', name: 'customer.orderChanged', data: { v: 2 } } as const;
    await expect(step(effect)).rejects.toEqual(NEWER);
  });

  test('that has no shape is left to its actor', async () => {
    expect(await step(part({ anything: true }, 'unheard of'))).toMatchObject({ type: 'deliver' });
  });
});

test('what is parked is read in the present version as well', () => {
  const parked = (v: number, item: object): StoredDocument => {
    const json = JSON.stringify({ _id: 'x', v, entity: KEY, lane: 'fast', at: 5, item });
    return {
      collection: 'master.parked',
      id: 'x',
      version: 1,
      partition: 'customer.0',
      seq: 1,
      at: 0,
      json,
      meta: '',
      keys: [],
    };
  };
  expect(waitingItem(parked(1, effects(1, part(PART)))).body).toEqual(effects(2, part(PART)));
  expect(() => waitingItem(parked(1, effects(9)))).toThrow(expect.objectContaining({ code: 'MF_NEWER_VERSION' }));
  expect(() => waitingItem(parked(2, effects(2)))).toThrow(expect.objectContaining({ code: 'MF_NEWER_VERSION' }));
});
