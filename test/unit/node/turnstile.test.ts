import { describe, expect, test } from '@jest/globals';
import { Turnstile } from '../../../actors/node/turnstile.ts';
import type { PartitionId } from '../../../schemas/partition.ts';

describe('the turnstile', () => {
  test('lets one partition through per turn of the event loop', async () => {
    const turnstile = new Turnstile();
    const turns: number[] = [];
    let turn = 0;
    const counting = setInterval(() => undefined, 1000);
    const count = (): void => {
      turn += 1;
      if (turns.length < 3) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(
      (['order.0', 'order.1', 'order.2'] as const).map(async (partition) => {
        await turnstile.of(partition).pass();
        turns.push(turn);
      }),
    );
    clearInterval(counting);
    expect(new Set(turns).size).toBe(3);
  });

  const recorded = (turnstile: Turnstile) => {
    const passed: PartitionId[] = [];
    const pass = async (partition: PartitionId): Promise<void> => {
      await turnstile.of(partition).pass();
      passed.push(partition);
    };
    return { passed, pass };
  };

  test('lets partitions that somebody waits for go first, and only as long as somebody does', async () => {
    const turnstile = new Turnstile();
    const { passed, pass } = recorded(turnstile);
    const arrived = turnstile.hurry('order.2');
    const all = [pass('order.0'), pass('order.1'), pass('order.2')];
    await all[2];
    arrived();
    await Promise.all([...all, pass('order.0'), pass('order.2')]);
    expect(passed).toEqual(['order.2', 'order.0', 'order.1', 'order.0', 'order.2']);
  });

  test('keeps others back while somebody waits, but for a share, and lets them go on once nobody does', async () => {
    let now = 1000;
    const turnstile = new Turnstile(() => now);
    const { passed, pass } = recorded(turnstile);
    await pass('order.0');
    const arrived = turnstile.hurry('order.2');
    const kept = pass('order.0');
    await pass('order.2');
    await pass('order.2');
    expect(passed).toEqual(['order.0', 'order.2', 'order.2']);
    now += 25;
    await pass('order.2');
    await kept;
    const again = pass('order.1');
    await pass('order.2');
    expect(passed).toEqual(['order.0', 'order.2', 'order.2', 'order.2', 'order.0', 'order.2']);
    arrived();
    await again;
    expect(passed.at(-1)).toBe('order.1');
  });

  test('tells a partition when nobody waits for it any more', () => {
    const turnstile = new Turnstile();
    const { isAwaited, onArrived } = turnstile.of('order.1');
    let told = 0;
    const ignore = onArrived(() => (told += 1));
    const arrivals = [turnstile.hurry('order.1'), turnstile.hurry('order.1')];
    arrivals[0]?.();
    expect([isAwaited(), told]).toEqual([true, 0]);
    arrivals[1]?.();
    expect([isAwaited(), told]).toEqual([false, 1]);
    ignore();
    turnstile.hurry('order.1')();
    expect(told).toBe(1);
  });
});
