import { refName } from '../../schemas/document.ts';
import type { RecordRef, RecordWrite } from '../actor.ts';

/**
 * Records of one entity as lists, newest last: what was read, and what its projections wrote. Every message writes,
 * few ever look, so the index by name is made by the first who does.
 */
export class EntityRecords {
  private readonly lists: (readonly RecordWrite[])[] = [];
  private index: Map<string, RecordWrite> | null = null;
  private indexed = 0;

  get length(): number {
    return this.lists.length;
  }

  add(records: readonly RecordWrite[]): void {
    if (records.length > 0) this.lists.push(records);
  }

  addAll(others: EntityRecords): void {
    for (const list of others.lists) this.lists.push(list);
  }

  /** The newest of this name; its body is null where it is known that there is none. */
  get(ref: RecordRef): RecordWrite | undefined {
    return this.lists.length === 0 ? undefined : this.upToDate().get(refName(ref));
  }

  /** Each record as it was written last. */
  newest(): Iterable<RecordWrite> {
    const [only] = this.lists;
    if (only === undefined || (this.lists.length === 1 && isEachOnce(only))) return only ?? [];
    return this.upToDate().values();
  }

  /** Takes back the lists that were added after there were `length`. */
  truncate(length: number): void {
    if (length >= this.lists.length) return;
    this.lists.length = length;
    this.index = null;
    this.indexed = 0;
  }

  private upToDate(): Map<string, RecordWrite> {
    const index = (this.index ??= new Map<string, RecordWrite>());
    for (; this.indexed < this.lists.length; this.indexed++) {
      for (const record of this.lists[this.indexed] ?? []) index.set(refName(record), record);
    }
    return index;
  }
}

/** Several events that are projected at once may write a record twice, as when an identifier is given up and claimed again. */
function isEachOnce(records: readonly RecordWrite[]): boolean {
  return records.length < 2 || new Set(records.map(({ id }) => id)).size === records.length;
}
