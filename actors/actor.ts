import type { Collection } from '../config/tasks.ts';
import type { MatchingKey } from '../schemas/key.ts';
import type { ActorMessage } from '../schemas/message.ts';

export type { ActorMessage } from '../schemas/message.ts';

/**
 * One kind of actor: pure functions over one entity. The partition worker does all the rest (loading, order, commit,
 * versions, parking, waiting), so nothing here may read a clock, draw a random number or wait.
 *
 * `State` is everything that the entity decides by and that stays small. `Event` is what `decide` answers; state,
 * task records and the flag follow from events alone.
 */
export interface Actor<State, Event extends DomainEvent = DomainEvent> {
  readonly kind: string;
  /** State of an entity that nothing has been heard of. */
  initial(key: MatchingKey): State;
  /** The task records that `decide` and `project` need for this message, beyond those of `stateRecords`. */
  needs(state: State, message: ActorMessage): readonly RecordRef[];
  decide(state: State, message: ActorMessage, records: Records): Decision<Event>;
  evolve(state: State, event: Event): State;
  /** What the flag and the task records say after these events (oldest first) led to this state. */
  project(state: State, events: readonly Event[], records: Records): Projection;
  /**
   * Those of the records of `project` that `needs` of a later message may name. For actors whose project is dear;
   * without it, project is called before every message that needs records.
   */
  interim?(state: State, events: readonly Event[]): readonly RecordWrite[];
  /**
   * What the flag says, and those records that follow from the state alone (`body: null` where there must be none): what
   * the store has is compared with it, and written anew from it. Records that only events tell of are not among them.
   */
  restate?(state: State): Projection;

  /** How the state is kept: a part in the flag's meta, and a part that stands in task records already. */
  save(state: State): unknown;
  /** The records, beyond the flag, that the state stands in, given the part that is kept in the flag. */
  stateRecords(saved: unknown): readonly RecordRef[];
  load(key: MatchingKey, saved: unknown, records: Records): State;
}

export interface DomainEvent {
  /** `<kind>.<whatHappened>`, for example `order.lineRecorded`. */
  readonly type: string;
  readonly data: object;
}

export interface RecordRef {
  readonly collection: Collection;
  readonly id: string;
}

/** The task records that were asked for, as they stand after the messages before this one. */
export interface Records {
  get(ref: RecordRef): TaskRecord | undefined;
}

/** A task record: `body` follows from the set of records; `meta` is the actor's own (what it compares later states by). */
export interface TaskRecord {
  readonly body: Readonly<Record<string, unknown>>;
  readonly meta?: unknown;
}

/** An entity of this or another partition hears `data` under `name`, exactly once, in order per sender and receiver. */
export interface Effect {
  readonly key: MatchingKey;
  readonly name: string;
  readonly data: unknown;
}

export interface TimerChange {
  readonly timer: string;
  /** When it is due, in ms since the epoch; null cancels it. */
  readonly due: number | null;
  /** Must rise with every change of this timer, so that a stale one is ignored. */
  readonly generation: number;
}

export type Decision<Event extends DomainEvent = DomainEvent> =
  | {
      readonly verdict: 'accepted';
      readonly events: readonly Event[];
      readonly effects?: readonly Effect[];
      readonly timers?: readonly TimerChange[];
    }
  /** The same again: nothing follows from it. */
  | { readonly verdict: 'duplicate' }
  /** An older state than the one applied: nothing follows from it. */
  | { readonly verdict: 'stale' }
  /** A rule forbids it: a record goes to quarantine, a command is answered with this. */
  | {
      readonly verdict: 'refused';
      readonly code: string;
      readonly reason: string;
      readonly field?: string;
      readonly value?: unknown;
    };

export interface Projection {
  /** Task records to write; `body: null` is a tombstone. Bodies have no `_id`: it is the ref's. */
  readonly records: readonly RecordWrite[];
  readonly flag: FlagBody;
}

export interface RecordWrite extends RecordRef {
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly meta?: unknown;
}

/** What the master flag says of the entity, beyond its key, kind and version. */
export interface FlagBody {
  /** `awaited` while only others speak of it; then the actor's own words. */
  readonly status: string;
  readonly references: readonly FlagReference[];
  /** Further small facts, such as marks of contradictions. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** In which task the entity's records are, by which index key they are found, and how many there are. */
export interface FlagReference {
  readonly system: string;
  readonly task: string;
  /** `_id`, or a declared index of the collection. */
  readonly index: string;
  readonly key: string;
  readonly count: number;
  readonly state: 'integrated' | 'verified' | 'inconsistent';
}
