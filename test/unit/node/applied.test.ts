import { describe, expect, test } from '@jest/globals';
import { Applied } from '../../../actors/node/applied.ts';
import { News } from '../../../actors/node/news.ts';
import { unopened } from '../../../schemas/checkpoint.ts';
import type { Lane, PartitionId } from '../../../schemas/partition.ts';
import { progressOf } from '../../../store/store.ts';

/** Partitions whose positions a test moves. */
function setOf(counts: Readonly<Record<string, number>>) {
  const news = new News();
  const after = new Map<string, number>();
  const tails = new Map<string, number>();
  const seqs = new Map<PartitionId, number>();
  const applied = new Applied({
    counts,
    news: (partition) => news.of(partition),
    log: {
      pending: async (partition, lane, from, most) =>
        Math.min(most, Math.max(0, (tails.get(`${partition}/${lane}`) ?? 0) - from)),
    },
    store: {
      progress: async (partitions = [...seqs.keys()]) =>
        partitions
          .filter((id) => seqs.has(id))
          .map((id) => ({
            ...progressOf(unopened(id)),
            seq: seqs.get(id) ?? 0,
            positions: {
              fast: { after: after.get(`${id}/fast`) ?? 0, skip: 0 },
              bulk: { after: after.get(`${id}/bulk`) ?? 0, skip: 0 },
            },
          })),
    },
  });
  const append = (partition: PartitionId, lane: Lane, tail: number): void =>
    void tails.set(`${partition}/${lane}`, tail);
  const apply = (partition: PartitionId, lane: Lane, upTo: number): void => {
    after.set(`${partition}/${lane}`, upTo);
    seqs.set(partition, (seqs.get(partition) ?? 0) + 1);
    news.settled(partition);
  };
  return { applied, append, apply };
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const waiting = Symbol('waiting');
  await new Promise(setImmediate);
  return (await Promise.race([promise, Promise.resolve(waiting)])) === waiting;
}

describe('a data set is at rest', () => {
  test('when every lane of every partition is applied, those included that nobody has opened yet', async () => {
    const { applied, append, apply } = setOf({ order: 2 });
    append('order.0', 'bulk', 3);
    append('order.1', 'fast', 1);
    const idle = applied.idle();
    expect(await isPending(idle)).toBe(true);
    apply('order.0', 'bulk', 3);
    expect(await isPending(idle)).toBe(true);
    apply('order.1', 'fast', 1);
    await idle;
  });

  test('not while what was applied sends something on', async () => {
    const { applied, append, apply } = setOf({ order: 2 });
    append('order.1', 'bulk', 1);
    const idle = applied.idle();
    await isPending(idle);
    append('order.0', 'fast', 1);
    apply('order.1', 'bulk', 1);
    expect(await isPending(idle)).toBe(true);
    apply('order.0', 'fast', 1);
    await idle;
  });
});

describe('what a partition has not applied', () => {
  test('is counted up to the most that is asked for', async () => {
    const { applied, append, apply } = setOf({ order: 1 });
    append('order.0', 'bulk', 9);
    expect(await applied.unapplied('order.0', 5)).toBe(5);
    apply('order.0', 'bulk', 7);
    expect(await applied.unapplied('order.0', 5)).toBe(2);
  });

  test('is waited for up to a position', async () => {
    const { applied, append, apply } = setOf({ order: 1 });
    append('order.0', 'bulk', 9);
    const reached = applied.upTo('order.0', 5);
    apply('order.0', 'bulk', 4);
    expect(await isPending(reached)).toBe(true);
    apply('order.0', 'bulk', 6);
    await reached;
  });
});
