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
        await turnstile.pass(partition);
        turns.push(turn);
      }),
    );
    clearInterval(counting);
    expect(new Set(turns).size).toBe(3);
  });

  test('lets partitions that somebody waits for go first, and only as long as somebody does', async () => {
    const turnstile = new Turnstile();
    const passed: PartitionId[] = [];
    const pass = async (partition: PartitionId): Promise<void> => {
      await turnstile.pass(partition);
      passed.push(partition);
    };
    const arrived = turnstile.hurry('order.2');
    await Promise.all([pass('order.0'), pass('order.1'), pass('order.2')]);
    arrived();
    await Promise.all([pass('order.0'), pass('order.2')]);
    expect(passed).toEqual(['order.2', 'order.0', 'order.1', 'order.0', 'order.2']);
  });
});
