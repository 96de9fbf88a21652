import type { StoredDocument } from '../../schemas/document.ts';
import type { TimerBody } from '../../schemas/inbox.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { TimerDocument } from '../../schemas/tasks/books.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { Log } from '../../streams/log.ts';
import type { Store } from '../../store/store.ts';
import type { TimerChange } from '../actor.ts';
import type { Clock } from './clock.ts';
import { encode, type Stamp } from './encode.ts';
import { untilKnown, type Patience } from './retry.ts';

/** How many due timers are looked up at once, and how far ahead at most. */
const LOOKAHEAD = 100;
const IDLE_MS = 60_000;

export function timerId(key: MatchingKey, timer: string): string {
  return `${key}.${timer}`;
}

export function timerDocument(stamp: Stamp, key: MatchingKey, { timer, due, generation }: TimerChange): StoredDocument {
  const body = due === null ? null : { v: 1, entity: key, timer, generation, due: dueKey(stamp.partition, due) };
  return encode(stamp, 'master.timers', timerId(key, timer), stamp.seq, body, undefined);
}

export function timerDone(stamp: Stamp, key: MatchingKey, timer: string): StoredDocument {
  return encode(stamp, 'master.timers', timerId(key, timer), stamp.seq, null, undefined);
}

function dueKey(partition: PartitionId, ms: number): string {
  return `${partition} ${String(Math.max(0, ms)).padStart(15, '0')}`;
}

function dueMs(timer: TimerDocument): number {
  return Number(timer.due.slice(timer.due.lastIndexOf(' ') + 1));
}

class Stopped extends Error {}

/**
 * Appends timers to the partition's own fast lane when they come due. It may append one twice (after a crash,
 * say): the actor compares the generation with the one in its state, and a stale one leaves no trace.
 */
export class TimerService {
  private readonly fired = new Map<string, number>();
  private stopped = false;
  private callOff: () => void = () => undefined;
  private nextLook = Infinity;
  private readonly ports: { log: Log; store: Store; clock: Clock; patience: Patience };
  private readonly partition: PartitionId;
  private readonly failed: (error: unknown) => void;

  constructor(
    ports: { log: Log; store: Store; clock: Clock; patience: Patience },
    partition: PartitionId,
    failed: (error: unknown) => void,
  ) {
    const check = (): void => {
      // Whoever let go of the partition sends nothing any more, however long its log does not answer.
      if (this.stopped) throw new Stopped();
      ports.patience.check();
    };
    this.ports = { ...ports, patience: { ...ports.patience, check } };
    this.partition = partition;
    this.failed = failed;
  }

  /** Looks for due timers now, and again when the next one is due. */
  start(): void {
    this.lookAt(this.ports.clock.now());
  }

  /** A commit set timers: look when the earliest of them is due. */
  set(due: number): void {
    if (due < this.nextLook) this.lookAt(due);
  }

  /** The actor took a timer message: a later one of its name may fire again. A stale one stays remembered. */
  heard({ key, timer, generation }: TimerBody): void {
    const id = timerId(key, timer);
    if (this.fired.get(id) === generation) this.fired.delete(id);
  }

  stop(): void {
    this.stopped = true;
    this.callOff();
  }

  private lookAt(ms: number): void {
    if (this.stopped) return;
    this.callOff();
    this.nextLook = ms;
    const wait = Math.min(Math.max(0, ms - this.ports.clock.now()), IDLE_MS);
    this.callOff = this.ports.clock.after(wait, () => {
      this.look().catch((error: unknown) => {
        if (!this.stopped) this.failed(error);
      });
    });
  }

  private async look(): Promise<void> {
    this.nextLook = Infinity;
    const { store, clock, patience } = this.ports;
    const [from, to] = [dueKey(this.partition, 0), `${this.partition} ~`];
    const found = await untilKnown(patience, () =>
      store.range('master.timers', 'due', from, to, LOOKAHEAD + this.fired.size),
    );
    let next = Infinity;
    for (const document of found) {
      const timer = upcast<TimerDocument>('master.timers', JSON.parse(document.json ?? 'null'));
      if (dueMs(timer) > clock.now()) {
        next = dueMs(timer);
        break;
      }
      await this.fire(timer);
    }
    this.lookAt(Math.min(next, this.nextLook, clock.now() + IDLE_MS));
  }

  private async fire({ entity, timer, generation }: TimerDocument): Promise<void> {
    const id = timerId(entity, timer);
    if (this.fired.get(id) === generation || this.stopped) return;
    this.fired.set(id, generation);
    const body: TimerBody = { v: 1, type: 'timer', key: entity, timer, generation };
    await untilKnown(this.ports.patience, () => this.ports.log.append(this.partition, 'fast', [JSON.stringify(body)]));
  }
}
