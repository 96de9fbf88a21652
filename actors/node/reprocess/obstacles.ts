import type { ExtractedPart, RecordWork } from '../../../streams/pipeline/batch.ts';
import { compareStates } from '../../facts.ts';
import type { Reread } from './reading.ts';

/** Why the newest version cannot simply speak over what an older one said of a record. */
export interface Obstacle {
  readonly why: 'rejected' | 'withdrawn' | 'outranked' | 'merge' | 'arrival';
  /** Where the record stood. */
  readonly where: string;
  readonly detail: string;
}

/** Examples that are kept of each reason. */
const EXAMPLES = 3;

/** Shared statements that some record no longer makes; whether any other does is found out afterwards. */
const SHARED_LIMIT = 100_000;

/**
 * What stands in the way of a correction. A statement is replaced by a newer reading of it; one that the newest version
 * does not make at all would stand for ever, and the bodies would not be those of a run that was right from the start.
 */
export class Obstacles {
  private readonly counts = new Map<Obstacle['why'], number>();
  private readonly kept: Obstacle[] = [];
  private readonly shared = new Map<string, Obstacle>();

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get examples(): readonly Obstacle[] {
    return this.kept;
  }

  count(why: Obstacle['why']): number {
    return this.counts.get(why) ?? 0;
  }

  /** Shared statements whose fate depends on other records. */
  get isInDoubt(): boolean {
    return this.shared.size > 0;
  }

  look({ older, newer }: Reread): void {
    const where = older.record.where ?? '';
    if (newer.problem !== null) {
      this.add({ why: 'rejected', where, detail: newer.problem.message });
      return;
    }
    const made = new Map(newer.parts.map((part) => [slotOf(part), part]));
    for (const part of older.parts) this.compare(part, made.get(slotOf(part)), where);
  }

  /** A record that the newest version reads makes these statements. */
  states({ parts }: RecordWork): void {
    for (const part of parts) this.shared.delete(slotOf(part));
  }

  /** All records have been looked at. */
  conclude(): void {
    for (const obstacle of this.shared.values()) this.add(obstacle);
    this.shared.clear();
  }

  private compare(older: ExtractedPart, newer: ExtractedPart | undefined, where: string): void {
    const what = `the ${older.name} ${JSON.stringify(older.part.slot)} of ${older.key}`;
    if (newer === undefined) {
      const obstacle = { why: 'withdrawn', where, detail: `${what} would not be stated any more` } as const;
      if (older.part.merge === 'least' && this.shared.size < SHARED_LIMIT) this.shared.set(slotOf(older), obstacle);
      else this.add(obstacle);
    } else if (newer.part.merge === 'arrival') {
      this.add({ why: 'arrival', where, detail: `of ${what} the last to arrive wins, and that would be this one` });
    } else if (newer.part.merge !== older.part.merge) {
      this.add({ why: 'merge', where, detail: `${what} was merged as ${older.part.merge} before` });
    } else if (newer.part.merge === 'replace' && compareStates(newer.part, older.part) < 0) {
      const orders = `${JSON.stringify(newer.part.order)} instead of ${JSON.stringify(older.part.order)}`;
      this.add({ why: 'outranked', where, detail: `${what} would be an older state than it was: ${orders}` });
    }
  }

  private add(obstacle: Obstacle): void {
    const count = this.count(obstacle.why) + 1;
    this.counts.set(obstacle.why, count);
    if (count <= EXAMPLES) this.kept.push(obstacle);
  }
}

function slotOf({ key, name, part }: ExtractedPart): string {
  return `${key} ${name} ${part.slot}`;
}
