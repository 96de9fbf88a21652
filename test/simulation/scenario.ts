import type { Lane, PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import type { StageFunction } from '../../streams/pipeline/batch.ts';
import { LIMITS, type Limits } from '../../actors/partition/limits.ts';
import type { AnyActor } from '../../actors/partition/resident.ts';
import type { MatchingKey } from '../../schemas/key.ts';
import type { PlannedCorrection } from './corrections.ts';
import type { Random } from './world.ts';

/** How an actor may fail: by an exception, or by taking its process with it (a loop, out of memory). */
export type Poison = 'throws' | 'kills';

/** One thing that the client appends, as often as it takes. */
export interface Append {
  readonly partition: PartitionId;
  readonly lane: Lane;
  readonly body: string;
}

export interface CommandSent {
  readonly key: MatchingKey;
  readonly name: string;
  readonly data: unknown;
  readonly idempotencyKey: string;
}

/** What a simulation is about: who hears what, and what must come of it. */
export interface Scenario {
  readonly name: string;
  readonly counts: PartitionCounts;
  readonly limits: Limits;
  readonly stages: readonly StageFunction[];
  /** In the order in which each lane of each partition gets them. */
  readonly appends: readonly Append[];
  /** Commands among them, each once: each must have its effect exactly once. */
  readonly commands: readonly CommandSent[];
  /** Corrections of rejected records: some are among the appends already, all are sent again at the end. */
  readonly corrections: readonly PlannedCorrection[];
  readonly records: number;
  /** Kinds whose entities are right already while other keys are parked. */
  readonly independent: readonly string[];
  /** `poison` throws, or ends the node; it does nothing once all is mended. */
  actors(poison: (kind: Poison) => void): ReadonlyMap<string, AnyActor>;
  /** What of a body has to equal the model's. */
  comparable(body: string): string;
}

/** Small, and another one for each seed, so that every bound is met: batches cut, chunks many, states passivated. */
export function smallLimits(random: Random): Limits {
  return {
    ...LIMITS,
    fastItems: 5 + random.below(40),
    bulkItems: 6 + random.below(50),
    batchEveryMs: random.below(40),
    readBytes: 1500 + random.below(20_000),
    bulkShare: 1 + random.below(4),
    commitBytes: 8000 + random.below(40_000),
    chunkBytes: 500 + random.below(3500),
    openingsBeforeCaution: 3 + random.below(6),
    residentBytes: 1500 + random.below(8000),
    redriveBatch: 2 + random.below(8),
    parkedPerKey: random.chance(0.5) ? random.below(8) : 1000,
    forwardsRemembered: 1 + random.below(40),
    retryMost: 200,
  };
}

/** Keeps the order of each side: a feed's batches reach a partition in order. */
export function interleave<T>(random: Random, left: readonly T[], right: readonly T[]): T[] {
  const all: T[] = [];
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const ofLeft = random.chance((left.length - l) / (left.length - l + right.length - r));
    all.push((ofLeft ? left[l++] : right[r++]) as T);
  }
  return all;
}
