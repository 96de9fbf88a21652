import type { Checkpoint } from '../../schemas/checkpoint.ts';
import type { EffectItem, InboxBody, RecordBatch, SentRecord } from '../../schemas/inbox.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { Lane } from '../../schemas/partition.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { RecordWork } from '../../streams/pipeline/batch.ts';
import type { Log } from '../../streams/log.ts';
import { LaneReader, type LaneItem } from './lane-reader.ts';
import type { Limits } from './limits.ts';
import type { Patience } from './retry.ts';

/** One batch on its way: items of both lanes, and the records among them as the stages see them. */
export interface Intake {
  readonly items: readonly LaneItem[];
  readonly records: readonly RecordWork[];
  /** Bulk was not looked at: what waits there is not known. */
  readonly bulkPaused: boolean;
}

/**
 * Decides what the next batch holds. Fast goes first; bulk pauses while fast is behind, or somebody waits for the
 * partition, but gets its share every few batches: neither endless effects nor endless commands starve the feeds.
 */
export class IntakeReader {
  private readonly fast: LaneReader;
  private readonly bulk: LaneReader;
  private readonly limits: Limits;
  private bulkPaused = 0;

  constructor(log: Log, { id, positions }: Checkpoint, limits: Limits, patience: Patience) {
    this.fast = new LaneReader(log, id, 'fast', positions.fast, limits.readBytes, patience);
    this.bulk = new LaneReader(log, id, 'bulk', positions.bulk, limits.readBytes, patience);
    this.limits = limits;
  }

  /** What there is now; empty when both lanes are read to their ends, or bulk pauses and fast has nothing. */
  async next(isAwaited = false): Promise<Intake> {
    const fast = await this.fast.take(this.limits.fastItems);
    const behind = isAwaited || fast.length === this.limits.fastItems;
    const pause = behind && this.bulkPaused < this.limits.bulkShare;
    this.bulkPaused = pause ? this.bulkPaused + 1 : 0;
    if (pause) return intakeOf(fast, true);
    const { bulkItems } = this.limits;
    // What is parsed and not heard by this batch outlives it: records of half a message cost more than a short batch.
    const bulk = await this.bulk.take(bulkItems, bulkItems / 2);
    return intakeOf(fast.length === 0 ? bulk : [...fast, ...bulk]);
  }

  /** One item: fast first. */
  async one(): Promise<Intake> {
    const fast = await this.fast.take(1);
    return fast.length > 0 ? intakeOf(fast, true) : intakeOf(await this.bulk.take(1));
  }

  /** The next item of one lane. */
  async oneOf(lane: Lane): Promise<Intake> {
    return intakeOf(await (lane === 'fast' ? this.fast : this.bulk).take(1));
  }
}

export function intakeOf(items: readonly LaneItem[], bulkPaused = false): Intake {
  const records: RecordWork[] = [];
  for (const item of items) {
    const found = recordIn(item);
    if (found === null) continue;
    const { batch, record } = found;
    const { position, at } = item;
    records.push({ position, item: item.item, at, batch, record, parts: [], duplicate: false, problem: null });
  }
  return { items, records, bulkPaused };
}

/** The record that an item is, if it is one: of a feed, or sent again out of quarantine. */
export function recordIn({ body, item, position }: Pick<LaneItem, 'body' | 'item' | 'position'>): {
  readonly batch: RecordBatch;
  readonly record: RecordBatch['records'][number];
} | null {
  if (body.type === 'records') {
    const record = body.records[item];
    if (record === undefined) throw new RangeError(`no record ${item} in message ${position}`);
    return { batch: body, record };
  }
  const effect = body.type === 'effects' ? body.items[item] : undefined;
  return effect?.type === 'record' ? sentRecord(effect) : null;
}

/** The feed that an item is counted in, and its source, if it is a record. */
export function feedOf({ body, item }: Pick<LaneItem, 'body' | 'item'>): Pick<RecordBatch, 'feed' | 'source'> | null {
  if (body.type === 'records') return body;
  const effect = body.type === 'effects' ? body.items[item] : undefined;
  return effect?.type === 'record' ? (effect.data as SentRecord) : null;
}

/** A record that is sent again is a batch of its own. */
export function sentRecord({ key, name, data }: EffectItem): {
  readonly batch: RecordBatch;
  readonly record: RecordBatch['records'][number];
} {
  const { source, sourceVersion, feed, columns, ...rest } = upcast<SentRecord>('inbox/sent', data);
  const { v: _, ...record } = { key, record: name, ...rest };
  const head = { v: 1, type: 'records', source, sourceVersion, feed } as const;
  return { batch: { ...head, ...(columns === undefined ? {} : { columns }), records: [record] }, record };
}

/** The entity that an item is for: known without running any stage on it. */
export function keyOf({ body, item }: Pick<LaneItem, 'body' | 'item'>): MatchingKey {
  switch (body.type) {
    case 'records':
      return body.records[item]?.key ?? '';
    case 'effects':
      return body.items[item]?.key ?? '';
    case 'command':
    case 'timer':
      return body.key;
  }
}

/** The item alone, as a body of its own: how a parked message is kept, and processed again from the start. */
export function alone({ body, item }: Pick<LaneItem, 'body' | 'item'>): InboxBody {
  switch (body.type) {
    case 'records':
      return { ...body, records: body.records.slice(item, item + 1) };
    case 'effects':
      return { ...body, items: body.items.slice(item, item + 1) };
    case 'command':
    case 'timer':
      return body;
  }
}
