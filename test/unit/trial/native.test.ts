import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { readSource, SHIPPED_SOURCES } from '../../../config/sources.ts';
import { CANONICAL } from '../../../schemas/canonical/canonical.ts';
import { Trial } from '../../../streams/trial/trial.ts';

const file = readSource(join(SHIPPED_SOURCES, 'native.yaml'));

test('native takes every canonical message with every field that a sender may give', () => {
  const taken = Object.entries(file.source.records).map(([name, { parts }]) => [
    name,
    Object.keys(parts[0]?.fields ?? {}).sort(),
  ]);
  const declared = Object.entries(CANONICAL).map(([name, { body }]) => {
    return [
      name,
      Object.keys(body.properties)
        .filter((field) => field !== 'original')
        .sort(),
    ];
  });
  expect(taken).toEqual(declared);
});

test('a record with something else where a condition looks for text is of no kind, and stops nobody', () => {
  const tried = new Trial(readSource(join(SHIPPED_SOURCES, 'stripe.yaml'))).given({ object: { id: 1 } }, undefined);
  expect(tried).toMatchObject({ verdict: 'quarantined', problem: { code: 'MF_FEED_UNRECOGNISED' } });
  const odd = new Trial(file).given({ name: {}, id: '1', body: { number: '1' } }, undefined);
  expect(odd).toMatchObject({ verdict: 'quarantined', problem: { code: 'MF_FEED_UNRECOGNISED' } });
});

test('a skipped record tells the reason that its source gives', () => {
  const shop = new Trial(readSource(join(SHIPPED_SOURCES, 'shopify.yaml')));
  const draft = shop.given({ draft_order: { id: 1 } }, undefined);
  expect([draft.verdict, draft.reason]).toEqual([
    'skipped',
    'a draft is an offer; the order that it becomes comes by itself',
  ]);
  const customer = shop.given({ id: 1, addresses: [] }, undefined);
  expect([customer.verdict, customer.reason]).toEqual(['accepted', '']);
});
