import type { Checkpoint } from '../../schemas/checkpoint.ts';
import { MasterflagError, UnknownOutcome } from '../../schemas/errors.ts';
import type { Store } from '../../store/store.ts';
import { untilKnown, type Patience } from './retry.ts';
import type { Rules } from './rules.ts';

export interface Committing {
  readonly store: Store;
  readonly rules: Rules;
  readonly patience: Patience;
  /** Somebody waits for it. */
  readonly hurried: boolean;
}

/** Thrown only where the simulator leaves out the rule that forbids it. */
export class BuildAnew extends Error {}

/**
 * Writes a checkpoint, whatever the store answers: matched nothing or unknown is looked up, and what was not written
 * is sent again byte for byte. A batch built anew could be overtaken by the first one.
 * @throws MF_PARTITION_LOST when another opening has taken the partition over.
 */
export async function commit(ports: Committing, next: Checkpoint): Promise<'committed' | 'settled'> {
  for (;;) {
    const outcome = await attempt(ports, next);
    if (outcome === 'committed' || outcome === 'settled') return outcome;
    if (outcome === 'unknown' && !ports.rules.unknownIsNotSuccess) return 'committed';
    if (outcome === 'unknown' && !ports.rules.identicalBytes) throw new BuildAnew();
    if (await isWritten(ports, next)) return 'committed';
  }
}

async function attempt(
  { store, hurried }: Committing,
  next: Checkpoint,
): Promise<'committed' | 'settled' | 'refused' | 'unknown'> {
  try {
    return await store.commit(next, hurried);
  } catch (error) {
    if (error instanceof UnknownOutcome) return 'unknown';
    throw error;
  }
}

async function isWritten({ store, rules, patience }: Committing, next: Checkpoint): Promise<boolean> {
  const found = await untilKnown(patience, () => store.checkpoint(next.id));
  const mine = found?.epoch === next.epoch || !rules.epochInRead;
  if (mine && found?.seq === next.seq) return true;
  if (mine && found?.seq === next.seq - 1) return false;
  throw new MasterflagError(
    'MF_PARTITION_LOST',
    `${next.id}: commit ${next.seq} of epoch ${next.epoch} found epoch ${found?.epoch ?? 0}, seq ${found?.seq ?? 0}, owner ${found?.owner ?? 'none'}`,
  );
}
