import type { BrokerOptions } from 'moleculer';

/**
 * Broker options of a Masterflag node. Embedded: one process, no transporter. What actors say to one another never
 * goes through the broker but through the log, so nothing here can lose or repeat it; the broker carries questions
 * and the commands' answers.
 */
export function brokerOptions(nodeID: string): BrokerOptions {
  return {
    namespace: 'masterflag',
    nodeID,
    transporter: null,
    logger: false,
    // Commands are idempotent by their key, but whether to send one again is for its author to say.
    retryPolicy: { enabled: false },
    requestTimeout: 30_000,
    // A client that is slow must not make the broker refuse others: every action has its own bound.
    bulkhead: { enabled: false },
    hotReload: false,
    skipProcessEventRegistration: true,
  };
}

export default brokerOptions(`node-${process.pid}`);
