import { mkdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { MasterflagError } from '../../schemas/errors.ts';
import { DATA_FILE, openReader } from './reader.ts';

/** Pages copied at a stretch: all, since a copy begins anew whenever somebody else writes between two stretches. */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Copies a data file as of one moment into a folder of its own; commits go on meanwhile.
 * @throws MasterflagError MF_DATA_ABSENT, MF_DATA_OLDER, MF_NEWER_VERSION, MF_DISK_FULL
 */
export async function copyData(from: string, to: string): Promise<void> {
  openReader(from).close();
  const path = join(from, DATA_FILE);
  mkdirSync(to, { recursive: true });
  const { bavail, bsize } = statfsSync(to);
  const [free, needed] = [bavail * bsize, statSync(path).size];
  if (free < needed) {
    throw new MasterflagError('MF_DISK_FULL', `a copy of ${path} takes ${needed} bytes; ${to} has ${free} left`);
  }
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    await backup(db, join(to, DATA_FILE), { rate: ALL_PAGES });
  } finally {
    db.close();
  }
}
