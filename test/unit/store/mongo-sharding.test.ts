import { expect, test } from '@jest/globals';
import { COLLECTIONS } from '../../../config/tasks.ts';
import { SHARD_KEYS } from '../../../store/mongo/sharding.ts';

test('every collection has a shard key, of which every write names all', () => {
  expect([...SHARD_KEYS.keys()].sort()).toEqual([...COLLECTIONS, 'master.checkpoints'].sort());
  for (const key of SHARD_KEYS.values()) expect(Object.keys(key)).toEqual(['_id']);
});

test('the records of an entity stay together; ids that may rise with time are spread', () => {
  expect(SHARD_KEYS.get('mall.payments')).toEqual({ _id: 1 });
  expect(SHARD_KEYS.get('master.checkpoints')).toEqual({ _id: 'hashed' });
  expect(SHARD_KEYS.get('management.feeds')).toEqual({ _id: 'hashed' });
});
