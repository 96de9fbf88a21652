import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, jest, test } from '@jest/globals';
import { openReader } from '../../store/sqlite/reader.ts';
import { storeReads } from '../../store/sqlite/reads.ts';
import { logReads } from '../../streams/sqlite/reads.ts';
import { openEmbedded, temporaryFolders, type Embedded } from './embedded.ts';

const newFolder = temporaryFolders();

const WRITER = new URL('./kill-writer.ts', import.meta.url);

/** Each kill comes after another number of acknowledgements, so that it meets other moments of a group. */
const ACKNOWLEDGED = [1, 2, 7, 40];

/** Starts of processes on a busy machine. */
jest.setTimeout(30_000);

/** Runs the writer until it has acknowledged so many commits, then kills it without warning. */
async function killed(folder: string, after: number): Promise<number> {
  const child = fork(WRITER, [folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  let acknowledged = 0;
  child.on('message', (seq: number) => {
    acknowledged = Math.max(acknowledged, seq);
    if (acknowledged >= after) child.kill('SIGKILL');
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

/** Every commit wrote one document, two effects and one event; half a commit would make these differ. */
async function written({ log, store }: Pick<Embedded, 'log' | 'store'>): Promise<number[]> {
  const limit = { messages: 1_000_000, bytes: 1e9 };
  const effects = (await log.read('customer.0', 'fast', 0, limit)).map(({ body }) => body);
  const events = await log.readEvents('order.0', 0, limit);
  const documents = await store.count('mall.orders');
  const seq = (await store.checkpoint('order.0'))?.seq ?? 0;
  expect(effects).toEqual(Array.from({ length: seq }, (_, n) => [`${n + 1}/0`, `${n + 1}/1`]).flat());
  return [seq, effects.length / 2, events.length, documents];
}

describe('kill -9 of the owner', () => {
  test.each(ACKNOWLEDGED)(
    'after %i acknowledged commits leaves all of them, whole, and the folder free',
    async (after) => {
      const folder = newFolder();
      for (let before = 0, round = 0; round < 2; round++) {
        const acknowledged = await killed(folder, before + after);
        const data = openEmbedded(folder);
        const [seq = 0, ...others] = await written(data);
        expect(seq).toBeGreaterThanOrEqual(acknowledged);
        expect(others).toEqual([seq, seq, seq]);
        expect(data.file.get('PRAGMA integrity_check', [])).toEqual(['ok']);
        await data.close();
        before = seq;
      }
    },
  );

  test('leaves a data set that a reader can open before any owner does', async () => {
    const folder = newFolder();
    const acknowledged = await killed(folder, 20);
    const reader = openReader(folder);
    expect((await storeReads(reader).checkpoint('order.0'))?.seq).toBeGreaterThanOrEqual(acknowledged);
    expect((await logReads(reader).eventsTail('order.0')).seq).toBeGreaterThanOrEqual(acknowledged);
    reader.close();
  });
});
