import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { openJetStreamLog } from '../../streams/jetstream/log.ts';
import { natsProgram, natsUrl, startNats, type NatsServer } from '../servers/nats.ts';
import { logContract } from './log.contract.ts';

const isThere = natsUrl !== undefined || natsProgram !== undefined;

(isThere ? describe : describe.skip)('on a NATS server', () => {
  let server: NatsServer | undefined;
  let servers = natsUrl ?? '';

  beforeAll(async () => {
    if (natsUrl !== undefined) return;
    server = await startNats();
    servers = server.url;
  });

  afterAll(() => server?.stop());

  logContract('jetstream', () => {
    const cluster = `test-${randomBytes(6).toString('hex')}`;
    return openJetStreamLog({ servers, cluster, counts: { order: 12 }, replicas: 1 });
  });
});
