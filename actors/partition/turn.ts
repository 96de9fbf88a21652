import type { EffectItem } from '../../schemas/inbox.ts';
import type { ActorMessage } from '../../schemas/message.ts';
import type { Delivery } from '../../streams/pipeline/delivery.ts';
import type {
  Decision,
  DomainEvent,
  FlagBody,
  RecordRef,
  Records,
  RecordWrite,
  TaskRecord,
  TimerChange,
} from '../actor.ts';
import { EntityRecords } from './entity-records.ts';
import type { Parked, Resident } from './resident.ts';

export type Refusal = Extract<Decision, { verdict: 'refused' }>;

/** What became of one delivery. */
export type Heard =
  { readonly verdict: 'accepted' | 'duplicate' | 'stale' } | { readonly verdict: 'refused'; readonly refusal: Refusal };

/** Records that have to be provided before the delivery is heard, from its beginning, again. */
export interface Missing {
  readonly verdict: 'missing';
  readonly refs: readonly RecordRef[];
}

/** How a turn stood. */
export interface Mark {
  readonly state: unknown;
  readonly parked: Parked | null;
  readonly flag: FlagBody | null;
  readonly now: number;
  readonly projected: number;
  readonly lookedAt: number;
  readonly events: number;
  readonly effects: number;
  readonly timers: number;
  readonly writes: number;
  readonly seen: number;
}

/** One for all deliveries that end so. */
const HEARD = {
  accepted: { verdict: 'accepted' },
  duplicate: { verdict: 'duplicate' },
  stale: { verdict: 'stale' },
} as const satisfies Record<string, Heard>;

/**
 * One entity's share of a batch: it hears its deliveries in order, each whole or not at all. Nothing of it touches the
 * resident before `keep`, so a turn that threw is simply dropped.
 */
export class Turn implements Records {
  readonly resident: Resident;
  readonly events: DomainEvent[] = [];
  /** Per event: append time of the message that caused it, in ms since the epoch. */
  readonly times: number[] = [];
  readonly effects: EffectItem[] = [];
  readonly timers: TimerChange[] = [];
  /** What the projections wrote. */
  readonly writes = new EntityRecords();
  parked: Parked | null;
  flag: FlagBody | null = null;
  now = 0;
  private state: unknown;
  /** What was read for this turn, or written for its later messages to see. */
  private readonly seen = new EntityRecords();
  /** Events that `writes` follow from, and events that `seen` follows from. */
  private projected = 0;
  private lookedAt = 0;

  constructor(resident: Resident) {
    this.resident = resident;
    this.state = resident.state;
    this.parked = resident.parked;
  }

  get version(): number {
    return this.resident.version + this.events.length;
  }

  get currentState(): unknown {
    return this.state;
  }

  /** A task record as it stands after the messages before this one. */
  get(ref: RecordRef): TaskRecord | undefined {
    const record = this.known(ref);
    return record === undefined || record.body === null ? undefined : (record as TaskRecord);
  }

  private known(ref: RecordRef): RecordWrite | undefined {
    return this.seen.get(ref) ?? this.resident.records?.get(ref);
  }

  /**
   * Hears one delivery, or says which records it misses. A refused delivery leaves no trace; one that misses records
   * and one that makes the actor throw have to be rolled back.
   */
  hear({ messages }: Delivery): Heard | Missing {
    const mark = messages.length > 1 ? this.mark() : null;
    let verdict: 'accepted' | 'duplicate' | 'stale' = messages.length === 0 ? 'accepted' : 'duplicate';
    for (const message of messages) {
      const refs = this.missing(message);
      if (refs.length > 0) return { verdict: 'missing', refs };
      const decision = this.resident.actor.decide(this.state, message, this);
      if (decision.verdict === 'refused') {
        if (mark !== null) this.rollBack(mark);
        return { verdict: 'refused', refusal: decision };
      }
      if (decision.verdict === 'accepted') {
        this.accept(decision, message.now);
        verdict = 'accepted';
      } else if (verdict === 'duplicate') verdict = decision.verdict;
    }
    return HEARD[verdict];
  }

  /** The records that the message needs and that are not in memory. */
  private missing(message: ActorMessage): readonly RecordRef[] {
    const needs = this.resident.actor.needs(this.state, message);
    if (needs.length === 0) return needs;
    this.lookAhead();
    return needs.filter((ref) => this.known(ref) === undefined);
  }

  private accept(decision: Extract<Decision, { verdict: 'accepted' }>, now: number): void {
    this.now = now;
    for (const event of decision.events) {
      this.state = this.resident.actor.evolve(this.state, event);
      this.events.push(event);
      this.times.push(now);
    }
    if (decision.effects !== undefined) {
      for (const { key, name, data } of decision.effects) this.effects.push({ key, type: 'effect', name, data });
    }
    if (decision.timers !== undefined) this.timers.push(...decision.timers);
  }

  /** An event of the worker's own about the entity (parked, unparked): the actor does not evolve by it. */
  note(event: DomainEvent, now: number): void {
    this.projectAnyhow();
    this.now = now;
    this.events.push(event);
    this.times.push(now);
    this.projected = this.events.length;
    this.lookedAt = this.events.length;
  }

  /** Makes the task records follow from the events so far. */
  project(): void {
    if (this.projected < this.events.length) this.projectNow();
  }

  private projectNow(): void {
    const { records, flag } = this.resident.actor.project(this.state, this.since(this.projected), this);
    this.projected = this.events.length;
    this.lookedAt = this.events.length;
    this.flag = flag;
    this.writes.add(records);
    this.seen.add(records);
  }

  /** Makes those records follow from the events so far that a later message may need. */
  private lookAhead(): void {
    const { actor } = this.resident;
    if (this.lookedAt === this.events.length) return;
    if (actor.interim === undefined) this.projectNow();
    else {
      this.seen.add(actor.interim(this.state, this.since(this.lookedAt)));
      this.lookedAt = this.events.length;
    }
  }

  private since(count: number): readonly DomainEvent[] {
    return count === 0 ? this.events : this.events.slice(count);
  }

  // What parks an entity may be the very function that says what its flag holds.
  private projectAnyhow(): void {
    try {
      if (this.flag === null || this.projected < this.events.length) this.projectNow();
    } catch {
      this.flag ??= { status: 'parked', references: [] };
    }
    // No actor knows what to say of an entity that nobody but the worker has had to do with.
    if (this.isUnheardOf) this.flag = { status: this.parked === null ? 'forgotten' : 'parked', references: [] };
  }

  private get isUnheardOf(): boolean {
    const { actor, key } = this.resident;
    return JSON.stringify(actor.save(this.state)) === JSON.stringify(actor.save(actor.initial(key)));
  }

  /** What the resident is once this turn is part of a commit. */
  keep(): void {
    const { resident } = this;
    resident.version = this.version;
    resident.state = this.state;
    resident.parked = this.parked;
    if (this.seen.length > 0) (resident.records ??= new EntityRecords()).addAll(this.seen);
  }

  mark(): Mark {
    const { state, parked, flag, now, projected, lookedAt } = this;
    return {
      ...{ state, parked, flag, now, projected, lookedAt },
      events: this.events.length,
      effects: this.effects.length,
      timers: this.timers.length,
      writes: this.writes.length,
      seen: this.seen.length,
    };
  }

  /** Takes back everything since the mark. */
  rollBack({ events, effects, timers, writes, seen, ...stood }: Mark): void {
    Object.assign(this, stood);
    this.events.length = events;
    this.times.length = events;
    this.effects.length = effects;
    this.timers.length = timers;
    this.writes.truncate(writes);
    this.seen.truncate(seen);
  }
}
