import { describe, expect, test } from '@jest/globals';
import { MasterflagError } from '../../../schemas/errors.ts';
import { HANDOVER_MS, HEARTBEAT_MS, node, PARTITION, Stage } from './stage.ts';

/** Beside this one, the partition is mine ... */
const LESSER = 'bob';
/** ... beside this one it is not. */
const GREATER = 'ann';

async function running(options: ConstructorParameters<typeof Stage>[0] = {}): Promise<Stage> {
  const stage = new Stage(options);
  await stage.live('me', LESSER);
  void stage.host.start();
  await stage.pass(0);
  await stage.takeOver();
  return stage;
}

describe('a partition of this node', () => {
  test('is open when the start is over', async () => {
    const stage = new Stage();
    await stage.live('me');
    let isStarted = false;
    void stage.host.start().then(() => (isStarted = true));
    await stage.pass(0);
    expect([isStarted, stage.workers.length, stage.host.owned]).toEqual([false, 1, []]);
    await stage.takeOver();
    expect([isStarted, stage.host.owned]).toEqual([true, [PARTITION]]);
    expect(stage.host.ownerOf(PARTITION)).toBe('me');
  });

  test('is let go when another comes to whom it belongs, and its commit is settled', async () => {
    const stage = await running();
    stage.worker.isBusy = true;
    await stage.live('me', GREATER);
    expect([stage.worker.isStopped, stage.seen]).toEqual([true, [`opened ${PARTITION}`]]);
    stage.worker.settle();
    await stage.pass(0);
    expect([stage.host.owned, stage.seen.at(-1)]).toEqual([[], `let go ${PARTITION}`]);
    expect(stage.host.ownerOf(PARTITION)).toBe(GREATER);
  });

  test('that is to be its own again before it was let go is opened again, and never twice at once', async () => {
    const stage = await running();
    stage.worker.isBusy = true;
    await stage.live('me', GREATER);
    await stage.live('me');
    await stage.live('me', LESSER);
    expect(stage.workers.length).toBe(1);
    stage.worker.settle();
    await stage.pass(0);
    expect(stage.workers.length).toBe(2);
  });

  test.each(['MF_LOG_REPLACED', 'MF_NEWER_VERSION'] as const)('is not opened again after %s', async (code) => {
    const stage = await running();
    stage.worker.fail(new MasterflagError(code, 'for the test'));
    await stage.pass(60_000);
    expect(stage.workers.length).toBe(1);
    expect([...stage.host.failed.keys()]).toEqual([PARTITION]);
  });

  test('that fails is opened again, later each time', async () => {
    const stage = await running();
    const opened: number[] = [];
    for (let n = 0; n < 5; n++) {
      stage.worker.fail(new Error('for the test'));
      await stage.pass(0);
      const before = stage.world.now;
      while (stage.workers.length < n + 2) await stage.pass(100);
      opened.push(stage.world.now - before);
    }
    expect(opened).toEqual([100, 200, 400, 800, 1600]);
    expect(stage.seen.filter((line) => line.startsWith('failed')).length).toBe(5);
  });
});

describe('whoever takes over from one that lives', () => {
  async function waiting(): Promise<Stage> {
    const stage = new Stage();
    stage.named(`${LESSER}/7`, 3);
    await stage.live('me', LESSER);
    void stage.host.start();
    await stage.pass(0);
    return stage;
  }

  test('asks it to let go, and waits for the answer', async () => {
    const stage = await waiting();
    expect([stage.asked, stage.workers.length]).toEqual([[`${LESSER} ${PARTITION}`], 0]);
    await stage.letGo();
    expect(stage.workers.length).toBe(1);
  });

  test('takes over all the same when the time for it is over', async () => {
    const stage = await waiting();
    await stage.pass(HANDOVER_MS - 1);
    expect(stage.workers.length).toBe(0);
    await stage.pass(1);
    expect(stage.workers.length).toBe(1);
  });

  test('waits no longer when the partition goes to somebody else', async () => {
    const stage = await waiting();
    await stage.live('me', GREATER);
    expect([stage.workers.length, stage.seen]).toEqual([1, [`let go ${PARTITION}`]]);
    await stage.letGo();
    expect(stage.worker.isStopped).toBe(false);
    expect(stage.host.owned).toEqual([]);
  });

  test.each([
    ['is gone', 'zoe/7'],
    ['is an earlier life of this node', 'me/7'],
  ])('does not wait for one that %s', async (_, owner) => {
    const stage = new Stage();
    stage.named(owner, 3);
    await stage.live('me', LESSER);
    void stage.host.start();
    await stage.pass(0);
    expect([stage.asked, stage.workers.length]).toEqual([[], 1]);
  });

  test('does not wait where the store does not say who it was', async () => {
    const stage = new Stage();
    stage.answers = false;
    await stage.live('me', LESSER);
    void stage.host.start();
    await stage.pass(0);
    expect(stage.workers.length).toBe(1);
  });
});

describe('one that is asked to let go', () => {
  test('answers at once when it does not run the partition', async () => {
    const stage = await running();
    await stage.live('me', GREATER);
    await expect(stage.host.released(PARTITION)).resolves.toBeUndefined();
  });

  test('answers at once when it waits to open the partition again', async () => {
    const stage = await running();
    stage.worker.fail(new MasterflagError('MF_PARTITION_LOST', 'for the test'));
    await stage.pass(0);
    await expect(stage.host.released(PARTITION)).resolves.toBeUndefined();
  });

  test('answers when its commit is settled', async () => {
    const stage = await running();
    stage.worker.isBusy = true;
    let isReleased = false;
    void stage.host.released(PARTITION).then(() => (isReleased = true));
    await stage.live('me', GREATER);
    expect(isReleased).toBe(false);
    stage.worker.settle();
    await stage.pass(0);
    expect(isReleased).toBe(true);
  });
});

describe('a partition that was lost', () => {
  test('is not fought for before a heartbeat is over', async () => {
    const stage = await running();
    stage.named('zoe/1', 9);
    stage.worker.fail(new MasterflagError('MF_PARTITION_LOST', 'for the test'));
    await stage.pass(0);
    await stage.pass(HEARTBEAT_MS - 1);
    expect([stage.workers.length, stage.seen.at(-1)]).toEqual([1, `lost ${PARTITION}`]);
    await stage.pass(1);
    expect(stage.workers.length).toBe(2);
  });

  test.each([
    ['names an opening that is gone', 'zoe/1', 2],
    ['names it with another epoch: its own take-over happened twice', 'me/0', 2],
  ])('is found by its checkpoint where nothing is to do: it %s', async (_, owner, epoch) => {
    const stage = await running();
    await stage.pass(HEARTBEAT_MS);
    expect(stage.worker.isStopped).toBe(false);
    stage.named(owner, epoch);
    await stage.pass(HEARTBEAT_MS / 4);
    expect([stage.worker.isStopped, stage.seen.at(-1)]).toEqual([true, `lost ${PARTITION}`]);
    await stage.pass(HEARTBEAT_MS + HANDOVER_MS);
    expect(stage.workers.length).toBe(2);
  });

  test('is not taken for lost while the store does not answer', async () => {
    const stage = await running();
    stage.answers = false;
    await stage.pass(10 * HEARTBEAT_MS);
    expect(stage.worker.isStopped).toBe(false);
  });
});

describe('a node that stood still', () => {
  test('notices, lets go of everything, and owns nothing before it has heard of the others again', async () => {
    const stage = await running();
    await stage.sleep(2 * HEARTBEAT_MS);
    expect(stage.seen).toEqual([`opened ${PARTITION}`, 'slept', `let go ${PARTITION}`]);
    expect(stage.host.ownerOf(PARTITION)).toBeUndefined();
    await stage.pass(HEARTBEAT_MS - 1);
    expect(stage.workers.length).toBe(1);
    await stage.pass(HEARTBEAT_MS / 2);
    expect(stage.workers.length).toBe(2);
  });

  test('does not act on what it sees when it wakes, even where that is told first', async () => {
    const stage = await running();
    await stage.live('me', GREATER);
    const asleep = stage.sleep(2 * HEARTBEAT_MS);
    await stage.world.runFor(2 * HEARTBEAT_MS, Infinity);
    // The others seem gone, since nothing was heard of them.
    await stage.live('me');
    await asleep;
    await stage.pass(HEARTBEAT_MS / 2);
    expect([stage.workers.length, stage.host.owned]).toEqual([1, []]);
  });

  test('for a moment keeps what it has, and takes nothing new for a while', async () => {
    const stage = await running();
    await stage.sleep(HEARTBEAT_MS);
    expect([stage.worker.isStopped, stage.host.owned]).toEqual([false, [PARTITION]]);
    await stage.live('me', GREATER);
    expect(stage.worker.isStopped).toBe(false);
    await stage.pass(HEARTBEAT_MS);
    expect(stage.worker.isStopped).toBe(true);
  });

  test.each([3_600_000, -3_600_000])('is not one whose clock was put right by %i ms', async (skew) => {
    const stage = await running();
    stage.skew = skew;
    await stage.pass(3 * HEARTBEAT_MS);
    expect([stage.worker.isStopped, stage.seen]).toEqual([false, [`opened ${PARTITION}`]]);
  });
});

describe('a stop', () => {
  test('waits for the commit under way, and nothing is opened any more', async () => {
    const stage = await running();
    stage.worker.isBusy = true;
    let isStopped = false;
    void stage.host.stop().then(() => (isStopped = true));
    await stage.pass(10 * HEARTBEAT_MS);
    expect(isStopped).toBe(false);
    stage.worker.settle();
    await stage.live('me');
    await stage.pass(10 * HEARTBEAT_MS);
    expect([isStopped, stage.workers.length]).toEqual([true, 1]);
  });

  test('ends a wait at once', async () => {
    const stage = await running();
    stage.worker.fail(new MasterflagError('MF_PARTITION_LOST', 'for the test'));
    await stage.pass(0);
    await expect(stage.host.stop()).resolves.toBeUndefined();
  });
});

test('a node that drains owns nothing, says when it is idle, and owns its own again when it is back', async () => {
  const stage = await running();
  await stage.live(node('me', { draining: true }), LESSER);
  await expect(stage.host.idle()).resolves.toBeUndefined();
  expect(stage.host.ownerOf(PARTITION)).toBe(LESSER);
  await stage.live('me', LESSER);
  expect(stage.workers.length).toBe(2);
});

test('a node that has the data set to itself neither watches nor waits', async () => {
  const stage = await running({ times: { heartbeatMs: undefined, handoverMs: HANDOVER_MS } });
  stage.named('zoe/1', 9);
  await stage.sleep(10 * HEARTBEAT_MS);
  expect([stage.worker.isStopped, stage.asked, stage.seen]).toEqual([false, [], [`opened ${PARTITION}`]]);
});
