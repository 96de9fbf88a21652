import type { CommandBody, EffectItem, RecordBatch } from '../../schemas/inbox.ts';
import { partitionOf } from '../../schemas/key.ts';
import type { PartitionCounts } from '../../schemas/partition.ts';
import { intakeOf, sentRecord } from '../../actors/partition/intake.ts';
import { quarantinedRecord, readEntry, readMeta } from '../../actors/partition/quarantine.ts';
import { corrected, sendable, subjectOf, type Correction } from '../../actors/node/subject.ts';
import type { SourceRegistry } from '../../streams/mapping/registry.ts';
import type { RecordWork, StageFunction } from '../../streams/pipeline/batch.ts';
import type { Append } from './scenario.ts';
import type { Random } from './world.ts';

/** The feed that corrected records are counted in. */
export const FIXES = 'fixes';

/** What somebody wants done with a record that is rejected. */
export interface PlannedCorrection {
  /** Id of the entry. */
  readonly entry: string;
  /** What is sent in its stead; null where it is dropped. */
  readonly send: EffectItem | null;
  /** The command, under one of several idempotency keys. */
  readonly append: (attempt: number) => Append;
}

/** Corrections for most of the records that the stages reject: some are mended, some given up. */
export function planCorrections(
  random: Random,
  sources: SourceRegistry,
  stages: readonly StageFunction[],
  counts: PartitionCounts,
  batches: readonly Append[],
): PlannedCorrection[] {
  const planned = new Map<string, PlannedCorrection>();
  for (const { body } of batches) {
    for (const work of rejectedOf(JSON.parse(body) as RecordBatch, stages)) {
      if (random.chance(0.3)) continue;
      const plan = planOf(random, sources, stages, counts, work);
      if (plan !== null) planned.set(plan.entry, plan);
    }
  }
  return [...planned.values()];
}

function rejectedOf(batch: RecordBatch, stages: readonly StageFunction[]): RecordWork[] {
  return batch.records.flatMap((_, item) => {
    const alone = { lane: 'bulk', position: 1, item, at: 0, body: batch, bytes: 0, lastOfMessage: false } as const;
    const { records } = intakeOf([alone]);
    for (const stage of stages) stage(records);
    return records.filter(({ problem }) => problem !== null);
  });
}

function planOf(
  random: Random,
  sources: SourceRegistry,
  stages: readonly StageFunction[],
  counts: PartitionCounts,
  work: RecordWork,
): PlannedCorrection | null {
  const document = quarantinedRecord({ partition: 'none.0', seq: 0, at: 0 }, work);
  const entry = readEntry(document);
  if (entry === null) return null;
  const { id } = document;
  const send = random.chance(0.7) ? mended(id, entry, readMeta(document), sources, stages) : null;
  const name = send === null ? 'drop' : 'fix';
  const data = send === null ? { entry: id, by: 'simulator', why: 'no use' } : { entry: id, by: 'simulator', send };
  return {
    entry: id,
    send,
    append: (attempt) => commandAppend(entry.entity, name, data, `${name}-${id}-${attempt}`, counts),
  };
}

/** What a person would make of it; null if that is not all that is wrong. */
function mended(
  id: string,
  entry: NonNullable<ReturnType<typeof readEntry>>,
  meta: ReturnType<typeof readMeta>,
  sources: SourceRegistry,
  stages: readonly StageFunction[],
): EffectItem | null {
  try {
    const subject = corrected(subjectOf(entry, meta), correctionOf(entry), sources);
    const send = sendable(subject, entry.entity, sources, { feed: FIXES, corrects: id });
    const work: RecordWork = {
      ...sentRecord(send),
      position: 0,
      item: 0,
      at: 0,
      parts: [],
      duplicate: false,
      problem: null,
    };
    for (const stage of stages) stage([work]);
    return work.problem === null ? send : null;
  } catch {
    return null;
  }
}

function correctionOf({ from, raw }: NonNullable<ReturnType<typeof readEntry>>): Correction {
  const { text } = ((raw as { row?: unknown }).row ?? {}) as { text?: string };
  if (text !== undefined) return { type: 'payload', payload: Buffer.from(text) };
  return { type: 'fields', changes: from.map((field) => [field, '3']) };
}

function commandAppend(
  key: string,
  name: string,
  data: unknown,
  idempotencyKey: string,
  counts: PartitionCounts,
): Append {
  const body: CommandBody = { v: 1, type: 'command', key, name, data, idempotencyKey };
  return { partition: partitionOf(key.split('.')[1] ?? '', key, counts), lane: 'fast', body: JSON.stringify(body) };
}

/** Mostly too early, or the same command again. */
export function earlyCommands(random: Random, planned: readonly PlannedCorrection[]): Append[] {
  return planned.flatMap(({ append }) => {
    const times = random.below(4);
    return Array.from({ length: times }, () => append(random.below(2)));
  });
}
