import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Cluster } from '../servers/cluster.ts';
import { HAS_SERVERS } from '../servers/cluster-servers.ts';
import { SAMPLE } from './command.ts';
jest.setTimeout(120_000);
(HAS_SERVERS ? describe : describe.skip)('three nodes', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start();
    const t = Date.now();
    await cluster.startNodes('n1', 'n2', 'n3');
    console.error('nodes', Date.now() - t);
  });
  afterAll(() => cluster.stop());
  test('feed', async () => {
    expect(await cluster.json('feed', 'online-retail', SAMPLE)).toMatchObject({ received: 3108, accepted: 3064 });
    const t = Date.now();
    console.error((await cluster.run('nodes')).stdout, Date.now() - t);
  });
});
