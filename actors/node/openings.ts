import type { Logger } from 'pino';
import type { PartitionCounts, PartitionId } from '../../schemas/partition.ts';
import type { StageFunction } from '../../streams/pipeline/batch.ts';
import type { Answer } from '../partition/batch.ts';
import type { Decided } from '../partition/decider.ts';
import { realTime } from '../partition/clock.ts';
import { LIMITS } from '../partition/limits.ts';
import { RULES } from '../partition/rules.ts';
import { PartitionWorker } from '../partition/worker.ts';
import type { Opening } from '../placement/host.ts';
import type { Kinds } from './kinds.ts';
import type { Ports } from './ports.ts';
import type { Turnstile } from './turnstile.ts';

export interface OpeningsParts {
  readonly ports: Ports;
  readonly actors: Kinds;
  readonly counts: PartitionCounts;
  readonly stages: readonly StageFunction[];
  readonly logger: Logger;
  readonly turnstile: Turnstile;
  readonly onAnswer: (answer: Answer) => void;
  /** A commit of the partition is applied and published. */
  readonly onSettled: (partition: PartitionId, decided: Decided) => void;
}

/** Makes the worker of each opening, out of what all partitions of this process share. */
export function openings(parts: OpeningsParts): (opening: Opening) => PartitionWorker {
  const { ports, actors, counts, stages, logger, turnstile, onAnswer, onSettled } = parts;
  const shared = { log: ports.log, store: ports.store, clock: realTime, actors, counts, stages };
  return ({ partition, owner, caution, opened }) =>
    new PartitionWorker({
      ...shared,
      ...{ partition, owner, caution, limits: LIMITS, rules: RULES, precedence: turnstile.of(partition) },
      observer: {
        opened: ({ epoch, seq }) => {
          logger.debug({ partition, owner, epoch, seq }, 'partition opened');
          opened(epoch);
        },
        settled: (_checkpoint, decided) => {
          onSettled(partition, decided);
        },
        answered: onAnswer,
        repaired: (documents) => {
          logger.warn({ partition, documents }, 'documents that another hand had changed were overwritten');
        },
      },
    });
}
