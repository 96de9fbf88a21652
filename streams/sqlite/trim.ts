import { LANES, type Lane, type PartitionId } from '../../schemas/partition.ts';
import type { Cell, SqlFile, SqlStep } from './sql.ts';

/** What one transaction of a trim removes at most: more would hold up the commits behind it. */
const SLICE_ROWS = 256;
const SLICE_BYTES = 1024 * 1024;

const OLDEST_OF_LANE =
  'SELECT position, at, octet_length(body) FROM inbox WHERE partition = ? AND lane = ? AND position <= ? ORDER BY position LIMIT ?';

const KEEP_TAIL =
  'INSERT INTO tails (partition, lane, position) VALUES (?, ?, ?) ' +
  'ON CONFLICT (partition, lane) DO UPDATE SET position = max(position, excluded.position)';

const DELETE_OF_LANE = 'DELETE FROM inbox WHERE partition = ? AND lane = ? AND position <= ?';

const SUBJECTS = 'SELECT partition, max(position) FROM events GROUP BY partition';

const OLDEST_OF_SUBJECT =
  'SELECT position, at, octet_length(body) FROM events WHERE partition = ? AND position < ? ORDER BY position LIMIT ?';

const DELETE_OF_SUBJECT = 'DELETE FROM events WHERE partition = ? AND position <= ?';

export async function trimInbox(
  file: SqlFile,
  applied: ReadonlyMap<PartitionId, Readonly<Record<Lane, number>>>,
  before: number,
): Promise<number> {
  let removed = 0;
  for (const [partition, upTo] of applied) {
    for (const lane of LANES) {
      removed += await trim(file, OLDEST_OF_LANE, [partition, lane, upTo[lane]], before, (last) => [
        { sql: KEEP_TAIL, width: 3, cells: [partition, lane, last] },
        { sql: DELETE_OF_LANE, width: 3, cells: [partition, lane, last] },
      ]);
    }
  }
  return removed;
}

/** The last message of a subject stays, because the next commit's events are appended on condition of it. */
export async function trimEvents(file: SqlFile, before: number): Promise<number> {
  let removed = 0;
  for (const [partition, last] of file.all(SUBJECTS, []) as [PartitionId, number][]) {
    removed += await trim(file, OLDEST_OF_SUBJECT, [partition, last], before, (upTo) => [
      { sql: DELETE_OF_SUBJECT, width: 2, cells: [partition, upTo] },
    ]);
  }
  return removed;
}

async function trim(
  file: SqlFile,
  oldest: string,
  cells: readonly Cell[],
  before: number,
  remove: (last: number) => readonly SqlStep[],
): Promise<number> {
  for (let removed = 0; ;) {
    const slice = file.some(oldest, [...cells, SLICE_ROWS], sliceEnd(before));
    const last = slice.at(-1)?.[0];
    if (last === undefined) return removed;
    await file.run(remove(Number(last)));
    removed += slice.length;
  }
}

/** Append times never go back, so the first message that is young enough ends the search. */
function sliceEnd(before: number): (row: Cell[], taken: number) => boolean {
  let bytes = 0;
  return ([, at, size], taken) => {
    bytes += Number(size);
    return Number(at) >= before || (taken > 0 && bytes > SLICE_BYTES);
  };
}
