import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Restate } from '../../../schemas/command.ts';
import type { CommandBody } from '../../../schemas/inbox.ts';
import { DEFAULT_TENANT, kindOfKey, matchingKey, partitionOf, type MatchingKey } from '../../../schemas/key.ts';
import { kindOf, type PartitionCounts, type PartitionId } from '../../../schemas/partition.ts';
import type { Log } from '../../../streams/log.ts';
import type { Store } from '../../../store/store.ts';
import { outcomeId, readOutcome } from '../../partition/outcomes.ts';

const POLL_MS = 10;

/** How long the owner of a partition may take: one that is stuck mends nothing. */
const PATIENCE_MS = 60_000;

const TRIES = 5;

/** Has entities written anew by the partitions that own them, and by nobody else. */
export class Mender {
  private readonly log: Pick<Log, 'append'>;
  private readonly store: Pick<Store, 'load'>;
  private readonly counts: PartitionCounts;

  constructor(log: Pick<Log, 'append'>, store: Pick<Store, 'load'>, counts: PartitionCounts) {
    this.log = log;
    this.store = store;
    this.counts = counts;
  }

  /** Why it was not written anew; null if it was. */
  async mend(key: MatchingKey): Promise<string | null> {
    let why: string | null = null;
    for (let n = 0; n < TRIES; n++) {
      why = await this.once(key);
      if (why === null || !why.endsWith('ask again')) return why;
    }
    return why;
  }

  private async once(key: MatchingKey): Promise<string | null> {
    const partition = partitionOf(kindOfKey(key) ?? '', key, this.counts);
    const data: Restate = { entities: [key] };
    const body: CommandBody = {
      ...{ v: 1, type: 'command', name: 'restate', data, idempotencyKey: randomUUID() },
      key: this.someKeyOf(partition),
    };
    await this.log.append(partition, 'fast', [JSON.stringify(body)]);
    const id = outcomeId(body);
    for (const started = Date.now(); Date.now() - started < PATIENCE_MS;) {
      const [document] = await this.store.load([{ collection: 'master.outcomes', id }]);
      const outcome = document === undefined ? null : readOutcome(document);
      if (outcome !== null) return outcome.status === 'done' ? null : (outcome.reason ?? 'it was refused');
      await pause(POLL_MS);
    }
    return `${partition} did not answer`;
  }

  /**
   * The command is nobody's own: to hear it, a partition loads the entity that it is for, and one that is damaged might
   * not load.
   */
  private someKeyOf(partition: PartitionId): MatchingKey {
    const kind = kindOf(partition);
    for (let n = 0; ; n++) {
      const key = matchingKey(DEFAULT_TENANT, kind, 'masterflag', `restate ${n}`);
      if (partitionOf(kind, key, this.counts) === partition) return key;
    }
  }
}
