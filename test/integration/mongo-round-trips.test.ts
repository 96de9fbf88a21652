import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CEILINGS } from '../../bench/cluster/ceilings.ts';
import { mostPerCommit, perRecord, roundTrips, type RoundTrips } from '../../bench/cluster/round-trips.ts';
import { writeOrders } from '../../bench/orders.ts';
import { HAS_MONGO, mongoForFile } from '../servers/mongo.ts';

/** Enough that batches are whole. */
const ORDERS = 2000;

(HAS_MONGO ? describe : describe.skip)('the engine asks of MongoDB', () => {
  const given = HAS_MONGO ? mongoForFile('round_trips') : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'masterflag-round-trips-'));
  let seen: RoundTrips;

  beforeAll(async () => {
    const { url = '', database = '' } = (await given?.()) ?? {};
    const file = join(folder, 'orders.ndjson');
    await writeOrders(file, ORDERS);
    seen = await roundTrips(url, database, file, ORDERS);
  }, 120_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('one write of the checkpoint in each commit, and nothing of it beside', () => {
    expect(seen.commits.length).toBeGreaterThan(50);
    expect(mostPerCommit(seen.commits).checkpointWrites).toBe(CEILINGS.checkpointWritesPerCommit);
  });

  test('at most one bulk write a collection in each commit', () => {
    expect(mostPerCommit(seen.commits).bulkWrites).toBe(CEILINGS.bulkWritesPerCommit);
  });

  test('at most one read a collection for each commit', () => {
    expect(mostPerCommit(seen.commits).reads).toBe(CEILINGS.readsPerCommit);
  });

  test('few round trips and bytes of a new record', () => {
    const { commands, sent } = perRecord(seen.first);
    expect(commands).toBeLessThan(CEILINGS.roundTripsPerRecord);
    expect(sent).toBeLessThan(CEILINGS.bytesPerRecord);
  });

  test('fewer of one that was there before', () => {
    const { commands, sent, received } = perRecord(seen.again);
    expect(commands).toBeLessThan(CEILINGS.roundTripsPerDuplicate);
    expect(sent).toBeLessThan(CEILINGS.bytesPerDuplicate);
    expect(received).toBeLessThan(CEILINGS.bytesReceivedPerDuplicate);
  });
});
