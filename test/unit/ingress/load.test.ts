import { expect, test } from '@jest/globals';
import type { PartitionId } from '../../../schemas/partition.ts';
import { Load } from '../../../streams/ingress/load.ts';

const P: PartitionId = 'order.0';
const Q: PartitionId = 'order.1';

/** A partition of which nothing is applied, and whoever lets messages into it when he may. */
function partition({ budget = 32, unapplied = 0 } = {}) {
  const state = { unapplied, asked: 0, now: 0 };
  const ask = (): number => {
    state.asked += 1;
    return state.unapplied;
  };
  const load = new Load(ask, budget, () => state.now);
  const letIn = async (most: number): Promise<void> => {
    for (let n = 0; n < most && !(await load.isOver(P)); n++) {
      load.letIn(P);
      state.unapplied += 1;
    }
  };
  return { state, load, letIn };
}

test('a partition far below its budget is asked once', async () => {
  const { state, letIn } = partition();
  await letIn(16);
  expect(state.asked).toBe(1);
});

test('one that nears its budget is asked for every message, and never goes beyond it by more than one', async () => {
  const { state, letIn } = partition();
  await letIn(1000);
  expect(state.unapplied).toBe(33);
});

test('one that keeps up is asked for every half of its budget', async () => {
  const { state, letIn } = partition();
  for (let n = 0; n < 1000; n++) {
    await letIn(1);
    state.unapplied = 0;
  }
  expect(state.asked).toBeLessThan(1000 / 16 + 2);
});

test('an answer is not believed for longer than a second, since others append too', async () => {
  const { state, load } = partition();
  expect(await load.isOver(P)).toBe(false);
  state.unapplied = 100;
  state.now = 999;
  expect(await load.isOver(P)).toBe(false);
  state.now = 1000;
  expect(await load.isOver(P)).toBe(true);
});

test('one that was over its budget is asked again each time', async () => {
  const { state, load } = partition({ unapplied: 100 });
  expect(await load.isOver(P)).toBe(true);
  state.unapplied = 0;
  expect(await load.isOver(P)).toBe(false);
});

test('partitions are apart', async () => {
  const { state, load } = partition();
  await load.isOver(P);
  await load.isOver(Q);
  expect(state.asked).toBe(2);
});

test('what is let in while it is asked counts', async () => {
  let answer = (_unapplied: number): void => undefined;
  let asked = 0;
  const load = new Load(
    () => {
      asked += 1;
      return new Promise<number>((resolve) => (answer = resolve));
    },
    32,
    () => 0,
  );
  const asking = load.isOver(P);
  for (let n = 0; n < 17; n++) load.letIn(P);
  answer(0);
  await asking;
  void load.isOver(P);
  expect(asked).toBe(2);
});

test('several processes go beyond the budget by half of it each', async () => {
  const shared = { unapplied: 0 };
  const loads = Array.from(
    { length: 4 },
    () =>
      new Load(
        () => shared.unapplied,
        32,
        () => 0,
      ),
  );
  let letIn = true;
  while (letIn) {
    letIn = false;
    for (const load of loads) {
      if (await load.isOver(P)) continue;
      load.letIn(P);
      shared.unapplied += 1;
      letIn = true;
    }
  }
  expect(shared.unapplied).toBeLessThanOrEqual(32 + 3 * 16 + 1);
});
