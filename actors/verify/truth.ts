import type { StoredDocument } from '../../schemas/document.ts';
import { refName } from '../../schemas/document.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import { SHAPES } from '../../schemas/shapes.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { DomainEvent, FlagBody, RecordWrite } from '../actor.ts';
import { readFlagMeta, readRecord, recordsOf, type AnyActor, type Parked } from '../partition/resident.ts';

/** An event as the log has it, and the commit that made it. */
export interface KeptEvent {
  /** Its number among the events of its entity, from 1. */
  readonly sequence: number;
  readonly type: string;
  readonly data: unknown;
  /** The commit of the entity's partition. */
  readonly seq: number;
}

/** What an entity is, and what its documents must say. */
export interface Truth {
  readonly by: 'events' | 'state';
  /** How many events it has had. */
  readonly version: number;
  readonly state: unknown;
  readonly parked: Parked | null;
  readonly flag: FlagBody;
  /** By name; a body of null where there must be none. Of `state`, only what follows from the state alone. */
  readonly records: ReadonlyMap<string, RecordWrite>;
  /** By commit, the version that it left; null where that is not known. */
  readonly commits: ReadonlyMap<number, number> | null;
}

/** Why there is no truth to be had. */
export interface Untold {
  readonly by: null;
  readonly why: string;
}

const NO_RECORDS = { get: () => undefined };

/** Events of the worker's own about an entity: its actor does not evolve by them (Turn.note). */
const NOTES = ['parked', 'unparked', 'restated'] as const;

function isNote(actor: AnyActor, type: string): boolean {
  return NOTES.some((note) => type === `${actor.kind}.${note}`);
}

/** Whether they are all events that an entity ever had: from the first one on, without a gap. */
export function areAll(events: readonly KeptEvent[]): boolean {
  return events.length > 0 && events.every(({ sequence }, n) => sequence === n + 1);
}

/** What all events of an entity come to. */
export function truthOfEvents(actor: AnyActor, key: MatchingKey, events: readonly KeptEvent[]): Truth | Untold {
  if (!areAll(events)) return untold('its first events are not kept any more');
  try {
    return folded(actor, key, events);
  } catch (error) {
    return untold(`its events make its actor throw: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function folded(actor: AnyActor, key: MatchingKey, events: readonly KeptEvent[]): Truth {
  const own: DomainEvent[] = [];
  const commits = new Map<number, number>();
  let state = actor.initial(key);
  let parked: Parked | null = null;
  for (const { sequence, type, data, seq } of events) {
    commits.set(seq, sequence);
    if (isNote(actor, type)) parked = parkedAfter(actor, type, data, parked);
    else {
      const event = { type, data: present(type, data) };
      own.push(event);
      state = actor.evolve(state, event);
    }
  }
  const { records, flag } = actor.project(state, own, NO_RECORDS);
  const isNoted = isNote(actor, events.at(-1)?.type ?? '');
  return {
    by: 'events',
    version: events.length,
    state,
    parked,
    flag: isNoted && isUnheardOf(actor, key, state) ? nobody(parked) : flag,
    records: new Map(records.map((record) => [refName(record), record])),
    commits,
  };
}

function parkedAfter(actor: AnyActor, type: string, data: unknown, before: Parked | null): Parked | null {
  if (type === `${actor.kind}.restated`) return before;
  return type === `${actor.kind}.parked` ? { quarantine: (data as Parked).quarantine } : null;
}

function present(type: string, data: unknown): object {
  const shape = `event/${type}`;
  return Object.hasOwn(SHAPES, shape) ? upcast<object>(shape, data) : (data as object);
}

/** What the flag keeps, as far as that goes: of the records, those that follow from the state alone. */
export function truthOfState(
  actor: AnyActor,
  flag: StoredDocument,
  documents: ReadonlyMap<string, StoredDocument>,
): Truth | Untold {
  if (actor.restate === undefined) return untold('nothing is known of its kind');
  try {
    const { state: saved, parked = null } = readFlagMeta(flag);
    const read = actor.stateRecords(saved).map((ref) => {
      const document = documents.get(refName(ref));
      return [refName(ref), document === undefined ? null : readRecord(document)] as const;
    });
    const state = actor.load(flag.id, saved, recordsOf(new Map(read)));
    return truthIn(actor, flag.id, { version: flag.version, state, parked });
  } catch (error) {
    return untold(`its state cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What follows from a state alone. @throws what the actor throws */
export function truthIn(
  actor: AnyActor,
  key: MatchingKey,
  { version, state, parked }: Pick<Truth, 'version' | 'state' | 'parked'>,
): Truth | Untold {
  if (actor.restate === undefined) return untold('nothing is known of its kind');
  const { records, flag } = actor.restate(state);
  return {
    by: 'state',
    version,
    state,
    parked,
    flag: isUnheardOf(actor, key, state) ? nobody(parked) : flag,
    records: new Map(records.map((record) => [refName(record), record])),
    commits: null,
  };
}

function untold(why: string): Untold {
  return { by: null, why };
}

// As Turn.note has it: no actor knows what to say of an entity that nobody but the worker has had to do with.
function nobody(parked: Parked | null): FlagBody {
  return { status: parked === null ? 'forgotten' : 'parked', references: [] };
}

function isUnheardOf(actor: AnyActor, key: MatchingKey, state: unknown): boolean {
  return JSON.stringify(actor.save(state)) === JSON.stringify(actor.save(actor.initial(key)));
}
