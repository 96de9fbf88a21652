import type { Mark } from '../../schemas/checkpoint.ts';
import type { EffectBatch } from '../../schemas/inbox.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import type { Rules } from './rules.ts';

/** Per sending partition the highest (seq, chunk) applied: what makes delivery exactly once. */
export class Marks {
  private marks: Record<PartitionId, Mark>;
  private asOfBatch: Readonly<Record<PartitionId, Mark>>;
  private readonly silent = new Map<PartitionId, number>();
  private readonly rules: Rules;

  constructor(start: Readonly<Record<PartitionId, Mark>>, rules: Rules) {
    this.marks = { ...start };
    this.asOfBatch = this.marks;
    this.rules = rules;
  }

  /** Called at the start of each batch. */
  begin(): void {
    if (!this.rules.marksWithinBatch) this.asOfBatch = { ...this.marks };
    if (!this.rules.marksNeverPruned) this.prune();
  }

  covers({ from, seq, chunk }: EffectBatch): boolean {
    if (!this.rules.marks) return false;
    const mark = (this.rules.marksWithinBatch ? this.marks : this.asOfBatch)[from];
    return mark !== undefined && (seq < mark.seq || (seq === mark.seq && chunk <= mark.chunk));
  }

  /** The whole chunk is applied. */
  advance({ from, seq, chunk }: EffectBatch): void {
    this.marks = { ...this.marks, [from]: { seq, chunk } };
    this.silent.delete(from);
  }

  snapshot(): Readonly<Record<PartitionId, Mark>> {
    return this.marks;
  }

  private prune(): void {
    for (const from of Object.keys(this.marks) as PartitionId[]) {
      const silent = (this.silent.get(from) ?? 0) + 1;
      this.silent.set(from, silent);
      if (silent > 3) this.marks = Object.fromEntries(Object.entries(this.marks).filter(([id]) => id !== from));
    }
  }
}
