import type { PartitionId } from '../../schemas/partition.ts';
import type { EventsAppend } from '../log.ts';
import type { Appends } from './append.ts';
import { encodeBody } from './body.ts';
import type { Connection } from './connection.ts';
import { isWrongLast, refusal, unanswered } from './failures.ts';
import type { KnownStreams } from './known.ts';
import { CHUNK, SEQ } from './reads.ts';

/** Appends to the events of partitions, each on condition of the message that it follows. */
export class Events {
  private readonly connection: Connection;
  private readonly known: KnownStreams;
  private readonly appends: Appends;

  constructor(connection: Connection, known: KnownStreams, appends: Appends) {
    this.connection = connection;
    this.known = known;
    this.appends = appends;
  }

  async append(
    partition: PartitionId,
    { seq, chunk, body }: EventsAppend,
    expected: number,
  ): Promise<{ position: number } | 'conflict'> {
    const encoded = await encodeBody(body, this.connection.server.maxPayload);
    const known = this.known.subject(partition, 'events');
    // Until this is known to have happened, only the leader can say what is last.
    known.tail = undefined;
    const answer = await this.appends.publish(partition, 'events', encoded, {
      [SEQ]: seq,
      [CHUNK]: chunk,
      'Nats-Expected-Last-Subject-Sequence': expected,
    });
    const operation = `events ${seq}/${chunk} of ${partition}`;
    if (answer.error !== undefined) {
      if (isWrongLast(answer.error)) return 'conflict';
      throw refusal(operation, answer.error);
    }
    const { seq: position = 0 } = answer;
    if (position === 0) throw unanswered(operation, 'acknowledged without a position');
    known.told = Math.max(known.told, position);
    known.tail = { position, seq, chunk };
    return { position };
  }
}
