import { concatMap, defer, from, map, repeat, takeWhile, type Observable } from 'rxjs';
import type { RecordWork, StageFunction } from './batch.ts';

/** What a pull brings: records for the stages, among whatever else the caller carries along. */
export interface Pulled {
  readonly records: readonly RecordWork[];
}

export interface PipelineParts<P extends Pulled, C> {
  /** The next batch; null ends the pipeline. Called only while fewer than `inFlight` batches are on their way. */
  readonly pull: () => Promise<P | null>;
  /** extract, cleanse, dedupe, validate: in place, on a whole batch. */
  readonly stages: readonly StageFunction[];
  /** Hands the batch to the actors: the commits that follow from it, in order. */
  readonly integrate: (batch: P) => AsyncIterable<C>;
  readonly commit: (prepared: C) => Promise<void>;
  readonly inFlight: number;
}

/**
 * One partition's pipeline. Back-pressure is by pull: a batch is requested only when a place is free, and a place is
 * free again when all commits of its batch are settled; so every operator below holds at most `inFlight` batches.
 * Batch s + 1 is read, decided and built while commit s is on its way.
 */
export function pipeline<P extends Pulled, C>({
  pull,
  stages,
  integrate,
  commit,
  inFlight,
}: PipelineParts<P, C>): Observable<void> {
  const places = new Places(inFlight);
  return defer(async () => {
    await places.take();
    return pull();
  }).pipe(
    repeat(),
    takeWhile((batch) => batch !== null),
    map((batch) => {
      if (batch.records.length > 0) for (const stage of stages) stage(batch.records);
      return batch;
    }),
    concatMap((batch) => from(withLast(integrate(batch)))),
    concatMap(async ({ value, last }) => {
      if (value !== undefined) await commit(value);
      if (last) places.free();
    }),
  );
}

/** Marks the end of each batch's commits, also of a batch that has none. */
async function* withLast<T>(values: AsyncIterable<T>): AsyncIterable<{ value?: T; last: boolean }> {
  for await (const value of values) yield { value, last: false };
  yield { last: true };
}

class Places {
  private free_: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free_ = count;
  }

  take(): Promise<void> {
    if (this.free_ > 0) {
      this.free_ -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  free(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free_ += 1;
    else next();
  }
}
