import { MasterflagError, type UnknownOutcome } from '../../schemas/errors.ts';
import { kindOf, type PartitionId } from '../../schemas/partition.ts';
import type { EventsTail } from '../log.ts';
import { streamInfo } from './api.ts';
import type { Connection } from './connection.ts';
import { unanswered } from './failures.ts';
import { ROLES, subjectOf, type Role } from './names.ts';
import { identityOf, type StreamReport } from './settings.ts';

export interface KnownStream {
  readonly name: string;
  readonly kind: string;
  readonly role: Role;
  identity: string;
  /** The last position that its leader told. */
  last: number;
}

/** What is known of one subject, none of which needs to be true still. */
export interface KnownSubject {
  readonly subject: string;
  /** A message was acknowledged at this position, by whomever. */
  told: number;
  /** `last` of the stream when the leader said that nothing more is there. */
  verified: number;
  /** Read already, and too much for the read that found it. */
  leftover: { readonly after: number; readonly message: ReadMessage } | undefined;
  /** The last message of an events subject, when this log appended it. */
  tail: EventsTail | undefined;
}

export interface ReadMessage extends EventsTail {
  readonly at: number;
  readonly body: string;
}

/** The streams of a log as they were when somebody last looked, and whether they still are those. */
export class KnownStreams {
  private readonly connection: Connection;
  private readonly cluster: string;
  private readonly streams = new Map<string, Readonly<Record<Role, KnownStream>>>();
  private readonly subjects = new Map<string, KnownSubject>();
  /** The identity that each partition counts its positions in. */
  private readonly believed = new Map<PartitionId, string>();

  constructor(connection: Connection, cluster: string, reports: readonly StreamReport[]) {
    this.connection = connection;
    this.cluster = cluster;
    for (const kind of new Set(reports.map((report) => report.kind))) {
      const of = (role: Role): KnownStream => {
        const report = reports.find((one) => one.kind === kind && one.role === role);
        const { name = '', identity = '', state } = report ?? {};
        return { name, kind, role, identity, last: state?.last_seq ?? 0 };
      };
      this.streams.set(kind, { fast: of('fast'), bulk: of('bulk'), events: of('events') });
    }
  }

  get kinds(): readonly string[] {
    return [...this.streams.keys()];
  }

  stream(partition: PartitionId, role: Role): KnownStream {
    return this.ofKind(kindOf(partition))[role];
  }

  ofKind(kind: string): Readonly<Record<Role, KnownStream>> {
    const streams = this.streams.get(kind);
    if (streams === undefined) throw new RangeError(`the log has no streams for the kind ${kind}`);
    return streams;
  }

  subject(partition: PartitionId, role: Role): KnownSubject {
    const subject = subjectOf(this.cluster, role, partition);
    let known = this.subjects.get(subject);
    if (known === undefined) {
      known = { subject, told: 0, verified: 0, leftover: undefined, tail: undefined };
      this.subjects.set(subject, known);
    }
    return known;
  }

  /** Asks who the streams of a partition are, and believes it from now on. @throws MF_STREAM_ABSENT, UnknownOutcome */
  async identity(partition: PartitionId): Promise<string> {
    const streams = this.ofKind(kindOf(partition));
    await Promise.all(ROLES.map((role) => this.refresh(streams[role])));
    const identity = joined(streams);
    this.believed.set(partition, identity);
    return identity;
  }

  /** @throws MF_LOG_REPLACED when the streams of a partition are not those any more that it believed in */
  check(partition: PartitionId): void {
    const believed = this.believed.get(partition);
    if (believed === undefined) return;
    const found = joined(this.ofKind(kindOf(partition)));
    if (found !== believed) {
      throw new MasterflagError('MF_LOG_REPLACED', `${partition} was reading log ${believed}, but it is ${found} now`);
    }
  }

  /** @throws MF_STREAM_ABSENT, UnknownOutcome */
  async refresh(stream: KnownStream): Promise<void> {
    const info = await streamInfo(this.connection, stream.name);
    const identity = identityOf(info);
    if (identity !== stream.identity) this.replace(stream, identity);
    stream.last = info.state.last_seq;
  }

  /** What it means that nobody takes requests to a stream: it has no leader for now. @throws MF_STREAM_ABSENT */
  async explain(stream: KnownStream, operation: string): Promise<UnknownOutcome> {
    await this.refresh(stream);
    return unanswered(operation, `stream ${stream.name} has no leader`);
  }

  /**
   * An acknowledged position is above all that were acknowledged before it was sent, or the stream has lost some.
   * @throws MF_LOG_REPLACED
   */
  async refuseBackwards(partition: PartitionId, role: Role, position: number, before: number): Promise<void> {
    if (position > before) return;
    const stream = this.stream(partition, role);
    await this.refresh(stream);
    this.check(partition);
    throw new MasterflagError(
      'MF_LOG_REPLACED',
      `stream ${stream.name} gave position ${position} after it had given ${before}: it has lost messages`,
    );
  }

  private replace(stream: KnownStream, identity: string): void {
    stream.identity = identity;
    const prefix = `${this.cluster}.${stream.role}.${stream.kind}.`;
    for (const subject of this.subjects.keys()) if (subject.startsWith(prefix)) this.subjects.delete(subject);
  }
}

function joined(streams: Readonly<Record<Role, KnownStream>>): string {
  return ROLES.map((role) => streams[role].identity).join('-');
}
