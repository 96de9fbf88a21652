import { Type, type Static } from 'typebox';
import { body, PERSONAL, Reference } from '../canonical/fields.ts';
import type { InboxBody } from '../inbox.ts';
import type { Lane } from '../partition.ts';

/** What workers keep for themselves: nothing of it is part of an entity. */
const v = Type.Literal(1);
const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });

/**
 * master.parked: a message that waits behind a poisoned one, or is it; whole, as it stood in the inbox, so that every
 * stage runs again. `_id` is `<entity>.<seq>.<place>`: ids sort in the order in which messages were to be heard.
 */
export const ParkedDocument = body({
  v,
  entity: Reference,
  lane: Type.Unsafe<Lane>(Type.Enum(['fast', 'bulk'])),
  /** Append time of the message, in ms since the epoch. */
  at: Count,
  /** A body of the inbox with this one item (schemas/inbox.ts). */
  item: Type.Unsafe<InboxBody>(Type.Object({ v: Type.Integer({ minimum: 1 }), type: Text }, PERSONAL)),
});

/** master.timers: one that an actor set. `_id` is `<entity>.<timer>`. */
export const TimerDocument = body({
  v,
  entity: Reference,
  timer: Text,
  generation: Count,
  /** `<partition> <ms since the epoch, 15 digits>`: sorts by time within the partition. */
  due: Text,
});

/** master.outcomes: how a command ended, so that the same command again gets the same answer. */
export const OutcomeDocument = body({
  v,
  entity: Reference,
  command: Text,
  status: Type.Enum(['done', 'refused']),
  /** Set for a refusal: a code of the catalogue or of the actor, and why. */
  code: Type.Optional(Text),
  reason: Type.Optional(Text),
  /** Version of the entity after the command. */
  version: Count,
  /** Until when it is kept, in ms since the epoch. */
  expires: Count,
});

/** management.feeds: verdicts of one feed in one partition. `_id` is `<feed>.<partition>`. */
export const FeedDocument = body({
  v,
  feed: Text,
  source: Text,
  partition: Text,
  received: Count,
  accepted: Count,
  duplicate: Count,
  stale: Count,
  quarantined: Count,
});

export type ParkedDocument = Readonly<Static<typeof ParkedDocument>>;
export type TimerDocument = Readonly<Static<typeof TimerDocument>>;
export type OutcomeDocument = Readonly<Static<typeof OutcomeDocument>>;
/** management.sources: what one version of a source said when something was first fed through it. Never changed. */
export const EditionDocument = body({
  v,
  source: Text,
  version: Count,
  /** Fingerprint of its mapping and the tables beside it. */
  digest: Text,
});

/** management.setup: what every node of a cluster has to be told alike. Written by the first one, and never changed. */
export const SetupDocument = body({
  v,
  tenant: Text,
  /** Partitions of each kind. */
  partitions: Type.Record(Text, Count),
  /** Fingerprint of the secret that identifiers are hashed with. */
  matching: Text,
});

export type SetupDocument = Readonly<Static<typeof SetupDocument>>;
export type EditionDocument = Readonly<Static<typeof EditionDocument>>;
export type FeedDocument = Readonly<Static<typeof FeedDocument>>;
