import type { CanonicalBodies } from '../../../schemas/canonical/canonical.ts';
import { fingerprint, matchingKey } from '../../../schemas/key.ts';
import { chooser, shuffled } from './chooser.ts';
import { Miniature, type Said } from './miniature.ts';

export type Source = 'erp' | 'mall' | 'till' | 'web';

export function customerKey(source: Source, id: string): string {
  return matchingKey('main', 'customer', source, id);
}

export function enterpriseKey(source: Source, id: string): string {
  return matchingKey('main', 'enterprise', source, id);
}

/** A source describes its customer; `state` orders what it says of the same one. */
export function customerSaid(source: Source, body: CanonicalBodies['customer'], state = 1): Said {
  return said('customer', customerKey(source, body.id), source, body, state);
}

export function enterpriseSaid(source: Source, body: CanonicalBodies['enterprise'], state = 1): Said {
  return said('enterprise', enterpriseKey(source, body.id), source, body, state);
}

/** An order of a customer, of one line that an enterprise sold. */
export function orderSaid(number: string, customer: string, total: number, enterprise?: string): Said {
  const line = { quantity: 1, amount: total, currency: 'EUR', ...(enterprise !== undefined && { enterprise }) };
  const body: CanonicalBodies['order'] = { number, type: 'sale', currency: 'EUR', customer, lines: [line] };
  return said('order', matchingKey('main', 'order', 'mall', number), 'mall', body, 1);
}

function said(name: Said['name'], key: string, source: string, body: object, state: number): Said {
  const hash = fingerprint(JSON.stringify(body));
  return { name, key, part: { v: 2, source, slot: '1', merge: 'replace', order: [state], hash, version: 1, body } };
}

/** A run over a set of parts in an order and with interleavings that the seed chooses. */
export function lived(parts: readonly Said[], seed: number): Miniature {
  const choose = chooser(seed);
  const feed = shuffled(parts, choose);
  const world = new Miniature(choose);
  while (feed.length > 0) world.batch(feed.splice(0, 1 + choose(4)));
  world.settle();
  return world;
}

/** Every part alone, in the order given, and nothing heard before the one before it is through. */
export function inOrder(parts: readonly Said[]): Miniature {
  const world = new Miniature();
  for (const one of parts) {
    world.batch([one]);
    world.settle();
  }
  return world;
}

export function command(world: Miniature, key: string, name: 'join' | 'split', data: object): string {
  const { verdict } = world.hear({ type: 'command', name, key, data, now: 1_714_557_600_000 });
  world.settle();
  return verdict;
}
