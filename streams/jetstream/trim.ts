import { LANES, type Lane, type PartitionId } from '../../schemas/partition.ts';
import { ask, leaderMessage, streamInfo, type StreamState } from './api.ts';
import type { Connection } from './connection.ts';
import type { KnownStream, KnownStreams } from './known.ts';
import { subjectsOf } from './names.ts';

/**
 * Removes from the streams what retention no longer asks for. Only a leader is asked what there is: what a replica does
 * not know of yet must not be taken for nothing.
 */
export class Trimmer {
  private readonly connection: Connection;
  private readonly known: KnownStreams;
  private readonly cluster: string;

  constructor(connection: Connection, known: KnownStreams, cluster: string) {
    this.connection = connection;
    this.known = known;
    this.cluster = cluster;
  }

  /**
   * Purges each lane of each kind as a whole, up to the first message that its partition has not applied or that is
   * young: one purge instead of one for each partition, and streams without holes. A partition that has nothing waiting
   * holds nothing up; one that is not named holds up all that it has.
   */
  async inbox(applied: ReadonlyMap<PartitionId, Readonly<Record<Lane, number>>>, before: number): Promise<number> {
    let removed = 0;
    for (const kind of this.known.kinds) {
      for (const lane of LANES) {
        const stream = this.known.ofKind(kind)[lane];
        removed += await this.lane(stream, lane, applied, before);
      }
    }
    return removed;
  }

  /** The last message of a subject stays: the next commit's events are appended on condition of it. */
  async events(before: number): Promise<number> {
    let removed = 0;
    for (const kind of this.known.kinds) {
      const { name } = this.known.ofKind(kind).events;
      for (const subject of await this.subjects(name, subjectsOf(this.cluster, kind, 'events'))) {
        const last = await leaderMessage(this.connection, name, { last_by_subj: subject });
        if (last === undefined) continue;
        const young = await this.firstYoung(name, subject, before);
        removed += await this.purge(name, { filter: subject, seq: Math.min(young ?? last.seq, last.seq) });
      }
    }
    return removed;
  }

  private async lane(
    { name, kind }: KnownStream,
    lane: Lane,
    applied: ReadonlyMap<PartitionId, Readonly<Record<Lane, number>>>,
    before: number,
  ): Promise<number> {
    // Before anything else is asked: what comes after it stays in any case.
    const { state } = await streamInfo(this.connection, name);
    if (state.messages === 0) return 0;
    const wildcard = subjectsOf(this.cluster, kind, lane);
    let keep = Math.min(state.last_seq + 1, (await this.firstYoung(name, wildcard, before)) ?? Infinity);
    for (const subject of await this.subjects(name, wildcard)) {
      if (keep <= state.first_seq) return 0;
      const partition = subject.slice(this.cluster.length + lane.length + 2) as PartitionId;
      const after = applied.get(partition)?.[lane] ?? 0;
      if (after >= keep - 1) continue;
      const next = await leaderMessage(this.connection, name, { seq: after + 1, next_by_subj: subject });
      keep = Math.min(keep, next?.seq ?? Infinity);
    }
    return keep <= state.first_seq ? 0 : this.purge(name, { seq: keep });
  }

  private async firstYoung(stream: string, subject: string, before: number): Promise<number | undefined> {
    // NATS takes times of four-digit years.
    if (before > LATEST) return undefined;
    const start_time = new Date(before).toISOString();
    return (await leaderMessage(this.connection, stream, { start_time, next_by_subj: subject }))?.seq;
  }

  private async subjects(stream: string, filter: string): Promise<readonly string[]> {
    const { state } = await ask<{ state: StreamState & { readonly subjects?: Readonly<Record<string, number>> } }>(
      this.connection,
      `STREAM.INFO.${stream}`,
      { subjects_filter: filter },
    );
    return Object.keys(state.subjects ?? {});
  }

  private async purge(stream: string, what: { readonly seq: number; readonly filter?: string }): Promise<number> {
    const { purged } = await ask<{ purged: number }>(this.connection, `STREAM.PURGE.${stream}`, what);
    return purged;
  }
}

const LATEST = Date.UTC(9999, 0);
