import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and a server, and does to their connections what networks do. */
export interface Proxy {
  readonly port: number;
  /** Ends all connections. */
  cut(): void;
  /** New connections are ended at once, until they are let in again. */
  refuse(refuses: boolean): void;
  /** Bytes of the server stay here, until they are let go. */
  holdAnswers(holds: boolean): void;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  let [isRefusing, isHolding] = [false, false];
  const listener = createServer((client) => {
    if (isRefusing) {
      client.destroy();
      return;
    }
    const pair = { client, server: connect(Number(port), hostname) };
    pairs.add(pair);
    join(pair.client, pair.server);
    join(pair.server, pair.client);
    if (isHolding) pair.server.pause();
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = (): void => {
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
    pairs.clear();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    refuse: (refuses) => {
      isRefusing = refuses;
    },
    holdAnswers: (holds) => {
      isHolding = holds;
      for (const { server } of pairs) server[holds ? 'pause' : 'resume']();
    },
    close: async () => {
      cut();
      listener.close();
      await once(listener, 'close');
    },
  };
}

function join(from: Socket, to: Socket): void {
  from.on('data', (bytes: Buffer) => {
    to.write(bytes);
  });
  from.on('close', () => {
    to.destroy();
  });
  from.on('error', () => {
    to.destroy();
  });
}
