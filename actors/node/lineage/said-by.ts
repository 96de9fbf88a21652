import type { Part } from '../../../schemas/canonical/part.ts';
import type { RecordBatch } from '../../../schemas/inbox.ts';
import { kindOfKey, partitionOf, type MatchingKey } from '../../../schemas/key.ts';
import { LANES } from '../../../schemas/partition.ts';
import type { Settings } from '../../../schemas/settings.ts';
import type { SourceRegistry } from '../../../streams/mapping/registry.ts';
import type { RecordWork } from '../../../streams/pipeline/batch.ts';
import { createStages } from '../../../streams/pipeline/stages.ts';
import { compareStates, compareValues, versionOf, type Statement } from '../../facts.ts';
import type { ReadPorts } from '../ports.ts';
import { sentBatches } from '../sent-batches.ts';

const READ = { messages: 32, bytes: 4 * 1024 * 1024 };

interface SaidPart {
  readonly name: string;
  readonly part: Part;
  readonly where: string;
}

/**
 * What the inbox still has of the records that were routed to an entity, and which of them said what. Hole: records of
 * other entities that speak of this one (an order's line of its product) are not looked through.
 */
export class SaidBy {
  private readonly parts: readonly SaidPart[];

  private constructor(parts: readonly SaidPart[]) {
    this.parts = parts;
  }

  static async read(
    key: MatchingKey,
    { log }: Pick<ReadPorts, 'log'>,
    sources: SourceRegistry,
    settings: Settings,
  ): Promise<SaidBy> {
    const partition = partitionOf(kindOfKey(key) ?? '', key, settings.partitions);
    const stages = createStages(sources, settings);
    const parts: SaidPart[] = [];
    for (const lane of LANES) {
      for (let after = 0; ;) {
        const messages = await log.read(partition, lane, after, READ);
        // Parsing every record of the lane to keep a few would take most of the time.
        const batches = messages
          .filter(({ body }) => body.includes(key))
          .flatMap(({ body }) => (lane === 'bulk' ? [JSON.parse(body) as RecordBatch] : sentBatches(body)));
        for (const batch of batches) {
          const works = worksOf(batch, key);
          for (const stage of stages) stage(works);
          parts.push(...works.filter(({ problem }) => problem === null).flatMap((work) => partsOf(work, key)));
        }
        const last = messages.at(-1);
        if (last === undefined) break;
        after = last.position;
      }
    }
    return new SaidBy(parts);
  }

  /** Where the first record stood that says this field of a statement; of a state that many gathered, this value. */
  find(name: string, statement: Statement<object>, field: string): string | undefined {
    const found = this.parts.find(
      (said) => said.name === name && isOf(said.part, statement) && says(said.part, statement, field),
    );
    return found?.where;
  }
}

function isOf(part: Part, statement: Statement): boolean {
  const isSlot = part.source === statement.source && part.slot === statement.slot;
  return isSlot && versionOf(part) === versionOf(statement);
}

function says(part: Part, statement: Statement<object>, field: string): boolean {
  if (statement.merge !== 'least') return compareStates(part, statement) === 0;
  const [said, kept] = [part.body, statement.body].map((body) => (body as Readonly<Record<string, unknown>>)[field]);
  return said !== undefined && compareValues(said, kept) === 0;
}

function worksOf(batch: RecordBatch, key: MatchingKey): RecordWork[] {
  const own = batch.records.filter((record) => record.key === key);
  return own.map((record, item) => ({
    ...{ position: 0, item, at: 0, batch, record },
    ...{ parts: [], duplicate: false, problem: null },
  }));
}

function partsOf({ parts, record }: RecordWork, key: MatchingKey): SaidPart[] {
  const own = parts.filter((part) => part.key === key);
  return own.map(({ name, part }) => ({ name, part, where: record.where ?? '' }));
}
