import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LANES, type Lane, type PartitionId } from '../../schemas/partition.ts';
import type { Log, ReadLimit } from '../../streams/log.ts';

/** Anything that is younger than every message. */
const ALL_AGES = Number.MAX_SAFE_INTEGER;

const ALL: ReadLimit = { messages: 1000, bytes: 1e9 };

const P: PartitionId = 'order.0';
const Q: PartitionId = 'order.1';

/** What streams/log.ts promises, for any adapter. Each test starts with the empty log that `open` gives. */
export function logContract(name: string, open: () => Promise<Log>): void {
  describe(`log: ${name}`, () => {
    let log: Log;

    beforeEach(async () => {
      log = await open();
    });

    afterEach(async () => {
      await log.close();
    });

    const bodies = async (partition: PartitionId, lane: Lane, after = 0, limit = ALL): Promise<string[]> =>
      (await log.read(partition, lane, after, limit)).map(({ body }) => body);

    const appliedAll = async (partition: PartitionId): Promise<Record<Lane, number>> => ({
      fast: await log.tail(partition, 'fast'),
      bulk: await log.tail(partition, 'bulk'),
    });

    describe('identity', () => {
      test('names the log, always the same', async () => {
        const identity = await log.identity(P);
        expect(identity).not.toBe('');
        await log.append(P, 'bulk', ['a']);
        expect(await log.identity(P)).toBe(identity);
      });

      test('another log has another name', async () => {
        const other = await open();
        expect(await other.identity(P)).not.toBe(await log.identity(P));
        await other.close();
      });
    });

    describe('pending', () => {
      test('counts what comes after a position in one lane, up to the most that is asked for', async () => {
        const [first = 0] = await log.append(P, 'bulk', ['a', 'b', 'c']);
        await log.append(P, 'fast', ['d']);
        expect(await log.pending(P, 'bulk', 0, 10)).toBe(3);
        expect(await log.pending(P, 'bulk', first, 10)).toBe(2);
        expect(await log.pending(P, 'bulk', 0, 2)).toBe(2);
        expect(await log.pending(P, 'fast', 0, 10)).toBe(1);
      });
    });

    describe('append and read', () => {
      test('what an append resolved for can be read, in order, at the positions it gave', async () => {
        const positions = await log.append(P, 'bulk', ['a', 'b', 'c']);
        const messages = await log.read(P, 'bulk', 0, ALL);
        expect(messages.map(({ body }) => body)).toEqual(['a', 'b', 'c']);
        expect(messages.map(({ position }) => position)).toEqual(positions);
      });

      test('positions rise within a lane and start above 0', async () => {
        const positions = [...(await log.append(P, 'bulk', ['a', 'b'])), ...(await log.append(P, 'bulk', ['c', 'd']))];
        expect(positions[0]).toBeGreaterThan(0);
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      });

      test('an append of nothing appends nothing', async () => {
        expect(await log.append(P, 'bulk', [])).toEqual([]);
        expect(await log.tail(P, 'bulk')).toBe(0);
      });

      test('lanes and partitions are apart', async () => {
        await log.append(P, 'bulk', ['bulk of p']);
        await log.append(P, 'fast', ['fast of p']);
        await log.append(Q, 'bulk', ['bulk of q']);
        expect(await bodies(P, 'bulk')).toEqual(['bulk of p']);
        expect(await bodies(P, 'fast')).toEqual(['fast of p']);
        expect(await bodies(Q, 'bulk')).toEqual(['bulk of q']);
        expect(await bodies(Q, 'fast')).toEqual([]);
      });

      test('partitions whose names begin alike are apart', async () => {
        await log.append('order.1', 'bulk', ['one']);
        await log.append('order.11', 'bulk', ['eleven']);
        expect(await bodies('order.1', 'bulk')).toEqual(['one']);
        expect(await bodies('order.11', 'bulk')).toEqual(['eleven']);
      });

      test('appends made at the same time are all kept, each in its own order', async () => {
        const groups = Array.from({ length: 20 }, (_, n) => Array.from({ length: 5 }, (__, i) => `${n}/${i}`));
        const positions = await Promise.all(groups.map((group) => log.append(P, 'bulk', group)));
        const byPosition = new Map((await log.read(P, 'bulk', 0, ALL)).map(({ position, body }) => [position, body]));
        expect(byPosition.size).toBe(100);
        expect(positions.map((given) => given.map((position) => byPosition.get(position)))).toEqual(groups);
      });

      test('a body comes back as it was, whatever it holds', async () => {
        const odd = ['', '{"a":"한국어 😀 \\u0000"}', 'line\nbreak', 'null\u0000inside', 'x'.repeat(600_000)];
        await log.append(P, 'bulk', odd);
        expect(await bodies(P, 'bulk')).toEqual(odd);
      });

      test('append times are milliseconds and never go back', async () => {
        for (let n = 0; n < 5; n++) await log.append(P, 'bulk', [String(n)]);
        const times = (await log.read(P, 'bulk', 0, ALL)).map(({ at }) => at);
        expect(times.every(Number.isInteger)).toBe(true);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      });

      test('reads only what comes after a position, oldest first', async () => {
        const [first = 0, , third = 0] = await log.append(P, 'bulk', ['a', 'b', 'c']);
        expect(await bodies(P, 'bulk', first)).toEqual(['b', 'c']);
        expect(await bodies(P, 'bulk', third)).toEqual([]);
      });

      test('reads up to the limit of messages', async () => {
        await log.append(P, 'bulk', ['a', 'b', 'c']);
        expect(await bodies(P, 'bulk', 0, { messages: 2, bytes: 1e9 })).toEqual(['a', 'b']);
      });

      test('reads up to the limit of characters', async () => {
        await log.append(P, 'bulk', ['aaaa', 'bbbb', 'c']);
        expect(await bodies(P, 'bulk', 0, { messages: 9, bytes: 8 })).toEqual(['aaaa', 'bbbb']);
        expect(await bodies(P, 'bulk', 0, { messages: 9, bytes: 7 })).toEqual(['aaaa']);
      });

      test('reads at least one message if there is one, however small the limit', async () => {
        await log.append(P, 'bulk', ['a long one', 'b']);
        expect(await bodies(P, 'bulk', 0, { messages: 9, bytes: 1 })).toEqual(['a long one']);
      });
    });

    describe('tail', () => {
      test('is 0 before the first message of the lane', async () => {
        await log.append(P, 'fast', ['another lane']);
        await log.append(Q, 'bulk', ['another partition']);
        expect(await log.tail(P, 'bulk')).toBe(0);
      });

      test('is the position of the last message', async () => {
        const positions = await log.append(P, 'bulk', ['a', 'b']);
        expect(await log.tail(P, 'bulk')).toBe(positions.at(-1));
      });

      test('stays when everything was trimmed, and the next position is above it', async () => {
        await log.append(P, 'bulk', ['a', 'b']);
        const tail = await log.tail(P, 'bulk');
        await log.trimInbox(new Map([[P, await appliedAll(P)]]), ALL_AGES);
        expect(await log.tail(P, 'bulk')).toBe(tail);
        const [next] = await log.append(P, 'bulk', ['c']);
        expect(next).toBeGreaterThan(tail);
        expect(await log.tail(P, 'bulk')).toBe(next);
      });
    });

    describe('follow', () => {
      const woken = (partition: PartitionId, lane: Lane): Promise<void> =>
        new Promise((resolve) => {
          const stop = log.follow(partition, () => {
            void log.tail(partition, lane).then((tail) => {
              if (tail === 0) return;
              stop();
              resolve();
            });
          });
        });

      test.each(LANES)('wakes after an append to the lane %s, when the message can be read', async (lane) => {
        const wake = woken(P, lane);
        await log.append(P, lane, ['a']);
        await wake;
        expect(await bodies(P, lane)).toEqual(['a']);
      });

      test('wakes every follower of the partition', async () => {
        const wakes = [woken(P, 'bulk'), woken(P, 'bulk')];
        await log.append(P, 'bulk', ['a']);
        await Promise.all(wakes);
      });

      test('wakes nobody who has stopped following', async () => {
        let stopped = 0;
        log.follow(P, () => stopped++)();
        const wake = woken(P, 'bulk');
        await log.append(P, 'bulk', ['a']);
        await wake;
        expect(stopped).toBe(0);
      });
    });

    describe('events', () => {
      const event = (seq: number, chunk = 0): { seq: number; chunk: number; body: string } => ({
        seq,
        chunk,
        body: `[${seq},${chunk}]`,
      });

      const append = async (partition: PartitionId, seq: number, expected: number, chunk = 0): Promise<number> => {
        const result = await log.appendEvents(partition, event(seq, chunk), expected);
        if (result === 'conflict') throw new Error(`conflict at ${seq}/${chunk}`);
        return result.position;
      };

      test('a subject without events has a tail of zeros', async () => {
        expect(await log.eventsTail(P)).toEqual({ position: 0, seq: 0, chunk: 0 });
        expect(await log.readEvents(P, 0, ALL)).toEqual([]);
      });

      test('are appended after the expected last message, and read in order', async () => {
        const first = await append(P, 1, 0);
        const second = await append(P, 1, first, 1);
        const third = await append(P, 2, second);
        const read = await log.readEvents(P, 0, ALL);
        expect(read.map(({ position, seq, chunk, body }) => ({ position, seq, chunk, body }))).toEqual([
          { position: first, ...event(1) },
          { position: second, ...event(1, 1) },
          { position: third, ...event(2) },
        ]);
        expect(third).toBeGreaterThan(second);
        expect(read.every(({ at }) => Number.isInteger(at))).toBe(true);
        expect(await log.eventsTail(P)).toEqual({ position: third, seq: 2, chunk: 0 });
      });

      test('are refused as a conflict when the last message is another, and change nothing', async () => {
        const first = await append(P, 1, 0);
        expect(await log.appendEvents(P, event(2), 0)).toBe('conflict');
        expect(await log.appendEvents(P, event(2), first + 1)).toBe('conflict');
        expect(await log.eventsTail(P)).toEqual({ position: first, seq: 1, chunk: 0 });
      });

      test('of two appends on the same condition exactly one happens', async () => {
        const results = await Promise.all([log.appendEvents(P, event(1), 0), log.appendEvents(P, event(1), 0)]);
        expect(results.filter((result) => result === 'conflict')).toHaveLength(1);
        expect(await log.readEvents(P, 0, ALL)).toHaveLength(1);
      });

      test('of one partition do not disturb the condition of another', async () => {
        const first = await append(P, 1, 0);
        await append(Q, 1, 0);
        await append(P, 2, first);
        expect(await log.readEvents(Q, 0, ALL)).toHaveLength(1);
      });

      test('are read after a position, up to either limit, but at least one', async () => {
        let last = 0;
        const positions: number[] = [];
        for (let seq = 1; seq <= 3; seq++) positions.push((last = await append(P, seq, last)));
        const seqs = async (after: number, limit: ReadLimit): Promise<number[]> =>
          (await log.readEvents(P, after, limit)).map(({ seq }) => seq);
        expect(await seqs(positions[0] ?? 0, ALL)).toEqual([2, 3]);
        expect(await seqs(0, { messages: 2, bytes: 1e9 })).toEqual([1, 2]);
        expect(await seqs(0, { messages: 9, bytes: 1 })).toEqual([1]);
      });

      test('are apart from the inbox', async () => {
        await append(P, 1, 0);
        expect(await log.tail(P, 'fast')).toBe(0);
        expect(await log.tail(P, 'bulk')).toBe(0);
      });

      test('older than a time are trimmed, except the last message of each subject', async () => {
        const first = await append(P, 1, 0);
        const last = await append(P, 2, first);
        await append(Q, 1, 0);
        expect(await log.trimEvents(ALL_AGES)).toBe(1);
        expect((await log.readEvents(P, 0, ALL)).map(({ seq }) => seq)).toEqual([2]);
        expect(await log.readEvents(Q, 0, ALL)).toHaveLength(1);
        expect(await log.eventsTail(P)).toEqual({ position: last, seq: 2, chunk: 0 });
        expect(await append(P, 3, last)).toBeGreaterThan(last);
      });

      test('younger than a time are not trimmed', async () => {
        const first = await append(P, 1, 0);
        await append(P, 2, first);
        const [oldest] = await log.readEvents(P, 0, ALL);
        expect(await log.trimEvents(oldest?.at ?? 0)).toBe(0);
        expect(await log.readEvents(P, 0, ALL)).toHaveLength(2);
      });
    });

    describe('trimInbox', () => {
      const nothing = { fast: 0, bulk: 0 };

      test('removes what all have applied, and says how much', async () => {
        await log.append(P, 'bulk', ['a', 'b']);
        await log.append(P, 'fast', ['c']);
        await log.append(Q, 'bulk', ['d']);
        const applied = new Map([
          [P, await appliedAll(P)],
          [Q, await appliedAll(Q)],
        ]);
        expect(await log.trimInbox(applied, ALL_AGES)).toBe(4);
        for (const partition of [P, Q]) for (const lane of LANES) expect(await bodies(partition, lane)).toEqual([]);
      });

      test('removes nothing that its partition has not applied', async () => {
        const [first = 0] = await log.append(P, 'bulk', ['a', 'b']);
        await log.append(Q, 'bulk', ['c']);
        const applied = new Map([
          [P, { fast: 0, bulk: first }],
          [Q, nothing],
        ]);
        await log.trimInbox(applied, ALL_AGES);
        expect((await bodies(P, 'bulk')).at(-1)).toBe('b');
        expect(await bodies(Q, 'bulk')).toEqual(['c']);
      });

      test('removes nothing of a partition that it is not told of', async () => {
        await log.append(P, 'bulk', ['a']);
        await log.append(Q, 'bulk', ['b']);
        await log.trimInbox(new Map([[Q, await appliedAll(Q)]]), ALL_AGES);
        expect(await bodies(P, 'bulk')).toEqual(['a']);
      });

      test('removes nothing of one lane because of the other', async () => {
        await log.append(P, 'fast', ['a']);
        await log.append(P, 'bulk', ['b']);
        await log.trimInbox(new Map([[P, { fast: 0, bulk: await log.tail(P, 'bulk') }]]), ALL_AGES);
        expect(await bodies(P, 'fast')).toEqual(['a']);
      });

      test('is not held up by a partition that has nothing waiting', async () => {
        await log.append(Q, 'bulk', ['a']);
        await log.append(P, 'bulk', ['b']);
        const applied = new Map([
          [P, await appliedAll(P)],
          [Q, await appliedAll(Q)],
        ]);
        await log.trimInbox(applied, ALL_AGES);
        expect(await bodies(P, 'bulk')).toEqual([]);
      });

      test('removes nothing that is as young as the time or younger', async () => {
        await log.append(P, 'bulk', ['a', 'b']);
        const [oldest] = await log.read(P, 'bulk', 0, ALL);
        expect(await log.trimInbox(new Map([[P, await appliedAll(P)]]), oldest?.at ?? 0)).toBe(0);
        expect(await bodies(P, 'bulk')).toEqual(['a', 'b']);
      });

      test('removes the old of a lane and keeps its young', async () => {
        await log.append(
          P,
          'bulk',
          Array.from({ length: 700 }, (_, n) => String(n)),
        );
        const tail = await log.tail(P, 'bulk');
        await log.append(P, 'bulk', ['young']);
        expect(await log.trimInbox(new Map([[P, { fast: 0, bulk: tail }]]), ALL_AGES)).toBe(700);
        expect(await bodies(P, 'bulk')).toEqual(['young']);
      });
    });
  });
}
