import { describe, expect, test } from '@jest/globals';
import { FeedRequests } from '../../../actors/node/feed-requests.ts';
import type { Edition } from '../../../actors/node/editions.ts';
import { MasterflagError } from '../../../schemas/errors.ts';
import type { RecordBatch } from '../../../schemas/inbox.ts';
import { Ingress, type IngressOptions } from '../../../streams/ingress/ingress.ts';
import { rowsOfJson } from '../../../streams/ingress/json-rows.ts';
import { registryOf, sourceText } from '../mapping/sources.ts';

function desk(
  options: { format?: string; admit?: (edition: Edition) => Promise<void> } & Partial<IngressOptions> = {},
) {
  const bodies: RecordBatch[] = [];
  const { format = 'csv', admit = async () => undefined, ...ingressOptions } = options;
  const record = format === 'csv' ? {} : { record: 'identity: id' };
  const sources = registryOf(sourceText({ format, ...record }));
  const ingress = new Ingress({
    log: {
      append: async (_partition, _lane, some) => some.map((body) => bodies.push(JSON.parse(body) as RecordBatch)),
    },
    counts: { customer: 3 },
    sources,
    ...ingressOptions,
  });
  const requests = new FeedRequests({ ingress, sources, admit });
  return { requests, raws: () => bodies.flatMap(({ records }) => records.map(({ raw }) => raw)), bodies };
}

describe('what is published to feed.<source>', () => {
  test('gets a receipt for each record, in order', async () => {
    const { requests } = desk();
    const answer = await requests.answer({ source: 'shop', payload: 'id,name,at\na,A,x\nb,B,x\n' });
    expect(answer).toMatchObject({ received: 2, faults: 0 });
    expect(answer.receipts.map(({ number }) => number)).toEqual([0, 1]);
    expect(answer.receipts.every(({ position }) => position > 0)).toBe(true);
  });

  test.each([
    ['one object', '{"id":"a","name":"A","at":"x"}', 1],
    ['a list of objects', '[{"id":"a"},{"id":"b","name":"B, \\"b\\"","at":"x\\ny"}]', 2],
    ['an object a line', '{"id":"a"}\n\n{"id":"b","name":null,"at":3}\n', 2],
  ])('is read as rows by a source of tables when it is JSON: %s', async (_, payload, received) => {
    const { requests, raws } = desk();
    const faulty = await requests.answer({ source: 'shop', payload });
    expect(faulty).toMatchObject({ received });
    expect(faulty.error).toBeUndefined();
    expect(raws()).toHaveLength(received);
  });

  test('keeps each field of a JSON object as a cell, whatever stands in it', () => {
    expect(rowsOfJson('[{"id":"a","note":"x,\\"y\\"\\nz"},{"id":1.5,"more":{"a":[true]}}]')).toBe(
      'id,note,more\na,"x,""y""\nz",\n1.5,,"{""a"":[true]}"',
    );
  });

  test('is counted under one name a day, so that messages leave no count each', async () => {
    const { requests, bodies } = desk({ format: 'ndjson' });
    await requests.answer({ source: 'shop', payload: '{"id":"a"}' });
    await requests.answer({ source: 'shop', payload: '{"id":"b"}' });
    await requests.answer({ source: 'shop', payload: '{"id":"c"}', feed: 'mine' });
    expect(new Set(bodies.map(({ feed }) => feed)).size).toBe(2);
    expect(bodies.at(-1)?.feed).toBe('mine');
  });

  test('is answered busy, with a time, when a partition has too much to do', async () => {
    const { requests } = desk({ unapplied: () => 9, budget: 1 });
    const rows = Array.from({ length: 2000 }, (_, n) => `c${n},A,x\n`).join('');
    const answer = await requests.answer({ source: 'shop', payload: `id,name,at\n${rows}` });
    expect(answer.error?.code).toBe('MF_FEED_BUSY');
    expect(answer.retryAfterMs).toBeGreaterThan(0);
    expect(answer.received).toBe(answer.receipts.length);
  });

  test('is answered with what is wrong: an unknown source, an edited one, a payload that is no JSON', async () => {
    const edited = async (): Promise<void> => {
      throw new MasterflagError('MF_SOURCE_EDITED', 'version 1 of shop says something else');
    };
    const codes = [
      await desk().requests.answer({ source: 'shoop', payload: '{}' }),
      await desk({ admit: edited }).requests.answer({ source: 'shop', payload: 'id,name,at\n' }),
      await desk().requests.answer({ source: 'shop', payload: '{"id":"a"}\n{"id":' }),
    ].map(({ error }) => error?.code);
    expect(codes).toEqual(['MF_SOURCE_UNKNOWN', 'MF_SOURCE_EDITED', 'MF_RECORD_JSON']);
  });

  test('is admitted once, not with every message', async () => {
    let admitted = 0;
    const { requests } = desk({
      admit: async () => {
        admitted += 1;
      },
    });
    for (let n = 0; n < 3; n++) await requests.answer({ source: 'shop', payload: `id,name,at\n${n},A,x\n` });
    expect(admitted).toBe(1);
  });
});
