import type { StoredDocument } from '../../schemas/document.ts';
import { refName } from '../../schemas/document.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { Actor, RecordRef, TaskRecord } from '../actor.ts';
import type { EntityRecords } from './entity-records.ts';

// The worker never looks inside a state or an event: it only carries them between an actor's own functions.
export type AnyActor = Actor<unknown>;

/** Set while the key is parked: its messages wait as documents until the poisoned one is redriven or dropped. */
export interface Parked {
  /** Id of the quarantine document that says why. */
  readonly quarantine: string;
}

/** What the flag's meta keeps for the worker. */
export interface FlagMeta {
  readonly state: unknown;
  readonly parked?: Parked;
}

/** How many messages of a parked key wait: as parked documents, and beyond their limit in quarantine. */
export interface Held {
  parked: number;
  overflow: number;
}

/** One entity in memory. `state` is immutable; the rest is replaced when a turn of the entity ends. */
export interface Resident {
  readonly key: MatchingKey;
  readonly actor: AnyActor;
  /** How many events the entity has had; the version of its documents. */
  version: number;
  state: unknown;
  parked: Parked | null;
  /** Counted when it is asked for first; null while it is not known. */
  held: Held | null;
  /** Task records as they stand: loaded, or written by commits that are not settled yet. */
  records: EntityRecords | null;
  /** Estimate of what it holds in memory, in characters. */
  bytes: number;
  /** The last commit that may change it: until that one is settled, memory alone knows the truth. */
  pinnedUntil: number;
}

/**
 * Entities in memory, least recently used first out, up to a byte bound that pinned ones may exceed: an entity that a
 * commit in flight changed stays, and a late answer of the store never overwrites what is in memory.
 */
export class Residents {
  private readonly byKey = new Map<MatchingKey, Resident>();
  private bytes = 0;
  private readonly bound: number;

  constructor(bound: number) {
    this.bound = bound;
  }

  get(key: MatchingKey): Resident | undefined {
    const resident = this.byKey.get(key);
    if (resident !== undefined) {
      this.byKey.delete(key);
      this.byKey.set(key, resident);
    }
    return resident;
  }

  /** Without counting as use. */
  bytesOf(key: MatchingKey): number {
    return this.byKey.get(key)?.bytes ?? 0;
  }

  add(resident: Resident): void {
    this.byKey.set(resident.key, resident);
    this.bytes += resident.bytes;
  }

  resize(resident: Resident, bytes: number): void {
    this.bytes += bytes - resident.bytes;
    resident.bytes = bytes;
  }

  remove(resident: Resident): void {
    if (this.byKey.delete(resident.key)) this.bytes -= resident.bytes;
  }

  clear(): void {
    this.byKey.clear();
    this.bytes = 0;
  }

  /** Lets go of the records of what commit `settled` was the last to change, and of whole entities beyond the bound. */
  settle(touched: readonly Resident[], settled: number): void {
    for (const resident of touched) if (resident.pinnedUntil <= settled) resident.records = null;
    for (const resident of this.byKey.values()) {
      if (this.bytes <= this.bound) return;
      if (resident.pinnedUntil <= settled) this.remove(resident);
    }
  }
}

/** An entity that no document speaks of yet. */
export function newcomer(actor: AnyActor, key: MatchingKey): Resident {
  return {
    key,
    actor,
    version: 0,
    state: actor.initial(key),
    parked: null,
    held: null,
    records: null,
    bytes: 256,
    pinnedUntil: 0,
  };
}

export function readFlagMeta(flag: StoredDocument): FlagMeta {
  return JSON.parse(flag.meta) as FlagMeta;
}

export function readRecord(document: StoredDocument): TaskRecord | null {
  if (document.json === null) return null;
  const body = JSON.parse(document.json) as Record<string, unknown>;
  return document.meta === '' ? { body } : { body, meta: JSON.parse(document.meta) as unknown };
}

export function recordsOf(map: ReadonlyMap<string, TaskRecord | null>): {
  get(ref: RecordRef): TaskRecord | undefined;
} {
  return { get: (ref) => map.get(refName(ref)) ?? undefined };
}
