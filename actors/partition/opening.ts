import type { Checkpoint } from '../../schemas/checkpoint.ts';
import { MasterflagError } from '../../schemas/errors.ts';
import { LANES, type PartitionId } from '../../schemas/partition.ts';
import { upcast } from '../../schemas/upcast.ts';
import { untilKnown } from './retry.ts';
import { settle, type Settling } from './settle.ts';

/**
 * Takes a partition over and finishes what its former owner had committed. Only the epoch that the take-over
 * returned counts; nothing is loaded before the last commit is settled.
 * @throws MF_NEWER_VERSION, MF_LOG_REPLACED: the partition must not be processed here.
 */
export async function open(ports: Settling, partition: PartitionId, owner: string): Promise<Checkpoint> {
  const { store, patience, rules } = ports;
  const found = await untilKnown(patience, () => store.checkpoint(partition));
  if (found !== undefined) upcast('checkpoint', found);
  const checkpoint = await untilKnown(patience, () => store.takeOver(partition, owner));
  await refuseReplacedLog(ports, checkpoint);
  const settling = settle(ports, checkpoint);
  if (rules.settleBeforeLoad) await settling;
  else settling.catch(() => undefined);
  return checkpoint;
}

async function refuseReplacedLog({ log, patience }: Settling, { id, logId, positions }: Checkpoint): Promise<void> {
  if (logId === '') return;
  const found = await untilKnown(patience, () => log.identity(id));
  if (found !== logId) {
    throw new MasterflagError(
      'MF_LOG_REPLACED',
      `${id} counts its positions in log ${logId}, but this log is ${found}`,
    );
  }
  for (const lane of LANES) {
    const { after } = positions[lane];
    const tail = await untilKnown(patience, () => log.tail(id, lane));
    if (tail < after) {
      throw new MasterflagError(
        'MF_LOG_REPLACED',
        `${id} has applied its ${lane} lane up to ${after}, but the log ends at ${tail}`,
      );
    }
  }
}
