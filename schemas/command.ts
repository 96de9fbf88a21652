import { Type, type Static } from 'typebox';
import { body, PERSONAL } from './canonical/fields.ts';

/** The longest note; a few of them are kept in the flag, which stays small. */
export const NOTE_LENGTH = 1000;

/** A person's remark on an entity. Its length is a rule of the actor, which says what is wrong with it. */
export const Note = body({ text: Type.String(PERSONAL) });

export type Note = Readonly<Static<typeof Note>>;

/** Every command, and the schema of its data; `*` is for any kind. */
export const COMMANDS = {
  note: { kind: '*', data: Note },
} as const;
