import { NOTE_LENGTH } from '../schemas/command.ts';
import type { Noted } from '../schemas/events/noted.ts';
import type { ActorMessage, Decision } from './actor.ts';

/** A remark as the flag keeps it. */
export type Remark = Pick<Noted, 'text' | 'at'>;

/** The newest few stand in the flag; all of them are in the events. */
const NOTES_KEPT = 5;

export interface NoteEvent<Type extends string> {
  readonly type: Type;
  readonly data: Noted;
}

/** The command `note`: any entity that has been heard of can be remarked on. */
export function decideNote<Type extends string>(type: Type, message: ActorMessage): Decision<NoteEvent<Type>> {
  const { text } = message.data as { readonly text: string };
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > NOTE_LENGTH) {
    const reason = `a note has 1 to ${NOTE_LENGTH} characters, this one has ${trimmed.length}`;
    return { verdict: 'refused', code: 'MF_NOTE_LENGTH', reason, field: 'text', value: trimmed.slice(0, 100) };
  }
  const at = new Date(message.now).toISOString();
  return { verdict: 'accepted', events: [{ type, data: { v: 1, text: trimmed, at } }] };
}

export function withNote(notes: readonly Remark[], { text, at }: Noted): readonly Remark[] {
  return [...notes, { text, at }].slice(-NOTES_KEPT);
}
