import { Type, type Static } from 'typebox';
import { body, list, PERSONAL, Reference } from './canonical/fields.ts';
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
export type Note = Readonly<Static<typeof Note>>;

/** Every command, and the schema of its data; `*` is for any kind. */
export const COMMANDS = {
  note: { kind: '*', data: Note },
  join: { kind: '*', data: Join },
  split: { kind: '*', data: Split },
} as const;
