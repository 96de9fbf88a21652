import { kindOf, LANES, type Lane, type PartitionId } from '../../schemas/partition.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import type { Connection } from './connection.ts';
import type { KnownStreams } from './known.ts';
import { wakeSubjectOf } from './names.ts';

interface Followed {
  readonly followers: Set<() => void>;
  readonly unsubscribe: () => void;
}

/**
 * Tells followers of a partition that something was appended. After an append a message goes to whoever follows, which
 * says where; it may be lost, so the leaders of the streams are asked now and then for their last position as well.
 */
export class Wakes {
  private readonly connection: Connection;
  private readonly known: KnownStreams;
  private readonly cluster: string;
  private readonly pollMs: number;
  private readonly followed = new Map<PartitionId, Followed>();
  private readonly unlisten: () => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection, known: KnownStreams, cluster: string, pollMs: number) {
    this.connection = connection;
    this.known = known;
    this.cluster = cluster;
    this.pollMs = pollMs;
    this.unlisten = connection.onReconnected(() => {
      for (const partition of this.followed.keys()) this.wake(partition);
      void this.poll();
    });
  }

  follow(partition: PartitionId, wake: () => void): () => void {
    const own = (): void => {
      wake();
    };
    const followed = this.followed.get(partition) ?? this.subscribe(partition);
    followed.followers.add(own);
    this.timer ??= setTimeout(() => void this.pollOn(), this.pollMs).unref();
    return () => {
      followed.followers.delete(own);
      if (followed.followers.size > 0 || this.followed.get(partition) !== followed) return;
      this.followed.delete(partition);
      followed.unsubscribe();
    };
  }

  /** An append of this process was acknowledged: wakes its own followers, and tells those elsewhere. */
  appended(partition: PartitionId, lane: Lane, position: number): void {
    this.wake(partition);
    try {
      this.connection.publish(wakeSubjectOf(this.cluster, partition), `${lane} ${position}`, 'wake');
    } catch (error) {
      // The connection went away after the acknowledgement: they will find it themselves.
      if (!(error instanceof MasterflagError)) throw error;
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.unlisten();
    this.followed.clear();
  }

  private subscribe(partition: PartitionId): Followed {
    const unsubscribe = this.connection.subscribe(wakeSubjectOf(this.cluster, partition), (message) => {
      const [lane, position] = message.string().split(' ');
      const known = LANES.find((one) => one === lane);
      if (known === undefined) return;
      const subject = this.known.subject(partition, known);
      subject.told = Math.max(subject.told, Number(position) || 0);
      this.wake(partition);
    });
    const followed = { followers: new Set<() => void>(), unsubscribe };
    this.followed.set(partition, followed);
    return followed;
  }

  private wake(partition: PartitionId): void {
    for (const wake of this.followed.get(partition)?.followers ?? []) wake();
  }

  private async pollOn(): Promise<void> {
    await this.poll();
    if (this.timer === undefined) return;
    this.timer = this.followed.size === 0 ? undefined : setTimeout(() => void this.pollOn(), this.pollMs).unref();
  }

  /** Also notices streams that were made anew: who counts in the old ones is woken to hear of it. */
  private async poll(): Promise<void> {
    const kinds = new Set([...this.followed.keys()].map(kindOf));
    await Promise.all([...kinds].flatMap((kind) => LANES.map((lane) => this.look(kind, lane))));
  }

  private async look(kind: string, lane: Lane): Promise<void> {
    const stream = this.known.ofKind(kind)[lane];
    const { last, identity } = stream;
    try {
      await this.known.refresh(stream);
    } catch (error) {
      // Whoever reads next hears of it.
      if (error instanceof MasterflagError) return;
      throw error;
    }
    if (stream.last === last && stream.identity === identity) return;
    for (const partition of this.followed.keys()) if (kindOf(partition) === kind) this.wake(partition);
  }
}
