import { openFile } from '../../store/sqlite/file.ts';
import { sqliteStore, STORE_TABLES } from '../../store/sqlite/store.ts';
import { sqliteLog } from '../../streams/sqlite/log.ts';
import { LOG_TABLES } from '../../streams/sqlite/statements.ts';

/** Commits without end, with bulk appends beside it, and tells its parent of every acknowledgement. */
const file = openFile(process.argv[2] ?? '', { tables: [...LOG_TABLES, ...STORE_TABLES] });
const log = sqliteLog(file);
const store = sqliteStore(file, { publisher: log.publisher });

async function commits(): Promise<never> {
  let own = { ...(await store.takeOver('order.0', 'child')), openings: 0 };
  for (;;) {
    const seq = own.seq + 1;
    own = { ...own, seq };
    const id = `order ${seq}`;
    const changes = [
      { collection: 'mall.orders', id, version: 1, partition: own.id, seq, at: 1, json: '{}', meta: '', keys: [null] },
    ];
    const effects = [{ to: 'customer.0' as const, chunks: [`${seq}/0`, `${seq}/1`] }];
    const result = await store.commit({ ...own, changes, outbox: { effects, events: [`[${seq}]`] } });
    if (result !== 'settled') throw new Error(result);
    process.send?.(seq);
  }
}

async function appends(): Promise<never> {
  for (;;) await log.append('order.0', 'bulk', ['x'.repeat(50_000), 'y']);
}

await Promise.all([commits(), appends(), appends()]);
