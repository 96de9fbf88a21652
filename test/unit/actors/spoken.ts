import type { ActorMessage, Decision, Effect } from '../../../actors/actor.ts';
import type { CanonicalBodies } from '../../../schemas/canonical/canonical.ts';
import { Miniature, type Said } from './miniature.ts';
import { header, ORDER, part } from './scenario.ts';

export function given(...parts: readonly Said[]): Miniature {
  const world = new Miniature();
  for (const said of parts) world.batch([said]);
  return world;
}

export function hears({ name, key, part: data }: Said): ActorMessage {
  return { type: 'part', name, key, data, now: 1714557600000 };
}

export const note = (text: string): ActorMessage => ({
  type: 'command',
  name: 'note',
  key: ORDER,
  data: { text },
  now: 1714557600000,
});

export const typesOf = (decision: Decision): string[] =>
  decision.verdict === 'accepted' ? decision.events.map(({ type }) => type) : [];

export const effectsOf = (decision: Decision): readonly Effect[] =>
  decision.verdict === 'accepted' ? (decision.effects ?? []) : [];

export const orderBody = (world: Miniature): object | undefined => world.body('mall.orders', ORDER);

export const stated = (change: Partial<CanonicalBodies['order']>, order: readonly number[] = [9]): Said =>
  part('order', { ...header, ...change }, { order });
