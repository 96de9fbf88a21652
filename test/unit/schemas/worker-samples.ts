import { unopened, type Checkpoint } from '../../../schemas/checkpoint.ts';
import type { StoredDocument } from '../../../schemas/document.ts';
import type {
  CommandBody,
  EffectBatch,
  EffectItem,
  RecordBatch,
  SentRecord,
  TimerBody,
} from '../../../schemas/inbox.ts';
import { matchingKey } from '../../../schemas/key.ts';
import { setupDocument } from '../../../actors/node/setup.ts';
import { editionDocument } from '../../../actors/node/editions.ts';
import { encode, type Stamp } from '../../../actors/partition/encode.ts';
import { FeedCounts } from '../../../actors/partition/feed-counts.ts';
import { intakeOf } from '../../../actors/partition/intake.ts';
import type { LaneItem } from '../../../actors/partition/lane-reader.ts';
import { outcomeDocument, outcomeId, outcomeOf } from '../../../actors/partition/outcomes.ts';
import { parkedDocument, waitingId } from '../../../actors/partition/parking.ts';
import { overflowed, poisoned, quarantinedRecord } from '../../../actors/partition/quarantine.ts';
import { resolutionDocument } from '../../../actors/partition/resolutions.ts';
import { timerDocument } from '../../../actors/partition/timers.ts';
import { problem } from '../../../streams/pipeline/problem.ts';

const KEY = matchingKey('main', 'order', 'shop', '1');
const STAMP: Stamp = { partition: 'order.0', seq: 7, at: 1714557600000 };

const records: RecordBatch = {
  ...{ v: 1, type: 'records', source: 'shop', sourceVersion: 2, feed: 'f1', columns: ['id', 'quantity'] },
  records: [{ key: KEY, record: 'line', raw: ['1', 'x'], where: 'orders.csv:2' }],
};

const sent: SentRecord = {
  ...{ v: 1, source: 'shop', sourceVersion: 2, feed: 'f2', columns: ['id', 'quantity'] },
  ...{ raw: ['1', '3'], where: 'orders.csv:2', corrects: 'q0123456789012345678901' },
};

const sentAgain: EffectItem = { key: KEY, type: 'record', name: 'line', data: sent };

const effects: EffectBatch = { v: 2, type: 'effects', from: 'order.1', seq: 3, chunk: 0, items: [sentAgain] };

const command: CommandBody = {
  ...{ v: 1, type: 'command', key: KEY, name: 'note', data: { text: 'Called.' } },
  ...{ idempotencyKey: 'once', expectedVersion: 4 },
};

const timer: TimerBody = { v: 1, type: 'timer', key: KEY, timer: 'reminder', generation: 2 };

/** What the worker itself keeps and reads, as it writes it: by the names of the shapes. */
export function* workerSamples(): Generator<readonly [name: string, value: unknown]> {
  yield* [records, effects, command, timer].map((body) => [`inbox/${body.type}`, body] as const);
  yield ['inbox/sent', sent];
  const edition = { source: 'shop', version: 2, digest: 'zD8qH_1jxNsZ4BFLk6lLd0' };
  yield ['management.sources', bodyOf(editionDocument(edition))];
  yield ['management.setup', bodyOf(setupDocument({ tenant: 'main', partitions: { order: 4 }, matching: 'hash' }))];
  const [work] = intakeOf([itemOf(records)]).records;
  if (work === undefined) throw new Error('a batch of one record has no record');
  const fault = { code: 'MF_RECORD_UNMAPPED', stage: 'extract', rule: 'number', field: 'orderLine.quantity' } as const;
  const more = { value: 'x', message: 'is no number', fix: 'mend the number', from: ['quantity'] };
  work.problem = { ...problem({ ...fault, ...more }), identity: 'line/1' };
  const documents = documentsOf(quarantinedRecord(STAMP, work));
  for (const document of documents) {
    yield [document.collection, bodyOf(document)];
    if (document.meta !== '') yield ['meta/quarantine', JSON.parse(document.meta)];
  }
  yield ['checkpoint', checkpointOf(documents)];
}

function documentsOf(entry: StoredDocument): StoredDocument[] {
  const feeds = new FeedCounts('order.0', 10);
  feeds.remember('f1', 'shop', undefined);
  feeds.count('f1', 'quarantined');
  const poison = poisoned(STAMP, itemOf(records), new Error('a bug'));
  const file = { file: 'entries.ndjson', partition: 'order.0', collection: 'management.quarantine' };
  return [
    ...feeds.take(STAMP),
    poison.document,
    overflowed(STAMP, itemOf(effects), waitingId(KEY, STAMP, 1), poison.id),
    entry,
    parkedDocument(STAMP, itemOf(records), waitingId(KEY, STAMP, 0)),
    timerDocument(STAMP, KEY, { timer: 'reminder', due: 1714557660000, generation: 2 }),
    outcomeDocument(STAMP, outcomeId(command), outcomeOf(command, 5, STAMP.at)),
    resolutionDocument(STAMP, entry, { how: 'fixed', by: 'ann', why: 'a slip', send: sentAgain }),
    encode(
      STAMP,
      'management.exports',
      'x',
      7,
      { v: 1, ...file, documents: 2, at: '2024-05-01T10:00:00.000Z' },
      undefined,
    ),
  ];
}

function checkpointOf(changes: readonly StoredDocument[]): Checkpoint {
  const outbox = { effects: [{ to: 'order.0' as const, chunks: [JSON.stringify(effects)] }], events: ['[]'] };
  const positions = { fast: { after: 9, skip: 0 }, bulk: { after: 12, skip: 3 } };
  return {
    ...{ ...unopened('order.1'), epoch: 2, owner: 'a', seq: 3, openings: 1, logId: 'log', positions },
    ...{ marks: { 'customer.0': { seq: 4, chunk: 1 } }, trying: { lane: 'bulk', position: 12, item: 3 } },
    ...{ now: STAMP.at, changes: changes.slice(0, 1), outbox },
  };
}

function itemOf(body: LaneItem['body']): LaneItem {
  const lane = body.type === 'records' ? 'bulk' : 'fast';
  return { lane, position: 3, item: 0, at: STAMP.at, body, bytes: 100, lastOfMessage: true };
}

/** As its collection's shape has it: where it is found is no part of it. */
function bodyOf({ json }: StoredDocument): unknown {
  const { _id: _, ...body } = JSON.parse(json ?? '') as Record<string, unknown>;
  return body;
}
