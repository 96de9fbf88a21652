import { Type, type Static } from 'typebox';
import { body, list } from './canonical/fields.ts';

const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });

/** Many things, as they are compared: how many, and a digest that does not depend on their order. */
export const Sum = body({ count: Count, digest: Type.String({ pattern: '^[0-9a-f]{32}$' }) });

/** All that an image holds, so that a copy of it can be compared. */
export const Contents = body({
  /** By collection: live documents. */
  collections: Type.Record(Text, Sum),
  /** By partition: batches of events. */
  events: Type.Record(Text, Sum),
  /** By partition and lane, `order.3/bulk`: messages that are not applied. */
  messages: Type.Record(Text, Sum),
  checkpoints: Sum,
});

/** What is true of a whole data set. */
export const DataSetFacts = body({
  tenant: Text,
  /** Per kind. */
  partitions: Type.Record(Text, Count),
  /** A hash of the secret of matching; '' of a data set that has not matched anything yet. */
  matching: Text,
});

export const ImageFile = body({
  /** Below the folder of the backup, with slashes. */
  name: Text,
  bytes: Count,
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});

/** The last file that a backup writes: a folder without it is none. */
export const Manifest = body({
  v: Type.Literal(1),
  /** Tells backups apart. */
  id: Text,
  /** When it was begun (ISO 8601). */
  at: Text,
  mode: Type.Enum(['embedded', 'cluster']),
  facts: DataSetFacts,
  contents: Contents,
  files: list(ImageFile),
  /** What belongs to the data set and is not in the backup, in words. */
  missing: list(Text),
  /** SHA-256 of all the rest, as JSON text. */
  digest: Text,
});

export type Sum = Readonly<Static<typeof Sum>>;
export type Contents = Readonly<Static<typeof Contents>>;
export type DataSetFacts = Readonly<Static<typeof DataSetFacts>>;
export type ImageFile = Readonly<Static<typeof ImageFile>>;
export type Manifest = Readonly<Static<typeof Manifest>>;
