import { Type, type Static } from 'typebox';
import { body, PERSONAL, Time } from '../canonical/fields.ts';
import { NOTE_LENGTH } from '../command.ts';

/** A person's remark on an entity, and when it was made. */
export const noted = body({
  v: Type.Literal(1),
  text: Type.String({ maxLength: NOTE_LENGTH, ...PERSONAL }),
  at: Time,
});

export type Noted = Readonly<Static<typeof noted>>;
