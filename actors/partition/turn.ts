import { refName } from '../../schemas/document.ts';
import type { EffectItem } from '../../schemas/inbox.ts';
import type { ActorMessage } from '../../schemas/message.ts';
import type { Delivery } from '../../streams/pipeline/delivery.ts';
import type { Decision, DomainEvent, FlagBody, RecordRef, RecordWrite, TaskRecord, TimerChange } from '../actor.ts';
import { recordsOf, type Parked, type Resident } from './resident.ts';

export type Refusal = Extract<Decision, { verdict: 'refused' }>;

/** What became of one delivery. */
export type Heard =
  { readonly verdict: 'accepted' | 'duplicate' | 'stale' } | { readonly verdict: 'refused'; readonly refusal: Refusal };

export interface TurnEvent {
  readonly event: DomainEvent;
  readonly version: number;
  /** Of the message that caused it, in ms since the epoch. */
  readonly now: number;
}

/**
 * One entity's share of a batch: it hears its deliveries in order, each whole or not at all. Nothing of it touches the
 * resident before `keep`, so a turn that threw is simply dropped.
 */
export class Turn {
  readonly resident: Resident;
  readonly events: TurnEvent[] = [];
  readonly effects: EffectItem[] = [];
  readonly timers: TimerChange[] = [];
  readonly writes = new Map<string, RecordWrite>();
  parked: Parked | null;
  flag: FlagBody | null = null;
  now = 0;
  private state: unknown;
  private readonly records: Map<string, TaskRecord | null>;
  private projected = 0;
  private readonly undo: (() => void)[] = [];

  constructor(resident: Resident) {
    this.resident = resident;
    this.state = resident.state;
    this.parked = resident.parked;
    this.records = new Map(resident.records);
  }

  get version(): number {
    return this.resident.version + this.events.length;
  }

  get currentState(): unknown {
    return this.state;
  }

  /** The records that the message needs and that are not in memory. */
  private missing(message: ActorMessage): readonly RecordRef[] {
    const needs = this.resident.actor.needs(this.state, message);
    if (needs.length === 0) return needs;
    this.project();
    return needs.filter((ref) => !this.records.has(refName(ref)));
  }

  provide(ref: RecordRef, record: TaskRecord | null): void {
    this.records.set(refName(ref), record);
  }

  /**
   * Hears one delivery; yields the records that have to be provided before it can go on. A refused delivery, and one
   * that makes the actor throw, leave no trace.
   */
  *hear(delivery: Delivery): Generator<readonly RecordRef[], Heard, void> {
    const rollBack = this.mark();
    try {
      const heard = yield* this.hearAll(delivery.messages);
      if (heard.verdict === 'refused') rollBack();
      return heard;
    } catch (error) {
      rollBack();
      throw error;
    }
  }

  private *hearAll(messages: readonly ActorMessage[]): Generator<readonly RecordRef[], Heard, void> {
    let verdict: 'accepted' | 'duplicate' | 'stale' = messages.length === 0 ? 'accepted' : 'duplicate';
    for (const message of messages) {
      const missing = this.missing(message);
      if (missing.length > 0) yield missing;
      const decision = this.resident.actor.decide(this.state, message, recordsOf(this.records));
      switch (decision.verdict) {
        case 'refused':
          return { verdict: 'refused', refusal: decision };
        case 'duplicate':
          break;
        case 'stale':
          if (verdict === 'duplicate') verdict = 'stale';
          break;
        case 'accepted':
          this.accept(decision, message.now);
          verdict = 'accepted';
      }
    }
    return { verdict };
  }

  private accept(decision: Extract<Decision, { verdict: 'accepted' }>, now: number): void {
    this.now = now;
    for (const event of decision.events) {
      this.state = this.resident.actor.evolve(this.state, event);
      this.events.push({ event, version: this.version + 1, now });
    }
    for (const { key, name, data } of decision.effects ?? []) this.effects.push({ key, type: 'effect', name, data });
    this.timers.push(...(decision.timers ?? []));
  }

  /** An event of the worker's own about the entity (parked, unparked): the actor does not evolve by it. */
  note(event: DomainEvent, now: number): void {
    this.projectAnyhow();
    this.now = now;
    this.events.push({ event, version: this.version + 1, now });
    this.projected = this.events.length;
  }

  /** Makes the task records follow from the events so far. */
  project(): void {
    if (this.projected === this.events.length && this.flag !== null) return;
    const fresh = this.events.slice(this.projected).map(({ event }) => event);
    if (fresh.length === 0 && this.projected > 0) return;
    const { records, flag } = this.resident.actor.project(this.state, fresh, recordsOf(this.records));
    this.projected = this.events.length;
    this.flag = flag;
    for (const write of records) this.write(write);
  }

  // What parks an entity may be the very function that says what its flag holds.
  private projectAnyhow(): void {
    try {
      this.project();
    } catch {
      this.flag ??= { status: 'parked', references: [] };
    }
  }

  private write(write: RecordWrite): void {
    const name = refName(write);
    const [record, written] = [this.records.get(name), this.writes.get(name)];
    this.undo.push(() => {
      restore(this.records, name, record);
      restore(this.writes, name, written);
    });
    this.records.set(name, write.body === null ? null : { body: write.body, meta: write.meta });
    this.writes.set(name, write);
  }

  /** What the resident is once this turn is part of a commit. */
  keep(): void {
    const { resident } = this;
    resident.version = this.version;
    resident.state = this.state;
    resident.parked = this.parked;
    resident.records = this.records;
  }

  /** Remembers how the turn stands; what it returns takes back everything since. */
  mark(): () => void {
    const { state, projected, flag, now, parked } = this;
    const [events, effects, timers] = [this.events.length, this.effects.length, this.timers.length];
    const undo = this.undo.length;
    return () => {
      for (const step of this.undo.splice(undo).reverse()) step();
      Object.assign(this, { state, projected, flag, now, parked });
      this.events.length = events;
      this.effects.length = effects;
      this.timers.length = timers;
    };
  }
}

function restore<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
