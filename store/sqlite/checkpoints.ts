import { unopened, type Checkpoint } from '../../schemas/checkpoint.ts';
import type { PartitionId } from '../../schemas/partition.ts';
import { upcast } from '../../schemas/upcast.ts';
import type { Cell, SqlStep } from './program.ts';

export const CHECKPOINT_TABLE =
  'CREATE TABLE IF NOT EXISTS "master.checkpoints" (id TEXT PRIMARY KEY NOT NULL, epoch INTEGER NOT NULL, ' +
  'owner TEXT NOT NULL, seq INTEGER NOT NULL, openings INTEGER NOT NULL, body TEXT NOT NULL)';

const COLUMNS = 'id, epoch, owner, seq, openings, body';

export const READ_CHECKPOINT = `SELECT ${COLUMNS} FROM "master.checkpoints" WHERE id = ?`;
export const READ_CHECKPOINTS = `SELECT ${COLUMNS} FROM "master.checkpoints" ORDER BY id`;

const TAKE_OVER =
  `INSERT INTO "master.checkpoints" (${COLUMNS}) VALUES (?, 1, ?, 0, 1, ?) ON CONFLICT (id) DO UPDATE ` +
  `SET epoch = epoch + 1, openings = openings + 1, owner = excluded.owner RETURNING ${COLUMNS}`;

const COMMIT =
  'UPDATE "master.checkpoints" SET owner = ?, seq = ?, openings = ?, body = ? WHERE id = ? AND epoch = ? AND seq = ?';

export function takeOverStep(partition: PartitionId, owner: string): SqlStep {
  return { sql: TAKE_OVER, width: 3, cells: [partition, owner, bodyOf(unopened(partition))], returning: true };
}

/** Changes nothing, and so undoes its program, unless epoch and seq are as the protocol demands. */
export function commitStep(next: Checkpoint): SqlStep {
  const { id, epoch, owner, seq, openings } = next;
  return { sql: COMMIT, width: 7, cells: [owner, seq, openings, bodyOf(next), id, epoch, seq - 1], must: true };
}

const ADOPT = `INSERT INTO "master.checkpoints" (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;

/** Changes nothing, and so undoes its program, when the partition has a checkpoint. */
export function adoptStep(checkpoint: Checkpoint): SqlStep {
  const { id, epoch, owner, seq, openings } = checkpoint;
  return { sql: ADOPT, width: 6, cells: [id, epoch, owner, seq, openings, bodyOf(checkpoint)], must: true };
}

function bodyOf({
  id: _id,
  epoch: _epoch,
  owner: _owner,
  seq: _seq,
  openings: _openings,
  ...body
}: Checkpoint): string {
  return JSON.stringify(body);
}

export function checkpointOf(row: readonly Cell[]): Checkpoint {
  const [id, epoch, owner, seq, openings, text] = row as [PartitionId, number, string, number, number, string];
  const body = JSON.parse(text) as object;
  return upcast<Checkpoint>('checkpoint', { ...body, id, epoch, owner, seq, openings });
}
