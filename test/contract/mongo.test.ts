import { afterAll, describe, jest, test } from '@jest/globals';
import { COLLECTIONS } from '../../config/tasks.ts';
import { CHECKPOINTS } from '../../store/mongo/checkpoints.ts';
import { connectMongo, type MongoConnection } from '../../store/mongo/connection.ts';
import { ensureIndexes } from '../../store/mongo/indexes.ts';
import { mongoStore } from '../../store/mongo/store.ts';
import { HAS_MONGO, mongoForFile } from '../servers/mongo.ts';
import { adoptionContract } from './adoption.contract.ts';
import { storeContract } from './store.contract.ts';

if (HAS_MONGO) {
  // Seconds of a stand-in that reads a whole collection for one document.
  jest.setTimeout(60_000);
  const given = mongoForFile('contract');
  let connection: MongoConnection | undefined;
  afterAll(() => connection?.close());

  /** Emptied, and not dropped: to make all indexes anew takes longer than a test. */
  const emptied = async (): Promise<MongoConnection> => {
    if (connection === undefined) {
      connection = await connectMongo(await given());
      await ensureIndexes(connection.db);
    }
    const { db } = connection;
    await Promise.all([...COLLECTIONS, CHECKPOINTS].map((name) => db.collection(name).deleteMany({})));
    return connection;
  };

  storeContract('mongo', async () => mongoStore(await emptied()));
  adoptionContract('mongo', async () => mongoStore(await emptied()));
} else {
  describe.skip('store: mongo', () => {
    test('keeps the contract of the store', () => undefined);
  });
}
