import { Type, type Static } from 'typebox';
import { body, list, PERSONAL, Reference } from './canonical/fields.ts';
import { EffectItem } from './inbox.ts';
import { Why } from './party.ts';

/** The longest note; a few of them are kept in the flag, which stays small. */
export const NOTE_LENGTH = 1000;

/** A person's remark on an entity. Its length is a rule of the actor, which says what is wrong with it. */
export const Note = body({ text: Type.String(PERSONAL) });

/** Most members of a party that a verdict names: as many as one may have (actors/party/limits.ts). */
const members = list(Reference, { maxItems: 64 });

/**
 * Two members are the same customer or enterprise. `undo` are the members of the other's party that this one was split
 * off from: the split is taken back, and where that is all there is to it, nothing else is kept of the verdict.
 */
export const Join = body({ with: Reference, undo: Type.Optional(members), why: Why });

/**
 * A member is not the same as these, its neighbours by identifiers, whatever their identifiers say; verdicts that
 * joined it are taken back. Of none: only those are.
 */
export const Split = body({ from: members, why: Why });

export type Join = Readonly<Static<typeof Join>>;
export type Split = Readonly<Static<typeof Split>>;
const Entry = Type.String({ minLength: 1 });
const Person = Type.String({ minLength: 1, maxLength: 200, ...PERSONAL });

/** Send an entry again: as the source's present version reads it. Without an entry, the one that parks the entity. */
export const Redrive = body({
  entry: Type.Optional(Entry),
  by: Person,
  /** What is sent: the record, routed and stamped anew, or the part; a parked message is heard where it is. */
  send: Type.Optional(EffectItem),
});

/** Send something else in an entry's stead. */
export const Fix = body({ entry: Entry, by: Person, send: EffectItem });

/** Give an entry up. Without an entry, the one that parks the entity. */
export const Drop = body({
  entry: Type.Optional(Entry),
  by: Person,
  why: Type.String({ minLength: 1, maxLength: NOTE_LENGTH, ...PERSONAL }),
});

/** Remove documents of a partition: the data set's own command. Those that changed since they were looked at stay. */
export const Remove = body({
  collection: Type.Enum(['management.quarantine', 'management.resolutions', 'master.outcomes']),
  /** The file that has them now; outcomes that nobody asks for any more are in none. */
  file: Type.Optional(Type.String()),
  documents: list(body({ id: Type.String(), version: Type.Integer() })),
});

/** Write the documents of entities anew, from their events or their state: the data set's own command. */
export const Restate = body({ entities: list(Reference) });

export type Note = Readonly<Static<typeof Note>>;
export type Redrive = Readonly<Static<typeof Redrive>>;
export type Fix = Readonly<Static<typeof Fix>>;
export type Drop = Readonly<Static<typeof Drop>>;
export type Remove = Readonly<Static<typeof Remove>>;
export type Restate = Readonly<Static<typeof Restate>>;

/** Every command that anybody may send, and the schema of its data; `*` is for any kind. */
export const COMMANDS = {
  note: { kind: '*', data: Note },
  join: { kind: '*', data: Join },
  split: { kind: '*', data: Split },
  redrive: { kind: '*', data: Redrive },
  fix: { kind: '*', data: Fix },
  drop: { kind: '*', data: Drop },
} as const;

/** Commands that the partition's worker hears, and no actor; also while the entity is parked. */
const FOR_WORKER: ReadonlySet<string> = new Set(['redrive', 'fix', 'drop', 'remove', 'restate']);

export function isForWorker(command: string): boolean {
  return FOR_WORKER.has(command);
}
