import { beforeEach, expect, test } from '@jest/globals';
import { kindsOf } from '../../../actors/node/kinds.ts';
import { realTime } from '../../../actors/partition/clock.ts';
import { LIMITS } from '../../../actors/partition/limits.ts';
import { UNHURRIED } from '../../../actors/partition/precedence.ts';
import { RULES } from '../../../actors/partition/rules.ts';
import { PartitionWorker } from '../../../actors/partition/worker.ts';
import { createMatching } from '../../../actors/party/matching.ts';
import type { CommandBody } from '../../../schemas/inbox.ts';
import { matchingKey } from '../../../schemas/key.ts';
import { simulatedLog, simulatedStore, type Followers } from '../../simulation/adapters.ts';
import { LogServer, SERVER_RULES, StoreServer } from '../../simulation/servers.ts';
import { LINE } from './workbench.ts';

const PARTITION = 'order.0';

/** One worker whose rests end when the test says so. */
class Bench {
  /** How many messages each commit took. */
  readonly commits: number[] = [];
  isAwaited = false;
  private readonly log = new LogServer(SERVER_RULES, () => Date.now());
  private readonly followers: Followers = new Map();
  private readonly rests = new Set<() => void>();
  private readonly worker: PartitionWorker;
  private readonly running: Promise<void>;
  private settled: () => void = () => undefined;
  private sent = 0;
  private taken = 0;

  constructor() {
    this.worker = new PartitionWorker({
      ...{ partition: PARTITION, owner: 'the test', stages: [], counts: { order: 1 }, rules: RULES, limits: LIMITS },
      log: simulatedLog(this.log, LINE, this.followers),
      store: simulatedStore(new StoreServer(SERVER_RULES), LINE),
      clock: {
        ...realTime,
        after: (ms, callback) => {
          if (ms !== LIMITS.batchEveryMs) return realTime.after(ms, callback);
          this.rests.add(callback);
          return () => this.rests.delete(callback);
        },
      },
      precedence: { ...UNHURRIED, isAwaited: () => this.isAwaited },
      actors: kindsOf(createMatching({ key: 'a secret of the test' })),
      observer: {
        opened: () => undefined,
        settled: ({ positions }) => {
          this.commits.push(positions.fast.after - this.taken);
          this.taken = positions.fast.after;
          this.settled();
        },
        answered: () => undefined,
        repaired: () => undefined,
      },
    });
    this.running = this.worker.run();
  }

  send(messages: number): void {
    const bodies = Array.from({ length: messages }, () => {
      const idempotencyKey = `note ${this.sent++}`;
      const key = matchingKey('main', 'order', 'test', idempotencyKey);
      const body: CommandBody = { v: 1, type: 'command', key, name: 'note', data: {}, idempotencyKey };
      return JSON.stringify(body);
    });
    this.log.append(PARTITION, 'fast', bodies);
    for (const wake of this.followers.get(PARTITION) ?? []) wake();
  }

  async committed(): Promise<void> {
    while (this.taken < this.sent) await new Promise<void>((resolve) => (this.settled = resolve));
  }

  /** Whatever can happen without time going on has happened. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  endRest(): void {
    const [rest] = this.rests;
    if (rest === undefined) throw new RangeError('the worker does not rest');
    this.rests.delete(rest);
    rest();
  }

  async stop(): Promise<number> {
    this.worker.stop();
    await this.running;
    return this.rests.size;
  }
}

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

test('the first of some messages is heard at once, those that come during the rest after it in one batch', async () => {
  bench.send(1);
  await bench.committed();
  bench.send(1);
  bench.send(2);
  await bench.quiet();
  expect(bench.commits).toEqual([1]);
  bench.endRest();
  await bench.committed();
  expect(bench.commits).toEqual([1, 3]);
  expect(await bench.stop()).toBe(0);
});

test('no rest follows a batch that was at least half full', async () => {
  bench.send(LIMITS.bulkItems / 2);
  await bench.committed();
  bench.send(1);
  await bench.committed();
  expect(bench.commits).toEqual([LIMITS.bulkItems / 2, 1]);
  await bench.stop();
});

test('whoever waits for an answer waits for no rest', async () => {
  bench.send(1);
  await bench.committed();
  bench.isAwaited = true;
  bench.send(1);
  await bench.committed();
  expect(bench.commits).toEqual([1, 1]);
  await bench.stop();
});

test('a worker that rests stops at once', async () => {
  bench.send(1);
  await bench.committed();
  bench.send(1);
  expect(await bench.stop()).toBe(0);
  expect(bench.commits).toEqual([1]);
});
