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

/** Entities of one command: the reasons why some were not written anew have to fit its outcome. */
const AT_ONCE = 16;

/** Has entities written anew by the partitions that own them, and by nobody else. */
export class Mender {
  private readonly log: Pick<Log, 'append'>;
  private readonly store: Pick<Store, 'load'>;
  private readonly counts: PartitionCounts;
  /** Partitions that do not answer: waiting for each entity of theirs would take for ever. */
  private readonly silent = new Set<PartitionId>();

  constructor(log: Pick<Log, 'append'>, store: Pick<Store, 'load'>, counts: PartitionCounts) {
    this.log = log;
    this.store = store;
    this.counts = counts;
  }

  /** Why some were not written anew, by their keys; of one that is not among them, it was. */
  async mend(keys: readonly MatchingKey[]): Promise<Map<MatchingKey, string>> {
    const byPartition = Map.groupBy(keys, (key) => partitionOf(kindOfKey(key) ?? '', key, this.counts));
    const all = await Promise.all([...byPartition].map(([partition, some]) => this.mendInTurn(partition, some)));
    return new Map(all.flat());
  }

  private async mendInTurn(
    partition: PartitionId,
    keys: readonly MatchingKey[],
  ): Promise<(readonly [MatchingKey, string])[]> {
    const notes: (readonly [MatchingKey, string])[] = [];
    for (let from = 0; from < keys.length; from += AT_ONCE) {
      notes.push(...(await this.mendIn(partition, keys.slice(from, from + AT_ONCE))));
    }
    return notes;
  }

  private async mendIn(
    partition: PartitionId,
    keys: readonly MatchingKey[],
  ): Promise<(readonly [MatchingKey, string])[]> {
    let left = keys;
    let why = `${partition} did not answer`;
    // Together they are read from the log once; what something else was heard of meanwhile is asked for again.
    for (let n = 0; n < TRIES && left.length > 0 && !this.silent.has(partition); n++) {
      why = await this.once(partition, left);
      left = left.filter((key) => why.includes(key));
    }
    return left.map((key) => [key, why]);
  }

  private async once(partition: PartitionId, entities: readonly MatchingKey[]): Promise<string> {
    const data: Restate = { entities };
    const body: CommandBody = {
      ...{ v: 1, type: 'command', name: 'restate', data, idempotencyKey: randomUUID() },
      key: this.someKeyOf(partition),
    };
    await this.log.append(partition, 'fast', [JSON.stringify(body)]);
    const id = outcomeId(body);
    for (const started = Date.now(); Date.now() - started < PATIENCE_MS;) {
      const [document] = await this.store.load([{ collection: 'master.outcomes', id }]);
      const outcome = document === undefined ? null : readOutcome(document);
      if (outcome !== null) return outcome.status === 'done' ? '' : (outcome.reason ?? entities.join());
      await pause(POLL_MS);
    }
    this.silent.add(partition);
    return `${partition} did not answer: ${entities.join()}`;
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
