import { Errors, type BrokerOptions } from 'moleculer';
import { natsOptions } from './config/nats.ts';
import { isErrorCode, MasterflagError } from './schemas/errors.ts';
import type { Settings } from './schemas/settings.ts';

/** An error of the catalogue keeps its code on the way from one node to another. */
class CatalogueErrors extends Errors.Regenerator {
  override restoreCustomError(...[plain]: Parameters<Errors.Regenerator['restoreCustomError']>): Error {
    const code = String(plain.code);
    // What is not restored here is restored by Moleculer itself, which its types do not say.
    return (isErrorCode(code) ? new MasterflagError(code, plain.message) : undefined) as Error;
  }
}

/**
 * Broker options of a Masterflag node: embedded one process without a transporter, on a cluster over NATS. What actors
 * say to one another never goes through the broker but through the log, so nothing here can lose or repeat it; the
 * broker carries questions, the commands' answers, and who is alive.
 */
export function brokerOptions(
  nodeID: string,
  { natsUrl, cluster, heartbeatSeconds }: Pick<Settings, 'natsUrl' | 'cluster' | 'heartbeatSeconds'>,
): BrokerOptions {
  return {
    namespace: cluster,
    nodeID,
    transporter:
      natsUrl === '' ? null : { type: 'NATS', options: { ...natsOptions(natsUrl), maxReconnectAttempts: -1 } },
    // Three may be lost before a node counts as gone.
    heartbeatInterval: heartbeatSeconds / 4,
    heartbeatTimeout: heartbeatSeconds,
    logger: false,
    errorRegenerator: new CatalogueErrors(),
    // Commands are idempotent by their key, but whether to send one again is for its author to say.
    retryPolicy: { enabled: false },
    requestTimeout: 30_000,
    // A client that is slow must not make the broker refuse others: every action has its own bound.
    bulkhead: { enabled: false },
    hotReload: false,
    skipProcessEventRegistration: true,
  };
}

export default brokerOptions(`node-${process.pid}`, { natsUrl: '', cluster: 'masterflag', heartbeatSeconds: 5 });
