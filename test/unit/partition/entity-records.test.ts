import { describe, expect, test } from '@jest/globals';
import type { RecordWrite } from '../../../actors/actor.ts';
import { EntityRecords } from '../../../actors/partition/entity-records.ts';

function write(
  id: string,
  body: RecordWrite['body'],
  collection: RecordWrite['collection'] = 'master.claims',
): RecordWrite {
  return { collection, id, body };
}

describe('of a record that was written twice, only the last is kept', () => {
  const [gone, back, other] = [write('a', null), write('a', { v: 1 }), write('b', { v: 1 })];

  test.each<readonly [string, readonly (readonly RecordWrite[])[]]>([
    ['by one projection of several events', [[gone, other, back]]],
    ['by one after another', [[gone, other], [back]]],
  ])('%s', (_, lists) => {
    const records = new EntityRecords();
    for (const list of lists) records.add(list);
    expect([...records.newest()]).toEqual([back, other]);
    expect(records.get(gone)).toBe(back);
  });

  test('but records of one id in two collections are two', () => {
    const records = new EntityRecords();
    const place = write('a', { v: 1 }, 'master.places');
    records.add([gone, place]);
    expect([...records.newest()]).toEqual([gone, place]);
  });
});
