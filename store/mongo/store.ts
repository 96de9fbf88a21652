import type { Adoption } from '../adoption.ts';
import type { Store } from '../store.ts';
import { applyChanges } from './apply.ts';
import { insertCheckpoint, replaceCheckpoint, takeOver } from './checkpoints.ts';
import { connectMongo, type MongoConnection, type MongoConnectionOptions } from './connection.ts';
import { mapped } from './errors.ts';
import { ensureIndexes } from './indexes.ts';
import { mongoReads } from './reads.ts';

export type MongoStore = Store & Adoption;

/**
 * Connects, makes the indexes that are not there, and opens the store. Closing it closes the connection.
 * @throws MF_STORE_UNREACHABLE, MF_STORE_DENIED, MF_STORE_VERSION, MF_STORE_INDEXES, MF_SETTINGS_INVALID
 */
export async function openMongoStore(options: MongoConnectionOptions): Promise<MongoStore> {
  const connection = await connectMongo(options);
  try {
    await ensureIndexes(connection.db);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { ...mongoStore(connection), close: () => connection.close() };
}

/** The store over a connection; whoever connected closes it, and sees to the indexes. */
export function mongoStore(connection: MongoConnection): MongoStore {
  return {
    ...mongoReads(connection),
    takeOver: (partition, owner) => mapped(`take-over of ${partition}`, () => takeOver(connection, partition, owner)),
    commit: async (next) =>
      (await mapped(`commit ${next.seq} of ${next.id}`, () => replaceCheckpoint(connection, next)))
        ? 'committed'
        : 'refused',
    apply: async (changes) => applyChanges(connection, changes),
    adopt: (checkpoint) => mapped(`adopting ${checkpoint.id}`, () => insertCheckpoint(connection, checkpoint)),
    close: async () => undefined,
  };
}
