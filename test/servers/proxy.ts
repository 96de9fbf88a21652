import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and a server on loopback, and does to their connections what networks do. */
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
  /** From now on bytes arrive so much later, in ms, in either direction; 0 for at once. */
  delay(ms: number): void;
  /** From now on no more bytes pass in a second, of all connections, in either direction; 0 for no limit. */
  limit(bytesPerSecond: number): void;
  /** Resolves when the server has sent more of an answer, which may be held back. */
  answered(): Promise<void>;
  close(): Promise<void>;
}

/** Bytes on their way through one direction of a connection before its sender has to wait. */
const MOST_UNDER_WAY = 1 << 20;

/** Listens on a free port, and hands on to a port, or to that of an address. */
export async function startProxy(target: string | number): Promise<Proxy> {
  const port = typeof target === 'number' ? target : Number(new URL(target).port);
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const ways = { there: new Way(), back: new Way() };
  let isRefusing = false;
  const listener = createServer((client) => {
    if (isRefusing) {
      client.destroy();
      return;
    }
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    join(client, server, ways.there);
    join(server, client, ways.back);
    server.on('data', () => {
      for (const tell of waiting) tell();
      waiting.clear();
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const hold = (there: boolean, back: boolean): void => {
    ways.there.hold(there);
    ways.back.hold(back);
  };
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    refuse: (refuses) => void (isRefusing = refuses),
    pause: () => hold(true, true),
    pauseAnswers: () => hold(false, true),
    resume: () => hold(false, false),
    delay: (ms) => void (ways.there.delayMs = ways.back.delayMs = ms),
    limit: (bytesPerSecond) => void (ways.there.bytesPerSecond = ways.back.bytesPerSecond = bytesPerSecond),
    answered: () => new Promise((resolve) => waiting.add(resolve)),
    close: async () => {
      const closing = once(listener, 'close');
      listener.close();
      cut();
      await closing;
    },
  };
}

/** One direction, of all connections together. */
class Way {
  delayMs = 0;
  bytesPerSecond = 0;
  isHeld = false;
  readonly lines = new Set<Line>();
  /** When the bytes that were let through so far have passed, by the monotonic clock. */
  private free = 0;

  /** How long bytes that come now are under way, in ms. */
  take(bytes: number): number {
    const now = performance.now();
    this.free = Math.max(this.free, now);
    if (this.bytesPerSecond > 0) this.free += (bytes / this.bytesPerSecond) * 1000;
    return this.delayMs + this.free - now;
  }

  hold(holds: boolean): void {
    this.isHeld = holds;
    for (const line of this.lines) line.deliver();
  }
}

function join(from: Socket, to: Socket, way: Way): void {
  const line = new Line(from, to, way);
  way.lines.add(line);
  from.on('data', (bytes: Buffer) => line.carry(bytes));
  from.on('close', () => {
    way.lines.delete(line);
    line.close();
    // The other end sees the same end.
    to.destroy();
  });
  // Errors are what a test asked for.
  from.on('error', () => to.destroy());
  from.setNoDelay(true);
}

/** Carries bytes in order, each not before its time, and none while its way is held. */
class Line {
  private readonly from: Socket;
  private readonly to: Socket;
  private readonly way: Way;
  private readonly waiting: { readonly bytes: Buffer; readonly due: number }[] = [];
  private underWay = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, way: Way) {
    [this.from, this.to, this.way] = [from, to, way];
  }

  carry(bytes: Buffer): void {
    this.waiting.push({ bytes, due: performance.now() + this.way.take(bytes.length) });
    this.underWay += bytes.length;
    this.deliver();
    if (this.underWay > MOST_UNDER_WAY) this.from.pause();
  }

  deliver(): void {
    clearTimeout(this.timer);
    const now = performance.now();
    // A timer may fire up to a millisecond early.
    while (!this.way.isHeld && (this.waiting[0]?.due ?? Infinity) <= now + 1) {
      const { bytes } = this.waiting.shift() ?? { bytes: Buffer.alloc(0) };
      this.underWay -= bytes.length;
      if (!this.to.destroyed) this.to.write(bytes);
    }
    if (this.underWay <= MOST_UNDER_WAY && this.from.isPaused()) this.from.resume();
    const [next] = this.waiting;
    if (next !== undefined && !this.way.isHeld)
      this.timer = setTimeout(() => this.deliver(), Math.max(0, next.due - now));
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
