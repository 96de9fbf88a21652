import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire between a client and a server on loopback, whose faults a test decides. */
export interface Proxy {
  readonly port: number;
  /** Ends every connection now, with a reset. New ones are taken. */
  cut(): void;
  /** New connections are ended at once, until they are let in again. */
  refuse(refuses: boolean): void;
  /** Holds back all that is sent, in both directions and on new connections too, until `resume`. */
  pause(): void;
  /** Holds back the answers only: what is asked arrives. */
  pauseAnswers(): void;
  resume(): void;
  /** Every chunk arrives so many ms later than it was sent. */
  delay(ms: number): void;
  /** Resolves when the server has sent more of an answer, which may be held back. */
  answered(): Promise<void>;
  close(): Promise<void>;
}

/** One direction of one connection: chunks in their order, each when its time has come and nothing is held back. */
class Direction {
  readonly #chunks: { readonly data: Buffer; readonly at: number }[] = [];
  readonly #to: Socket;
  readonly #held: () => boolean;

  constructor(to: Socket, held: () => boolean) {
    this.#to = to;
    this.#held = held;
  }

  add(data: Buffer, delay: number): void {
    this.#chunks.push({ data, at: performance.now() + delay });
    if (delay === 0) this.flush();
    else setTimeout(() => this.flush(), delay).unref();
  }

  flush(): void {
    // A timer may fire up to a millisecond early.
    while (!this.#held() && (this.#chunks[0]?.at ?? Infinity) <= performance.now() + 1) {
      this.#to.write(this.#chunks.shift()?.data ?? '');
    }
  }
}

/** Listens on a free port, or on one that it had before, and hands on to `port`. */
export async function startProxy(port: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const directions = new Set<Direction>();
  const waiting = new Set<() => void>();
  let delay = 0;
  let isRefusing = false;
  const held = { asked: false, answers: false };
  const server = createServer((client) => {
    if (isRefusing) {
      client.destroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    const asked = new Direction(upstream, () => held.asked);
    const answers = new Direction(client, () => held.answers);
    directions.add(asked).add(answers);
    client.on('data', (data) => asked.add(data, delay));
    upstream.on('data', (data) => {
      answers.add(data, delay);
      for (const tell of waiting) tell();
      waiting.clear();
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // The other end sees the same end; errors are what a test asked for.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        directions.delete(asked);
        directions.delete(answers);
        (socket === client ? upstream : client).destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hold = (asked: boolean, answers: boolean): void => {
    Object.assign(held, { asked, answers });
    for (const direction of directions) direction.flush();
  };
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    refuse: (refuses) => void (isRefusing = refuses),
    pause: () => hold(true, true),
    pauseAnswers: () => hold(false, true),
    resume: () => hold(false, false),
    delay: (ms) => void (delay = ms),
    answered: () => new Promise((resolve) => waiting.add(resolve)),
    close: () => closed(server, cut),
  };
}

async function closed(server: Server, cut: () => void): Promise<void> {
  const closing = once(server, 'close');
  server.close();
  cut();
  await closing;
}
