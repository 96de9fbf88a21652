import type { MatchingKey } from './key.ts';

/** What an actor hears: a canonical part of a record, an effect of another actor, a command or a timer. */
export interface ActorMessage {
  readonly type: 'part' | 'effect' | 'command' | 'timer';
  /** The name of the canonical message, effect, command or timer. */
  readonly name: string;
  readonly key: MatchingKey;
  /** Checked against the schema of its name before any actor hears it. */
  readonly data: unknown;
  /** Append time in ms since the epoch; never goes back within a partition. */
  readonly now: number;
}
