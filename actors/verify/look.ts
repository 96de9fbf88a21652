import type { StoredDocument } from '../../schemas/document.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { Crossing } from './crossing.ts';
import type { KeptEvent } from './truth.ts';

/** All that there is of one entity, as of one moment. */
export interface EntityLook {
  readonly key: MatchingKey;
  readonly flag: StoredDocument | undefined;
  /** Records whose ids begin with its key, those that workers keep of it (parked messages, timers) included. */
  readonly records: readonly StoredDocument[];
  /** Oldest first; null where they were not read, or it has moved since they were. */
  readonly events: readonly KeptEvent[] | null;
  /** What other entities' documents say of it; null where nobody has looked. */
  readonly crossing: Crossing | null;
}

/** What workers keep of an entity: its actor knows nothing of it. */
export const OF_WORKERS: ReadonlySet<string> = new Set(['master.parked', 'master.timers']);

export function countOf(records: readonly StoredDocument[], collection: string): number {
  return records.reduce((sum, record) => sum + Number(record.collection === collection), 0);
}
